// Numbers that are known while lowering.
#pragma once

#include <span>

#include "expressions/lowering.hpp"

namespace verigrad::expressions {

/// The operation applied to numbers, as a constant that remembers how it was made; for elementwise
/// operations without attributes. A minus before a decimal literal becomes part of the literal.
ConstantPtr fold(const Operation& operation, std::span<const ConstantPtr> operands);

/// The operation's value for these numbers, in double precision.
double evaluate(const Operation& operation, std::span<const double> operands);

/// The number written as text of a signature's default: `0.01`, `-inf`.
ConstantPtr constant_from_text(std::string_view text);

/// Whether the number is whole and exactly representable beyond doubt (at most 2^53 in magnitude).
bool is_whole(double value);

/// Constants deeper than this are emitted at once, so that no chain of them is ever deep.
inline constexpr int max_constant_depth = 128;

/// The name of the operation behind an operator.
std::string_view name_of(BinaryOp op);
/// `~=`, which is not an operation, counts as `==`.
std::string_view name_of(CompareOp op);

}  // namespace verigrad::expressions
