#pragma once

#include <string_view>

#include "engine/ops/dims.hpp"

namespace verigrad::detail {

/// 1 at the entries that a statistic ("max", "min" or "median") takes from each lane over the dims:
/// at the first of them or, with `ties`, at all that are equal to it; 0 elsewhere. A lane with NaN
/// takes NaN. Of x's shape; an operation, so that derivatives which depend on the choice are
/// recorded (engine/recording.hpp) with the choice itself; it has no derivative.
template <class T>
Tensor<T> selection_mask(const Tensor<T>& x, std::string_view statistic, const DimSet& dims,
                         bool ties);

}  // namespace verigrad::detail
