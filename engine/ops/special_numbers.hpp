#pragma once

#include <cmath>
#include <cstdint>

#include "engine/scalar.hpp"

namespace verigrad {

// Special functions of plain numbers that the C++ library lacks, or offers with fewer digits than a
// derivative needs. They compute in a wider type (long double for double, double for float), whose
// spare bits cover the cancellation between a derivative's terms outside the close neighbourhood of
// its zeros. Where long double is no wider than double they lose up to seven bits there.

using std::erfc, std::exp2, std::fma, std::fmod, std::hypot;

/// Rounded to an integer, ties to even, as the operation `round` does.
template <std::floating_point T>
T round(T x) {
  return std::nearbyint(x);
}

/// The real cube root to half an ulp and a little more (glibc's is up to 3 ulp off).
double cbrt(double x);
float cbrt(float x);

/// log |Gamma(x)|, without writing to C's global `signgam`.
double lgamma(double x);
float lgamma(float x);

/// psi(x) = Gamma'(x) / Gamma(x). By the recurrence psi(x) = psi(x + 1) - 1 / x (DLMF 5.5.2), the
/// asymptotic series (5.11.2), the reflection formula (5.5.4) for x < 0, and a Taylor polynomial
/// about the positive root. As in PyTorch, psi(0) = -inf, psi(-0) = inf, and NaN at the other
/// poles.
double digamma(double x);
float digamma(float x);

/// The n-th derivative of digamma, (-1)^(n + 1) n! zeta(n + 1, x), with Hurwitz's zeta function by
/// the Euler-Maclaurin formula (DLMF 25.11.28). At a pole it is the limit where both sides agree on
/// it (odd n), at ±0 the limit from that side, else NaN. Precondition: n >= 0.
double polygamma(std::int64_t n, double x);
float polygamma(std::int64_t n, float x);

/// sin(pi x) / (pi x); 1 at 0.
double sinc(double x);
float sinc(float x);

/// The n-th derivative of sinc. Precondition: n >= 0.
double sinc_derivative(std::int64_t n, double x);
float sinc_derivative(std::int64_t n, float x);

}  // namespace verigrad
