#pragma once

#include <cstdint>
#include <optional>
#include <string>

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

/// The entries of both sides at a position of the shape to which they broadcast, each as the
/// shortest decimal that reads back as it: "[1]: 2.5 and 3", or "2.5 and 3" for scalars.
template <class T>
std::string difference_text(const Tensor<T>& left, const Tensor<T>& right, std::int64_t position);

}  // namespace verigrad
