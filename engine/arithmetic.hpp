#pragma once

#include <type_traits>

#include "engine/tensor.hpp"

namespace verigrad {

/// A type that stands for itself in overloads, so that `x * 2` converts the 2 to the tensor's type.
template <class T>
using AsTensor = std::type_identity_t<Tensor<T>>;

// Elementwise arithmetic with NumPy broadcasting. Errors: ShapeError for shapes that do not fit.
#define VERIGRAD_DECLARE_OPERATOR(symbol)                                    \
  template <class T>                                                         \
  Tensor<T> operator symbol(const Tensor<T>& a, const Tensor<T>& b);         \
  template <class T>                                                         \
  Tensor<T> operator symbol(const Tensor<T>& a, std::type_identity_t<T> b) { \
    return a symbol Tensor<T>(b);                                            \
  }                                                                          \
  template <class T>                                                         \
  Tensor<T> operator symbol(std::type_identity_t<T> a, const Tensor<T>& b) { \
    return Tensor<T>(a) symbol b;                                            \
  }

VERIGRAD_DECLARE_OPERATOR(+)
VERIGRAD_DECLARE_OPERATOR(-)
VERIGRAD_DECLARE_OPERATOR(*)
VERIGRAD_DECLARE_OPERATOR(/)
// Comparisons give a mask: 1 where they hold, 0 elsewhere; never differentiable.
VERIGRAD_DECLARE_OPERATOR(<)
VERIGRAD_DECLARE_OPERATOR(<=)
VERIGRAD_DECLARE_OPERATOR(>)
VERIGRAD_DECLARE_OPERATOR(>=)
VERIGRAD_DECLARE_OPERATOR(==)
VERIGRAD_DECLARE_OPERATOR(!=)
#undef VERIGRAD_DECLARE_OPERATOR

template <class T>
Tensor<T> operator-(const Tensor<T>& a);

/// A copy of x repeated to `shape`, to which it must broadcast.
template <class T>
Tensor<T> broadcast_to(const Tensor<T>& input, const Shape& shape);

}  // namespace verigrad
