// What the laws share. For law*.cpp only.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "properties/gradients.hpp"
#include "properties/laws.hpp"

namespace verigrad::properties {

LawResult numeric_law(const Program& program, ValueId output, const Point& point,
                      const OperationTable&);
LawResult homogeneity_law(const Program& program, ValueId output, const Point& point,
                          const OperationTable&);
LawResult linearity_law(const Program& program, ValueId output, const Point& point,
                        const OperationTable&);
LawResult adjoint_law(const Program& program, ValueId output, const Point& point,
                      const OperationTable&);
LawResult dead_code_law(const Program& program, ValueId output, const Point& point,
                        const OperationTable&);
LawResult recorded_law(const Program& program, ValueId output, const Point& point,
                       const OperationTable&);
LawResult text_law(const Program& program, ValueId output, const Point& point,
                   const OperationTable& operations);

/// Entries of magnitude 1/2 to 2 with random signs, from the stream that `purpose` names.
std::vector<double> dense(std::int64_t count, int purpose);

inline std::vector<double> cotangent(const Program& program, ValueId output, int purpose = 0) {
  return dense(program.shape(output).numel(), purpose);
}

/// Compares leaf by leaf. With `bound`, entries may differ by so much; without, they must be equal
/// (NaN equals NaN, 0 equals -0). Nothing when they agree, else a failure that names the first leaf
/// and entry.
std::optional<LawResult> compare(const Program& program, const PerLeaf& got, const PerLeaf& wanted,
                                 const PerLeaf* bound, std::string_view what);

}  // namespace verigrad::properties
