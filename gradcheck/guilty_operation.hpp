#pragma once

#include <cstdint>
#include <optional>

#include "engine/program.hpp"

namespace verigrad::gradcheck {

/// An entry of vᵀJ of one operation, by one operand, in which the operation's rule is wrong.
struct GuiltyOperation {
  ValueId value = no_value;  ///< of the operation in the Program
  std::size_t operand = 0;   ///< the first position of the operand; one that stands twice is one
  std::int64_t entry = 0;    ///< of the operand, row-major: the one that is furthest off
  double engine = 0;         ///< by the engine's rule
  double truth = 0;
  double error_bar = 0;  ///< of the truth
  bool proven = false;   ///< the truth is an enclosure, not a finite difference
};

/// The first operation, from the output to the leaves, whose derivative rule is wrong where a
/// backward pass from `output` runs it; nothing when no rule is.
///
/// Each operation is tried by itself, in double: its operands have the values that the Program
/// gives them at the point, its cotangent is drawn from `seed`. The rule's vᵀJ is wrong when
/// judge() says `fail` against finite differences of the engine's own values and, where proof/ has
/// the operation and encloses its derivatives, it is also further from those than half the digits
/// of the terms that it sums, 2^-26 sum_i |v_i J_ij|: a wrong value is not a wrong rule. An
/// operation with an operand that is not finite, or whose differences would take too much work, is
/// passed over.
///
/// A fault that no single rule has, such as one in how the engine adds gradients up, is not found.
std::optional<GuiltyOperation> find_guilty_operation(const Program& program, const Point& point,
                                                     ValueId output, std::uint64_t seed = 0);

}  // namespace verigrad::gradcheck
