#pragma once

#include "engine/tensor.hpp"

namespace verigrad {

// Derivatives of a recorded result `y` with respect to one tensor `x` in its graph, as values.
//
// J is the Jacobian, J[i, j] = dy[i] / dx[j] with i and j over the entries in row-major order; H is
// the Hessian of a scalar y. None of these touches any tensor's `grad`, and all keep the graph, so
// that several may be asked of one forward pass. Where y does not depend on x the result is zeros.
// Results are constants. Throws Error when x does not require gradients, for a graph that has been
// freed, and for saved values that were changed in place since; ShapeError when v or u has another
// shape than it must.

/// J, of y's shape followed by x's; one reverse pass for each entry of y. Throws ShapeError when
/// that makes more than 8 dims.
template <class T>
Tensor<T> jacobian(const Tensor<T>& y, const Tensor<T>& x);

/// vᵀJ, of x's shape, for v of y's shape; one reverse pass.
template <class T>
Tensor<T> vjp(const Tensor<T>& y, const Tensor<T>& x, const Tensor<T>& v);

/// J u, of y's shape, for u of x's shape.
///
/// Forward products from reverse mode alone: w(v) = vᵀJ is recorded as a function of a dummy v, in
/// which it is linear; its own vector-Jacobian product with u, taken with respect to v, is
/// d(w(v)·u)/dv = J u. Two reverse passes, whatever the size of y.
template <class T>
Tensor<T> jvp(const Tensor<T>& y, const Tensor<T>& x, const Tensor<T>& u);

/// H u, of x's shape, for u of x's shape and y of one entry: the gradient is recorded and its
/// vector-Jacobian product with u taken. Two reverse passes.
template <class T>
Tensor<T> hvp(const Tensor<T>& y, const Tensor<T>& x, const Tensor<T>& u);

/// H, of x's shape twice, for y of one entry: the Jacobian of the recorded gradient.
template <class T>
Tensor<T> hessian(const Tensor<T>& y, const Tensor<T>& x);

}  // namespace verigrad
