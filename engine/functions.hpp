#pragma once

#include <concepts>
#include <span>
#include <string_view>

#include "engine/arithmetic.hpp"
#include "engine/attributes.hpp"
#include "engine/scalar.hpp"

namespace verigrad {

// The operations as C++ functions, under PyTorch's names. Each is recorded for reverse mode; its
// formula, domain, derivative and kinks stand in its definition in engine/ops/ and in `gradcheck
// ops`.

#define VERIGRAD_UNARY(function) \
  template <class T>             \
  Tensor<T> function(const Tensor<T>& input);
#define VERIGRAD_BINARY(function)                                             \
  template <class T>                                                          \
  Tensor<T> function(const Tensor<T>& input, const Tensor<T>& other);         \
  template <class T>                                                          \
  Tensor<T> function(const Tensor<T>& input, std::type_identity_t<T> other) { \
    return function(input, Tensor<T>(other));                                 \
  }                                                                           \
  template <class T>                                                          \
  Tensor<T> function(std::type_identity_t<T> input, const Tensor<T>& other) { \
    return function(Tensor<T>(input), other);                                 \
  }

// Exponentials, logarithms, powers.
VERIGRAD_UNARY(exp)
VERIGRAD_UNARY(expm1)
VERIGRAD_UNARY(log)
VERIGRAD_UNARY(log1p)
VERIGRAD_UNARY(log2)
VERIGRAD_UNARY(log10)
VERIGRAD_UNARY(sqrt)
VERIGRAD_UNARY(rsqrt)
VERIGRAD_UNARY(square)
VERIGRAD_UNARY(reciprocal)
VERIGRAD_BINARY(pow)

// Trigonometric and hyperbolic functions; angles in radians.
VERIGRAD_UNARY(sin)
VERIGRAD_UNARY(cos)
VERIGRAD_UNARY(tan)
VERIGRAD_UNARY(asin)
VERIGRAD_UNARY(acos)
VERIGRAD_UNARY(atan)
VERIGRAD_BINARY(atan2)
VERIGRAD_UNARY(sinh)
VERIGRAD_UNARY(cosh)
VERIGRAD_UNARY(tanh)
VERIGRAD_UNARY(asinh)
VERIGRAD_UNARY(acosh)
VERIGRAD_UNARY(atanh)

// Activations and special functions.
VERIGRAD_UNARY(sigmoid)
VERIGRAD_UNARY(logsigmoid)
VERIGRAD_UNARY(relu)
VERIGRAD_UNARY(erf)
/// log(1 + exp(beta x)) / beta.
template <class T>
Tensor<T> softplus(const Tensor<T>& input, const AsTensor<T>& beta = Tensor<T>(T(1)));
template <class T>
Tensor<T> leaky_relu(const Tensor<T>& input,
                     const AsTensor<T>& negative_slope = Tensor<T>(T(0.01)));
template <class T>
Tensor<T> elu(const Tensor<T>& input, const AsTensor<T>& alpha = Tensor<T>(T(1)));

// Piecewise operations.
VERIGRAD_UNARY(abs)
VERIGRAD_UNARY(sign)
VERIGRAD_UNARY(trunc)
VERIGRAD_UNARY(floor)
VERIGRAD_UNARY(ceil)
VERIGRAD_UNARY(round)
VERIGRAD_BINARY(minimum)
VERIGRAD_BINARY(maximum)
template <class T>
Tensor<T> clamp(const Tensor<T>& input, const AsTensor<T>& min, const AsTensor<T>& max);
/// input where condition is not 0, else other.
template <class T>
Tensor<T> where(const Tensor<T>& condition, const AsTensor<T>& input, const AsTensor<T>& other);

// Reductions over all entries, or over `dims` (negative dims count from the end).
template <class T>
Tensor<T> sum(const Tensor<T>& input);
template <class T>
Tensor<T> sum(const Tensor<T>& input, const Integers& dims, bool keepdim = false);
template <class T>
Tensor<T> mean(const Tensor<T>& input);
template <class T>
Tensor<T> mean(const Tensor<T>& input, const Integers& dims, bool keepdim = false);
template <class T>
Tensor<T> prod(const Tensor<T>& input);
template <class T>
Tensor<T> prod(const Tensor<T>& input, const Integers& dims, bool keepdim = false);
template <class T>
Tensor<T> max(const Tensor<T>& input);
template <class T>
Tensor<T> max(const Tensor<T>& input, std::int64_t dim, bool keepdim = false);
template <class T>
Tensor<T> min(const Tensor<T>& input);
template <class T>
Tensor<T> min(const Tensor<T>& input, std::int64_t dim, bool keepdim = false);
template <class T>
Tensor<T> logsumexp(const Tensor<T>& input);
template <class T>
Tensor<T> logsumexp(const Tensor<T>& input, const Integers& dims, bool keepdim = false);
template <class T>
Tensor<T> softmax(const Tensor<T>& input, std::int64_t dim);
template <class T>
Tensor<T> log_softmax(const Tensor<T>& input, std::int64_t dim);
/// Sums the dims along which `input` would have been broadcast from `shape`: the transpose of
/// broadcast_to.
template <class T>
Tensor<T> sum_to(const Tensor<T>& input, const Shape& shape);

// Products of matrices, by PyTorch's rules for 1-D, 2-D and batched operands.
template <class T>
Tensor<T> matmul(const Tensor<T>& input, const Tensor<T>& other);
template <class T>
Tensor<T> dot(const Tensor<T>& input, const Tensor<T>& other);

// Changes of shape and selection of entries; results are copies.
template <class T>
Tensor<T> transpose(const Tensor<T>& input, std::int64_t dim0, std::int64_t dim1);
/// The dims in the order given.
template <class T>
Tensor<T> permute(const Tensor<T>& input, const Integers& dims);
/// Entries in row-major order under another shape; one size may be -1.
template <class T>
Tensor<T> reshape(const Tensor<T>& input, const Integers& shape);
template <class T, std::same_as<Shape> S>
Tensor<T> reshape(const Tensor<T>& input, const S& shape) {
  return reshape(input, Integers(shape.begin(), shape.end()));
}
template <class T>
Tensor<T> select(const Tensor<T>& input, std::int64_t dim, std::int64_t index);
/// Entries start, start + step, … below stop along `dim`; step >= 1; bounds as in Python.
template <class T>
Tensor<T> slice(const Tensor<T>& input, std::int64_t dim, std::int64_t start, std::int64_t stop,
                std::int64_t step = 1);
template <class T>
Tensor<T> concat(std::span<const Tensor<T>> tensors, std::int64_t dim = 0);
template <class T>
Tensor<T> stack(std::span<const Tensor<T>> tensors, std::int64_t dim = 0);

// Losses; `reduction` is "mean", "sum" or "none".
/// -weight (t log p + (1 - t) log(1 - p)) with p in [0, 1]; the logs are clamped at -100.
template <class T>
Tensor<T> bce(const Tensor<T>& input, const AsTensor<T>& target,
              std::string_view reduction = "mean");
/// bce(sigmoid(input), target), computed without leaving the logits.
template <class T>
Tensor<T> bce_with_logits(const Tensor<T>& input, const AsTensor<T>& target,
                          std::string_view reduction = "mean");
template <class T>
Tensor<T> mse(const Tensor<T>& input, const AsTensor<T>& target,
              std::string_view reduction = "mean");

#undef VERIGRAD_UNARY
#undef VERIGRAD_BINARY

/// What rounding took from input * other: exact, and a constant, never differentiated.
template <class T>
Tensor<T> mul_residual(const Tensor<T>& input, const Tensor<T>& other);

/// A constant of zeros of the input's shape.
template <class T>
Tensor<T> zeros_like(const Tensor<T>& input);

}  // namespace verigrad
