#include "engine/ops/special_numbers.hpp"

#include <array>
#include <limits>
#include <numbers>

namespace verigrad {
namespace {

template <class W>
W power(W base, std::int64_t exponent) {
  W result = 1;
  for (; exponent > 0; exponent /= 2, base *= base)
    if (exponent % 2 != 0) result *= base;
  return result;
}

/// B(2j) / (2j)! for j = 1, 2, …: Euler-Maclaurin's coefficients, from DLMF table 24.2.1.
constexpr std::array<long double, 12> euler_maclaurin{
    1.0L / 12,
    -1.0L / 720,
    1.0L / 30240,
    -1.0L / 1209600,
    1.0L / 47900160,
    -691.0L / 1307674368000,
    1.0L / 74724249600,
    -3617.0L / 10670622842880000,
    43867.0L / 5109094217170944000,
    -174611.0L / 802857662698291200000.0L,
    77683.0L / 14101100039391805440000.0L,
    -236364091.0L / 1693824136731743669452800000.0L};

// ------------------------------------------------------------------------------------- digamma

/// psi(x) for x > 0: up to x >= 10 by recurrence, where 12 terms of the series
/// log x - 1 / (2 x) - sum B(2j) / (2 j x^(2j)) leave less than 2^-66.
template <class W>
W digamma_positive(W x) {
  W below = 0;
  for (; x < 10; x += 1) below += 1 / x;
  const W square = 1 / (x * x);
  W series = 0, factorial = 1;
  std::array<W, euler_maclaurin.size()> terms;
  for (std::size_t j = 0; j < terms.size(); ++j) {
    const auto k = static_cast<W>(2 * j + 2);
    terms[j] = static_cast<W>(euler_maclaurin[j]) * factorial;
    factorial *= k * (k + 1);
  }
  for (std::size_t j = terms.size(); j-- > 0;) series = square * (series + terms[j]);
  return std::log(x) - 1 / (2 * x) - series - below;
}

/// pi cot(pi x), from the distance to the nearest integer.
template <class W>
W pi_cotangent(W x) {
  constexpr W pi = std::numbers::pi_v<W>;
  return pi / std::tan(pi * (x - std::nearbyint(x)));
}

/// psi about its root 1.46163214496836234126…, where the recurrence would cancel: the k-th
/// coefficient is psi's k-th derivative there over k!, computed with mpmath at 60 digits.
double digamma_near_root(double x) {
  constexpr double root = 1.4616321449683622, rest = 9.549995429965697e-17;
  constexpr std::array coefficients{
      0.9676722454476212,   -0.4427631689835921,  0.258499760955651,    -0.16394270544240652,
      0.10782405069126237,  -0.07219956125645471, 0.04880428816414311,  -0.03316112647484736,
      0.022597648232218104, -0.01542476590494896, 0.010538791616612175, -0.007204534386356869,
      0.004926781395729853, -0.003369801655439328};
  const double d = (x - root) - rest;
  double sum = 0;
  for (std::size_t k = coefficients.size(); k-- > 0;) sum = sum * d + coefficients[k];
  return sum * d;
}

template <class W, class T>
T digamma_of(T x) {
  if (std::isnan(x) || x == std::numeric_limits<T>::infinity()) return x;
  if (x == 0) return std::copysign(std::numeric_limits<T>::infinity(), -x);
  if (x < 0 && x == std::floor(x)) return std::numeric_limits<T>::quiet_NaN();
  if (std::abs(x - T(1.46163214)) < T(0.0625))
    return static_cast<T>(digamma_near_root(static_cast<double>(x)));
  const W wide = x;
  if (x > 0) return static_cast<T>(digamma_positive(wide));
  return static_cast<T>(digamma_positive(1 - wide) - pi_cotangent(wide));
}

// ------------------------------------------------------------------------------------- polygamma

/// n! / q^(n + 1), through logarithms where n! is too large.
template <class W>
W scaled_power(std::int64_t n, W q) {
  constexpr std::int64_t largest = std::numeric_limits<W>::max_exponent > 2000 ? 1000 : 150;
  const auto order = static_cast<W>(n);
  if (n > largest) return std::exp(std::lgamma(order + 1) - (order + 1) * std::log(q));
  W result = 1 / q;
  for (std::int64_t k = 1; k <= n; ++k) result *= static_cast<W>(k) / q;
  return result;
}

/// n! zeta(n + 1, q) for n >= 1 and q > 0.
template <class W>
W scaled_zeta(std::int64_t n, W q) {
  // The tail's terms fall off while n + 2 j < 2 pi q.
  const W enough = std::max<W>(10, static_cast<W>(n) / 2 + 8);
  W sum = 0;
  for (; q < enough; q += 1) {
    const W term = scaled_power(n, q);
    sum += term;
    if (term <= sum * std::numeric_limits<W>::epsilon() / 1024 && n > 40) return sum;
  }
  const auto order = static_cast<W>(n);
  const W last = scaled_power(n, q);
  W tail = 0, rising = (order + 1) / q;
  for (std::size_t j = 0; j < euler_maclaurin.size(); ++j) {
    tail += static_cast<W>(euler_maclaurin[j]) * rising;
    const W k = order + 2 * static_cast<W>(j + 1);
    rising *= k / q * ((k + 1) / q);
  }
  return sum + last * (q / order + W(0.5) + tail);
}

/// For x < 0, with the distance r to the nearest integer, the terms 1 / (x + k)^(n + 1) are those
/// on both sides of r less the ones beyond 1 - x.
template <class W, class T>
T polygamma_of(std::int64_t n, T x) {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  if (n == 0) return digamma(x);
  if (std::isnan(x)) return x;
  const bool odd = n % 2 != 0;
  if (x == infinity) return odd ? T(0) : -T(0);
  if (x == 0) return odd ? infinity : std::copysign(infinity, -x);
  if (x < 0 && x == std::floor(x)) return odd ? infinity : std::numeric_limits<T>::quiet_NaN();
  const W wide = x;
  if (x > 0) return static_cast<T>(odd ? scaled_zeta(n, wide) : -scaled_zeta(n, wide));
  const W r = wide - std::nearbyint(wide);
  const W right = scaled_zeta(n, r > 0 ? r : 1 + r);
  const W left = scaled_zeta(n, r > 0 ? 1 - r : -r) - scaled_zeta(n, 1 - wide);
  return static_cast<T>(odd ? right + left : left - right);
}

// ------------------------------------------------------------------------------------------ sinc

/// sin(pi x + quarter_turns pi / 2), from the distance to the nearest multiple of 1/2.
template <class W>
W sine_of_pi(W x, std::int64_t quarter_turns) {
  const W halves = std::nearbyint(2 * x);
  const W angle = std::numbers::pi_v<W> * (x - halves / 2);
  const auto turns = static_cast<std::int64_t>(std::fmod(halves, W(4))) + quarter_turns % 4 + 4;
  const W sine = turns % 2 == 0 ? std::sin(angle) : std::cos(angle);
  return turns % 4 < 2 ? sine : -sine;
}

/// pi^n sum (-1)^((m + n) / 2) z^m / (m! (m + n + 1)) over m of n's parity, with z = pi x.
template <class W>
W sinc_series(std::int64_t n, W x) {
  const W pi = std::numbers::pi_v<W>, z = pi * x;
  std::int64_t m = n % 2;
  W power_term = m == 0 ? W(1) : z, sum = 0;
  for (; m < 400; m += 2) {
    const W term = power_term / static_cast<W>(m + n + 1);
    sum += (m + n) / 2 % 2 == 0 ? term : -term;
    if (std::abs(term) <= std::abs(sum) * std::numeric_limits<W>::epsilon() / 16) break;
    power_term *= z / static_cast<W>(m + 1) * (z / static_cast<W>(m + 2));
  }
  return power(pi, n) * sum;
}

/// Differentiating x sinc(x) = sin(pi x) / pi n times gives x s^(n) + n s^(n-1) = pi^(n-1) sin(pi x
/// + n pi / 2), a recurrence that is stable while n < |pi x|.
template <class W, class T>
T sinc_derivative_of(std::int64_t n, T x) {
  if (!std::isfinite(x)) return std::numeric_limits<T>::quiet_NaN();
  const W wide = x, pi = std::numbers::pi_v<W>;
  if (std::abs(pi * wide) <= static_cast<W>(n < 1 ? 1 : n))
    return static_cast<T>(sinc_series(n, wide));
  W derivative = sine_of_pi(wide, 0) / (pi * wide), scale = 1;
  for (std::int64_t k = 1; k <= n; ++k, scale *= pi)
    derivative = (scale * sine_of_pi(wide, k) - static_cast<W>(k) * derivative) / wide;
  return static_cast<T>(derivative);
}

}  // namespace

double cbrt(double x) { return static_cast<double>(std::cbrt(static_cast<long double>(x))); }
float cbrt(float x) { return static_cast<float>(std::cbrt(static_cast<double>(x))); }

double lgamma(double x) {
#ifdef __GLIBC__
  int sign = 0;
  return ::lgamma_r(x, &sign);
#else
  return std::lgamma(x);
#endif
}
float lgamma(float x) { return static_cast<float>(lgamma(static_cast<double>(x))); }

double digamma(double x) { return digamma_of<long double>(x); }
float digamma(float x) { return digamma_of<double>(x); }
double polygamma(std::int64_t n, double x) { return polygamma_of<long double>(n, x); }
float polygamma(std::int64_t n, float x) { return polygamma_of<double>(n, x); }
double sinc_derivative(std::int64_t n, double x) { return sinc_derivative_of<long double>(n, x); }
float sinc_derivative(std::int64_t n, float x) { return sinc_derivative_of<double>(n, x); }
double sinc(double x) { return sinc_derivative(0, x); }
float sinc(float x) { return sinc_derivative(0, x); }

}  // namespace verigrad
