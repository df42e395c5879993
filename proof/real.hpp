#pragma once

#include <concepts>
#include <vector>

#include "proof/elementary.hpp"
#include "proof/series.hpp"

namespace verigrad::proof {

/// Thrown by a comparison of Reals whose outcome is not known.
struct Undecidable {
  Status status;
};

/// While this lives, doubles that become Reals on this thread are balls of ± 2u relative, unless
/// their significands are short: what C++ code may have rounded.
class WidenedConstants {
 public:
  explicit WidenedConstants(double unit_roundoff);
  ~WidenedConstants();
  WidenedConstants(const WidenedConstants&) = delete;
  WidenedConstants& operator=(const WidenedConstants&) = delete;

 private:
  double before_;
};

/// A scalar for C++ code that is written as a template: with it the code is evaluated in ball
/// arithmetic, on constants, on a Tape or along germs. A germ compares as the points beside x do;
/// a comparison that this does not decide throws Undecidable. Functions are found by
/// argument-dependent lookup: write `using std::exp; exp(x)` or plain `exp(x)`.
class Real {
 public:
  Real() : series_(0) {}
  Real(std::integral auto x) : series_(x) {}
  Real(std::floating_point auto x) : series_(constant(static_cast<double>(x))) {}
  explicit Real(Series series) : series_(std::move(series)) {}

  const Series& series() const { return series_; }

  Real operator-() const { return Real(-series_); }
  Real operator+() const { return *this; }
  friend Real operator+(const Real& a, const Real& b) { return Real(a.series_ + b.series_); }
  friend Real operator-(const Real& a, const Real& b) { return Real(a.series_ - b.series_); }
  friend Real operator*(const Real& a, const Real& b) { return Real(a.series_ * b.series_); }
  friend Real operator/(const Real& a, const Real& b) { return Real(a.series_ / b.series_); }
  Real& operator+=(const Real& other) { return *this = *this + other; }
  Real& operator-=(const Real& other) { return *this = *this - other; }
  Real& operator*=(const Real& other) { return *this = *this * other; }
  Real& operator/=(const Real& other) { return *this = *this / other; }

  friend bool operator<(const Real& a, const Real& b) { return order(a, b) < 0; }
  friend bool operator>(const Real& a, const Real& b) { return order(a, b) > 0; }
  friend bool operator<=(const Real& a, const Real& b) { return order(a, b) <= 0; }
  friend bool operator>=(const Real& a, const Real& b) { return order(a, b) >= 0; }
  friend bool operator==(const Real& a, const Real& b) { return order(a, b) == 0; }
  friend bool operator!=(const Real& a, const Real& b) { return order(a, b) != 0; }

 private:
  static Series constant(double x);
  /// -1, 0 or 1. A germ that touches the other at the point alone is noted: see kinks_met().
  static int order(const Real& a, const Real& b);

  Series series_;
};

/// Whether a comparison on this thread since the last call was decided by a germ's side and not by
/// the point: the results of its branch are kinked.
bool kinks_met();

#define VERIGRAD_REAL(name) \
  inline Real name(const Real& x) { return Real(name(x.series())); }
VERIGRAD_REAL(exp)
VERIGRAD_REAL(expm1)
VERIGRAD_REAL(log)
VERIGRAD_REAL(log1p)
VERIGRAD_REAL(sqrt)
VERIGRAD_REAL(cbrt)
VERIGRAD_REAL(sin)
VERIGRAD_REAL(cos)
VERIGRAD_REAL(tan)
VERIGRAD_REAL(asin)
VERIGRAD_REAL(acos)
VERIGRAD_REAL(atan)
VERIGRAD_REAL(sinh)
VERIGRAD_REAL(cosh)
VERIGRAD_REAL(tanh)
VERIGRAD_REAL(asinh)
VERIGRAD_REAL(acosh)
VERIGRAD_REAL(atanh)
VERIGRAD_REAL(erf)
VERIGRAD_REAL(erfc)
VERIGRAD_REAL(lgamma)
VERIGRAD_REAL(abs)
VERIGRAD_REAL(floor)
VERIGRAD_REAL(ceil)
VERIGRAD_REAL(trunc)
#undef VERIGRAD_REAL

inline Real fabs(const Real& x) { return abs(x); }
inline Real abs2(const Real& x) { return Real(square(x.series())); }
inline Real exp2(const Real& x) { return Real(exp(x.series() * Series(Ball::log2()))); }
inline Real log2(const Real& x) { return Real(log(x.series()) / Series(Ball::log2())); }
inline Real log10(const Real& x) { return Real(log(x.series()) / log(Series(10))); }
inline Real pow(const Real& a, const Real& b) { return Real(pow(a.series(), b.series())); }
inline Real atan2(const Real& y, const Real& x) { return Real(atan2(y.series(), x.series())); }
inline Real hypot(const Real& a, const Real& b) { return sqrt(abs2(a) + abs2(b)); }
inline Real fmax(const Real& a, const Real& b) { return Real(maximum(a.series(), b.series())); }
inline Real fmin(const Real& a, const Real& b) { return Real(minimum(a.series(), b.series())); }
inline Real max(const Real& a, const Real& b) { return fmax(a, b); }
inline Real min(const Real& a, const Real& b) { return fmin(a, b); }
inline Real fmod(const Real& a, const Real& b) { return a - b * trunc(a / b); }

}  // namespace verigrad::proof
