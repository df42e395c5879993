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

namespace {

/// The exponent of the unit in the last place of x rounded to T.
template <class T>
slong unit_of(arf_srcptr x) {
  using Limits = std::numeric_limits<T>;
  constexpr slong least = Limits::min_exponent - Limits::digits;
  constexpr slong top = Limits::max_exponent - Limits::digits;
  arf_t rounded;
  arf_init(rounded);
  arf_set_round(rounded, x, Limits::digits, ARF_RND_NEAR);
  const slong unit = arf_is_zero(x) ? least : arf_abs_bound_lt_2exp_si(rounded) - Limits::digits;
  arf_clear(rounded);
  return std::clamp(unit, least, top);
}

/// Whether |x| rounds to T at 2 ** exponent or above.
template <class T>
bool rounds_to(arf_srcptr x, slong exponent) {
  arf_t rounded;
  arf_init(rounded);
  arf_set_round(rounded, x, std::numeric_limits<T>::digits, ARF_RND_NEAR);
  const bool result = arf_cmpabs_2exp_si(rounded, exponent) >= 0;
  arf_clear(rounded);
  return result;
}

template <class T>
Magnitude magnitude_of(arb_srcptr x) {
  using Limits = std::numeric_limits<T>;
  if (arb_is_zero(x)) return Magnitude::zero;
  if (below(x, Limits::min_exponent - 2)) return Magnitude::subnormal;
  if (above(x, Limits::max_exponent + 1)) return Magnitude::overflow;
  if (rounds_to<T>(arb_midref(x), Limits::max_exponent)) return Magnitude::overflow;
  return rounds_to<T>(arb_midref(x), Limits::min_exponent - 1) ? Magnitude::normal
                                                               : Magnitude::subnormal;
}

}  // namespace

template <class T>
Distance distance(T computed, const Real& truth, const Real* larger) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const arb_srcptr x = truth.ball();
  const auto got = static_cast<double>(computed);
  const Magnitude magnitude = magnitude_of<T>(x);
  if (magnitude == Magnitude::overflow && std::isinf(got))
    return {magnitude, (got < 0) == (arf_sgn(arb_midref(x)) < 0) ? 0 : infinity};
  if (!std::isfinite(got)) return {magnitude, infinity};
  slong unit = unit_of<T>(arb_midref(x));
  if (larger) unit = std::max(unit, unit_of<T>(arb_midref(larger->ball())));
  const Parts parts = in_units(arb_midref(x), unit);
  return {magnitude, std::abs((std::ldexp(got, static_cast<int>(-unit)) - parts.high) - parts.low)};
}

template bool sharp<float>(const Real&);
template bool sharp<double>(const Real&);
template Distance distance(float, const Real&, const Real*);
template Distance distance(double, const Real&, const Real*);

}  // namespace verigrad::accuracy
