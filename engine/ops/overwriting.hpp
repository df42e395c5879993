#pragma once

#include "engine/tensor.hpp"

namespace verigrad::detail {

/// `other`, broadcast to the shape of `input`, whose entries and gradient end here: what `fill_`
/// and `copy_` record.
template <class T>
Tensor<T> overwritten(const Tensor<T>& input, const Tensor<T>& other);

}  // namespace verigrad::detail
