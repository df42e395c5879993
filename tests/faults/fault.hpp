// Mistakes that an engine may make, to see which law finds them and how soon.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/node.hpp"
#include "engine/operation_table.hpp"
#include "tests/faults/active.hpp"

namespace verigrad::faults {

using Vjp = Tensor<double> (*)(const Saved<double>& saved, const Tensor<double>& cotangent,
                               std::size_t operand);
using Forward = Tensor<double> (*)(Operands<double> operands, const Attributes& attributes,
                                   const Shape& shape);

/// A wrong row of the table of operations (one of `vjp`, `forward` and `signature`), or a wrong
/// line of the engine (`line`).
struct Fault {
  std::string_view where;  ///< the operation, or the file
  std::string_view name;
  Vjp vjp = nullptr;
  Forward forward = nullptr;
  std::string_view signature{};  ///< under which the operation is printed
  int line = 0;
  bool common = false;  ///< one of the mistakes that are made most often
};

/// Rules and forward kernels, one mistake each.
std::vector<Fault> rule_faults();
/// Those, and all lines of `line_faults`.
std::vector<Fault> all_faults();

/// The fault in force, on this thread and as long as this lives.
class Planted {
 public:
  explicit Planted(const Fault& fault);
  /// The operations that programs must be made of.
  const OperationTable& operations() const;

 private:
  std::optional<OperationTable> table_;
  Activate line_;
};

}  // namespace verigrad::faults
