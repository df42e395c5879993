#pragma once

#include <numbers>

#include "engine/elementwise.hpp"

namespace verigrad {

/// factor exp(-x^2 / denominator) scale for a denominator of 1 or 2, on numbers and on tensors.
///
/// The square is split into head^2, which is exact, and a tail below 2^-13 (2^-1 in float), as in
/// FreeBSD's s_erf.c. The exponential is taken with 20 added to its exponent, also exactly, so that
/// it is a normal number wherever the product is one; `scale` therefore includes exp(-20).
template <class V>
V scaled_gaussian(const V& x, const V& factor, int denominator, double scale) {
  using T = scalar_of<V>;
  constexpr T grid = std::is_same_v<T, float> ? T(0x1p6) : T(0x1p20);
  const V bounded = where(abs(x) > T(40), V(T(40)), x);
  const V head = trunc(bounded * grid) / grid;
  const V tail = (head - bounded) * (head + bounded);
  const auto per = static_cast<T>(denominator);
  const V leading = exp(T(20) - head * head / per);
  return factor * (leading + leading * expm1(tail / per)) * static_cast<T>(scale);
}

/// factor 2 / sqrt(pi) exp(-x^2): the derivative of erf, times a factor.
template <class V>
V erf_slope(const V& x, const V& factor) {
  return scaled_gaussian(x, factor, 1, 2.3257628077431183e-09);  // 2 / sqrt(pi) exp(-20)
}

/// factor exp(-x^2 / 2) / sqrt(2 pi): the density of the normal distribution, times a factor.
template <class V>
V normal_density(const V& x, const V& factor) {
  return scaled_gaussian(x, factor, 2, 8.222813263933118e-10);  // exp(-20) / sqrt(2 pi)
}

}  // namespace verigrad
