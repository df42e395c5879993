#pragma once

#include <arb_hypgeom.h>

#include <concepts>

namespace verigrad::accuracy {

/// The precision in bits at which this thread's Reals are computed.
inline thread_local slong working_bits = 256;

/// A real number enclosed by an Arb ball. Numbers convert exactly; every operation rounds its ball
/// outwards at `working_bits`, so that the true result stays inside.
class Real {
 public:
  Real() { arb_init(ball_); }
  Real(std::floating_point auto x) : Real() { arb_set_d(ball_, static_cast<double>(x)); }
  Real(std::integral auto x) : Real() { arb_set_si(ball_, static_cast<slong>(x)); }
  Real(const Real& other) : Real() { arb_set(ball_, other.ball_); }
  Real(Real&& other) noexcept : Real() { arb_swap(ball_, other.ball_); }
  Real& operator=(Real other) {
    arb_swap(ball_, other.ball_);
    return *this;
  }
  ~Real() { arb_clear(ball_); }

  arb_srcptr ball() const { return ball_; }

  /// f(result, operands…, bits) with one of Arb's functions.
  template <class F, std::same_as<Real>... R>
  static Real of(F f, const R&... x) {
    Real result;
    f(result.ball_, x.ball_..., working_bits);
    return result;
  }
  static Real pi() { return of(arb_const_pi); }

  /// 2 ** exponent times this, exact.
  Real scaled(slong exponent) const {
    Real result;
    arb_mul_2exp_si(result.ball_, ball_, exponent);
    return result;
  }

  friend Real operator+(const Real& a, const Real& b) { return of(arb_add, a, b); }
  friend Real operator-(const Real& a, const Real& b) { return of(arb_sub, a, b); }
  friend Real operator*(const Real& a, const Real& b) { return of(arb_mul, a, b); }
  friend Real operator/(const Real& a, const Real& b) { return of(arb_div, a, b); }
  Real operator-() const {
    Real result;
    arb_neg(result.ball_, ball_);
    return result;
  }

  // Certain comparisons: both a < b and a >= b are false for balls that overlap. Operands are exact
  // points, for which one of them holds.
  friend bool operator<(const Real& a, const Real& b) { return arb_lt(a.ball_, b.ball_); }
  friend bool operator>(const Real& a, const Real& b) { return arb_gt(a.ball_, b.ball_); }
  friend bool operator<=(const Real& a, const Real& b) { return arb_le(a.ball_, b.ball_); }
  friend bool operator>=(const Real& a, const Real& b) { return arb_ge(a.ball_, b.ball_); }
  friend bool operator==(const Real& a, const Real& b) { return arb_eq(a.ball_, b.ball_); }

 private:
  arb_t ball_;
};

inline Real abs(const Real& x) { return x < 0 ? -x : x; }
inline Real square(const Real& x) { return x * x; }

/// Beyond 2 ** 40 the power of e is taken at 2 ** 40: both lie outside every floating-point format,
/// and Arb gives up on exponents that do not fit a machine word.
inline Real exp(const Real& x) {
  const Real limit = Real(1).scaled(40);
  return Real::of(arb_exp, x > limit ? limit : x < -limit ? -limit : x);
}
inline Real expm1(const Real& x) {
  return x > 1e6 || x < -1e6 ? exp(x) - 1 : Real::of(arb_expm1, x);
}
inline Real log(const Real& x) { return Real::of(arb_log, x); }
inline Real log1p(const Real& x) { return Real::of(arb_log1p, x); }
inline Real sqrt(const Real& x) { return Real::of(arb_sqrt, x); }
inline Real pow(const Real& x, const Real& y) { return Real::of(arb_pow, x, y); }
inline Real sin(const Real& x) { return Real::of(arb_sin, x); }
inline Real cos(const Real& x) { return Real::of(arb_cos, x); }
inline Real tan(const Real& x) { return Real::of(arb_tan, x); }
inline Real sin_pi(const Real& x) { return Real::of(arb_sin_pi, x); }
inline Real cos_pi(const Real& x) { return Real::of(arb_cos_pi, x); }
inline Real asin(const Real& x) { return Real::of(arb_asin, x); }
inline Real acos(const Real& x) { return Real::of(arb_acos, x); }
inline Real atan(const Real& x) { return Real::of(arb_atan, x); }
inline Real atan2(const Real& y, const Real& x) { return Real::of(arb_atan2, y, x); }
inline Real asinh(const Real& x) { return Real::of(arb_asinh, x); }
inline Real acosh(const Real& x) { return Real::of(arb_acosh, x); }
inline Real atanh(const Real& x) { return Real::of(arb_atanh, x); }
inline Real erf(const Real& x) { return Real::of(arb_hypgeom_erf, x); }
/// Beyond 2 ** 20 taken at 2 ** 20, as for exp.
inline Real erfc(const Real& x) {
  return Real::of(arb_hypgeom_erfc, x > 0x1p20 ? Real(0x1p20) : x);
}
inline Real digamma(const Real& x) { return Real::of(arb_digamma, x); }

inline Real cosh(const Real& x) { return (exp(x) + exp(-x)).scaled(-1); }
/// By expm1 near 0, where the exponentials cancel.
inline Real sinh(const Real& x) {
  if (abs(x) > 1) return (exp(x) - exp(-x)).scaled(-1);
  return Real::of(arb_sinh, x);
}
inline Real tanh(const Real& x) { return Real::of(arb_tanh, x); }

/// 1 / (1 + e ** -x), by the exponential that does not overflow.
inline Real sigmoid(const Real& x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
/// log(1 + e ** x).
inline Real softplus(const Real& x) { return x < 0 ? log1p(exp(x)) : x + log1p(exp(-x)); }

inline Real floor(const Real& x) { return Real::of(arb_floor, x); }
inline Real ceil(const Real& x) { return Real::of(arb_ceil, x); }
inline Real trunc(const Real& x) { return x < 0 ? ceil(x) : floor(x); }

}  // namespace verigrad::accuracy
