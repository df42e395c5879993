#pragma once

#include <cstdint>
#include <optional>

#include "engine/tensor.hpp"

namespace verigrad {

/// What an expectation states of two values, entry by entry.
enum class Relation { equal, not_equal, less, less_equal, greater, greater_equal, close };

/// The tolerance of Relation::close when none is stated: absolute or relative, the larger one.
inline constexpr double default_closeness = 1e-4;

/// Whether the relation can be asked of these shapes: `equal` and `not_equal` compare shapes too,
/// the others need shapes that broadcast together.
bool comparable(Relation relation, const Shape& left, const Shape& right);

/// The row-major position, in the broadcast shape, of the first entry for which the relation does
/// not hold; nothing when all entries hold. NaN equals NaN here. `close` means |a - b| <= tolerance
/// * max(1, |a|, |b|), and equal infinities are close. `not_equal` holds when some entry or the
/// shape differs; its position is then 0. Precondition: comparable().
template <class T>
std::optional<std::int64_t> first_violation(Relation relation, const Tensor<T>& left,
                                            const Tensor<T>& right,
                                            double tolerance = default_closeness);

}  // namespace verigrad
