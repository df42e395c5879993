#pragma once

#include <arb.h>

#include <concepts>
#include <optional>
#include <string>
#include <utility>

namespace verigrad::proof {

/// The precision in bits at which this thread's balls are computed; set by a Precision.
inline thread_local slong working_bits = 128;

/// Sets `working_bits` for a scope.
class Precision {
 public:
  explicit Precision(slong bits) : before_(std::exchange(working_bits, bits)) {}
  ~Precision() { working_bits = before_; }
  Precision(const Precision&) = delete;
  Precision& operator=(const Precision&) = delete;

 private:
  slong before_;
};

/// A real number enclosed by midpoint ± radius. Numbers convert exactly; every operation rounds
/// outwards at `working_bits`, so that the true result stays inside. What Arb cannot enclose is a
/// ball that is not finite().
class Ball {
 public:
  Ball() { arb_init(ball_); }
  Ball(std::floating_point auto x) : Ball() { arb_set_d(ball_, static_cast<double>(x)); }
  Ball(std::integral auto x) : Ball() { arb_set_si(ball_, static_cast<slong>(x)); }
  Ball(const Ball& other) : Ball() { arb_set(ball_, other.ball_); }
  Ball(Ball&& other) noexcept : Ball() { arb_swap(ball_, other.ball_); }
  Ball& operator=(Ball other) {
    arb_swap(ball_, other.ball_);
    return *this;
  }
  ~Ball() { arb_clear(ball_); }

  /// The real number that a Program's text stands for: a decimal, "pi", "inf", or one of them with
  /// a sign. Throws Error for other text.
  static Ball literal(const std::string& text);

  /// f(result, operands…, bits) with one of Arb's functions.
  template <class F, std::same_as<Ball>... B>
  static Ball of(F f, const B&... x) {
    Ball result;
    f(result.ball_, x.ball_..., working_bits);
    return result;
  }
  static Ball pi() { return of(arb_const_pi); }
  /// 0 ± radius.
  static Ball around_zero(double radius) {
    Ball result;
    mag_set_d(arb_radref(result.ball_), radius);
    return result;
  }
  static Ball log2() { return of(arb_const_log2); }
  /// The smallest ball that holds both.
  static Ball hull(const Ball& a, const Ball& b) { return of(arb_union, a, b); }

  arb_srcptr get() const { return ball_; }
  arb_ptr get() { return ball_; }

  bool finite() const { return arb_is_finite(ball_); }
  bool exact() const { return arb_is_exact(ball_); }
  /// Whether this is the integer k without any doubt.
  bool is(std::integral auto k) const { return arb_equal_si(ball_, static_cast<slong>(k)); }
  /// Whether this is the number x without any doubt.
  bool is(double x) const { return exact() && arf_cmp_d(arb_midref(ball_), x) == 0; }
  bool is_integer() const { return arb_is_int(ball_); }
  bool contains_zero() const { return arb_contains_zero(ball_); }
  bool overlaps(const Ball& other) const { return arb_overlaps(ball_, other.ball_); }
  /// Of a number outside: 1 or -1; of an exact zero: 0; none when the ball holds 0 and others.
  std::optional<int> sign() const;
  /// Bits of the midpoint that the radius leaves certain; Arb's maximum for an exact number.
  slong relative_bits() const { return arb_rel_accuracy_bits(ball_); }
  /// An upper bound.
  double radius() const;
  /// An upper bound of the absolute values of all numbers of the ball.
  double magnitude() const;
  double midpoint() const { return arf_get_d(arb_midref(ball_), ARF_RND_NEAR); }

  /// 2 ** exponent times this, exact.
  Ball scaled(slong exponent) const {
    Ball result;
    arb_mul_2exp_si(result.ball_, ball_, exponent);
    return result;
  }

  friend Ball operator+(const Ball& a, const Ball& b) { return of(arb_add, a, b); }
  friend Ball operator-(const Ball& a, const Ball& b) { return of(arb_sub, a, b); }
  friend Ball operator*(const Ball& a, const Ball& b) { return of(arb_mul, a, b); }
  friend Ball operator/(const Ball& a, const Ball& b) { return of(arb_div, a, b); }
  Ball operator-() const {
    Ball result;
    arb_neg(result.ball_, ball_);
    return result;
  }

 private:
  arb_t ball_;
};

/// `0.333333 +/- 2.1e-40`, with as many digits as are certain, up to `digits`.
std::string to_string(const Ball& ball, slong digits = 25);

}  // namespace verigrad::proof
