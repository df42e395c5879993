#pragma once

#include <cmath>
#include <concepts>

namespace verigrad {

// The elementary functions on plain numbers, under the names that derivative rules use, so that one
// rule serves numbers and tensors alike.

using std::abs, std::ceil, std::cos, std::cosh, std::erf, std::exp, std::expm1, std::floor;
using std::acos, std::acosh, std::asin, std::asinh, std::atan, std::atan2, std::atanh;
using std::log, std::log10, std::log1p, std::log2, std::pow, std::sin, std::sinh, std::sqrt;
using std::nearbyint, std::tan, std::tanh, std::trunc;

template <std::floating_point T>
T where(bool condition, T a, T b) {
  return condition ? a : b;
}

/// a where the condition holds, else what f returns, which is not called where it holds for all.
template <std::floating_point T, class F>
T where_else(bool condition, T a, F f) {
  return condition ? a : f();
}

/// -1, 0 or 1; NaN stays NaN.
template <std::floating_point T>
T sign(T x) {
  return x > 0 ? T(1) : x < 0 ? T(-1) : x;
}

/// 1 / (1 + exp(-x)) without overflow, and with all digits in both tails.
template <std::floating_point T>
T sigmoid(T x) {
  const T e = std::exp(-std::abs(x));
  return (x >= 0 ? T(1) : e) / (1 + e);
}

/// log(1 + exp(x)) without overflow or threshold.
template <std::floating_point T>
T softplus(T x) {
  return (x > 0 ? x : T(0)) + std::log1p(std::exp(-std::abs(x)));
}

/// a b - fl(a b): what rounding took from the product, exact unless it underflows; 0 when the
/// product is not finite.
template <std::floating_point T>
T mul_residual(T a, T b) {
  const T product = a * b;
  return std::isfinite(product) ? std::fma(a, b, -product) : T(0);
}

/// The larger and the smaller of two numbers; NaN when either is.
template <std::floating_point T>
T maximum(T a, T b) {
  return std::isnan(a) || a > b ? a : b;
}

template <std::floating_point T>
T minimum(T a, T b) {
  return std::isnan(a) || a < b ? a : b;
}

/// x ** p, with x ** 2 as the product that it is.
template <std::floating_point T>
T power(T x, T p) {
  return p == 2 ? x * x : std::pow(x, p);
}

template <std::floating_point T>
T zeros_like(T) {
  return T(0);
}

}  // namespace verigrad
