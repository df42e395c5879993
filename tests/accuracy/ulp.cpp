#include "tests/accuracy/ulp.hpp"

#include <algorithm>
#include <cmath>

namespace verigrad::accuracy {
namespace {

constexpr slong sharp_bits = 80;

/// Whether every number of the ball is below 2 ** exponent in magnitude.
bool below(arb_srcptr x, slong exponent) {
  mag_t bound;
  mag_init(bound);
  arb_get_mag(bound, x);
  const bool result = mag_cmp_2exp_si(bound, exponent) < 0;
  mag_clear(bound);
  return result;
}

/// Whether every number of the ball is above 2 ** exponent in magnitude.
bool above(arb_srcptr x, slong exponent) {
  mag_t bound;
  mag_init(bound);
  arb_get_mag_lower(bound, x);
  const bool result = mag_cmp_2exp_si(bound, exponent) > 0;
  mag_clear(bound);
  return result;
}

/// A number as a sum of two doubles, in units of 2 ** exponent.
struct Parts {
  double high, low;
};

Parts in_units(arf_srcptr x, slong exponent) {
  arf_t scaled, rest;
  arf_init(scaled);
  arf_init(rest);
  arf_mul_2exp_si(scaled, x, -exponent);
  const double high = arf_get_d(scaled, ARF_RND_NEAR);
  arf_set_d(rest, high);
  arf_sub(rest, scaled, rest, 64, ARF_RND_NEAR);
  const double low = arf_get_d(rest, ARF_RND_NEAR);
  arf_clear(scaled);
  arf_clear(rest);
  return {high, low};
}

}  // namespace

template <class T>
bool sharp(const Real& truth) {
  using Limits = std::numeric_limits<T>;
  const arb_srcptr x = truth.ball();
  if (!arb_is_finite(x)) return false;
  if (arb_is_exact(x) || arb_rel_accuracy_bits(x) >= sharp_bits) return true;
  return below(x, 2 * (Limits::min_exponent - Limits::digits)) ||
         (above(x, 2 * Limits::max_exponent) && !arb_contains_zero(x));
}

template <class T>
Distance distance(T computed, const Real& truth) {
  using Limits = std::numeric_limits<T>;
  constexpr slong least = Limits::min_exponent - Limits::digits;  // 2 ** least: least subnormal
  constexpr slong top = Limits::max_exponent - Limits::digits;    // the top binade's unit
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const arb_srcptr x = truth.ball();
  const auto got = static_cast<double>(computed);
  if (arb_is_zero(x))
    return {Magnitude::zero,
            std::isfinite(got) ? std::abs(std::ldexp(got, static_cast<int>(-least))) : infinity};
  if (below(x, least - 2))
    return {Magnitude::subnormal, std::isfinite(got)
                                      ? std::abs(std::ldexp(got, static_cast<int>(-least)))
                                      : infinity};
  const bool negative = arf_sgn(arb_midref(x)) < 0;
  arf_t rounded;
  arf_init(rounded);
  arf_set_round(rounded, arb_midref(x), Limits::digits, ARF_RND_NEAR);
  const bool over = above(x, Limits::max_exponent + 2) ||
                    arf_cmpabs_2exp_si(rounded, Limits::max_exponent) >= 0;
  const bool small = !over && arf_cmpabs_2exp_si(rounded, Limits::min_exponent - 1) < 0;
  slong unit = over ? top : least;
  if (!over && !small) {
    fmpz_t exponent;
    fmpz_init(exponent);
    arf_abs_bound_lt_2exp_fmpz(exponent, rounded);
    unit = fmpz_get_si(exponent) - Limits::digits;
    fmpz_clear(exponent);
  }
  arf_clear(rounded);
  if (over) {
    if (std::isnan(got) || got == 0 || std::signbit(got) != negative)
      return {Magnitude::overflow, infinity};
    if (std::isinf(got)) return {Magnitude::overflow, 0};
    if (above(x, Limits::max_exponent + 2)) return {Magnitude::overflow, infinity};
  }
  const Magnitude magnitude =
      over ? Magnitude::overflow : small ? Magnitude::subnormal : Magnitude::normal;
  if (!std::isfinite(got)) return {magnitude, infinity};
  const Parts parts = in_units(arb_midref(x), unit);
  return {magnitude,
          std::abs((std::ldexp(got, static_cast<int>(-unit)) - parts.high) - parts.low)};
}

template bool sharp<float>(const Real&);
template bool sharp<double>(const Real&);
template Distance distance(float, const Real&);
template Distance distance(double, const Real&);

}  // namespace verigrad::accuracy
