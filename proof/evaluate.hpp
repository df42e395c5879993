#pragma once

#include <optional>
#include <string_view>

#include "engine/program.hpp"
#include "proof/field.hpp"

namespace verigrad::proof {

/// One entry of a leaf, by which a Program is differentiated.
struct Input {
  std::size_t leaf = 0;
  std::int64_t entry = 0;
};

/// The input as a germ: its value plus `slope` ε, to `length` terms.
struct Seed {
  Input input;
  int slope = 1;
  slong length = 2;
};

/// The first operation, in the Program's order, that `root` depends on and that the room does not
/// have; null when it has all of them.
const Operation* first_uncovered(const Program& program, ValueId root);

/// The value of `root` at a point as germs, at `working_bits`; without a seed as constants. Entries
/// of the point and constant entries are exact in the Program's precision, numbers are the reals
/// that their text stands for. The same operation on the same operands is one node. Throws Error
/// when an operation is not covered.
Field evaluate(const Program& program, const Point& point, ValueId root,
               const std::optional<Seed>& seed = std::nullopt);

}  // namespace verigrad::proof
