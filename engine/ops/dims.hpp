#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>

#include "engine/functions.hpp"
#include "engine/operation.hpp"
#include "engine/shape.hpp"

namespace verigrad {

/// A set of dims of a shape.
using DimSet = std::bitset<Shape::max_rank>;

/// A dim in [-rank, rank) as one in [0, rank). Throws IndexError that names operation and shape.
std::size_t checked_dim(std::string_view operation, std::int64_t dim, const Shape& shape);

/// The dims that a `dims` attribute names: None or an empty list means all of them, as in PyTorch;
/// an int has become a list of one by the time it is an attribute. Throws IndexError for a dim out
/// of range and Error for one that appears twice.
DimSet dim_set(std::string_view operation, const Attributes& attributes, std::size_t position,
               const Shape& shape);

/// The set of all dims of a shape.
DimSet all_dims(const Shape& shape);

/// The dims along which `from` is repeated when it is broadcast to `to`.
DimSet repeated_dims(const Shape& from, const Shape& to);

/// `shape` with the dims of the set made 1, or removed.
Shape reduced(const Shape& shape, const DimSet& dims, bool keepdim);

/// A `sizes` attribute as a list, and a shape as one.
inline Integers sizes_of(const Shape& shape) { return Integers(shape.begin(), shape.end()); }

/// The entries under another shape of the same size: recorded when it has to be, else without a
/// copy.
template <class T>
Tensor<T> reshaped(const Tensor<T>& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  if (grad_enabled() && x.requires_grad()) return reshape(x, shape);
  return Tensor<T>(shape, x.impl()->storage);
}

/// broadcast_to, or the tensor itself when its shape is right already.
template <class T>
Tensor<T> expanded(const Tensor<T>& x, const Shape& shape) {
  return x.shape() == shape ? x : broadcast_to(x, shape);
}

/// The transpose of a reduction: a reduced tensor (kept dims or not) repeated to `shape`.
template <class T>
Tensor<T> unreduced(const Tensor<T>& x, const Shape& shape, const DimSet& dims) {
  return expanded(reshaped(x, reduced(shape, dims, true)), shape);
}

}  // namespace verigrad
