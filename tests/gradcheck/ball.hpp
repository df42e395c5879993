#pragma once

#include <arb.h>

namespace verigrad::test {

/// A real number enclosed by Arb at 320 bits, or at more where a test raises them: the truth that
/// the tests measure against.
class Ball {
 public:
  inline static slong bits = 320;

  Ball() { arb_init(ball_); }
  Ball(double value) : Ball() { arb_set_d(ball_, value); }  // NOLINT: reads as a number
  Ball(const Ball& other) : Ball() { arb_set(ball_, other.ball_); }
  Ball& operator=(const Ball& other) {
    arb_set(ball_, other.ball_);
    return *this;
  }
  ~Ball() { arb_clear(ball_); }

  static Ball pi() {
    Ball result;
    arb_const_pi(result.ball_, bits);
    return result;
  }

  Ball operator-() const {
    Ball result;
    arb_neg(result.ball_, ball_);
    return result;
  }
  friend Ball operator+(const Ball& a, const Ball& b) { return binary(arb_add, a, b); }
  friend Ball operator-(const Ball& a, const Ball& b) { return binary(arb_sub, a, b); }
  friend Ball operator*(const Ball& a, const Ball& b) { return binary(arb_mul, a, b); }
  friend Ball operator/(const Ball& a, const Ball& b) { return binary(arb_div, a, b); }
  friend Ball pow(const Ball& a, const Ball& b) { return binary(arb_pow, a, b); }
  friend Ball exp(const Ball& a) { return unary(arb_exp, a); }
  friend Ball log(const Ball& a) { return unary(arb_log, a); }
  friend Ball sqrt(const Ball& a) { return unary(arb_sqrt, a); }
  friend Ball sin(const Ball& a) { return unary(arb_sin, a); }
  friend Ball cos(const Ball& a) { return unary(arb_cos, a); }
  friend Ball tan(const Ball& a) { return unary(arb_tan, a); }
  friend Ball sinh(const Ball& a) { return unary(arb_sinh, a); }
  friend Ball cosh(const Ball& a) { return unary(arb_cosh, a); }

  /// A function of Arb, `f(result, x, bits)`.
  template <typename Function>
  static Ball of(Function&& f, const Ball& x) {
    Ball result;
    f(result.ball_, x.ball_, bits);
    return result;
  }

  /// The middle, rounded to double.
  double value() const { return arf_get_d(arb_midref(ball_), ARF_RND_NEAR); }
  /// Whether the radius is negligible for a comparison of doubles.
  bool sharp() const {
    return arb_is_finite(ball_) && (arb_rel_accuracy_bits(ball_) > 100 || arb_is_exact(ball_));
  }
  double distance(double other) const {
    const double result = (*this - Ball(other)).value();
    return result < 0 ? -result : result;
  }

 private:
  template <typename Function>
  static Ball unary(Function function, const Ball& a) {
    Ball result;
    function(result.ball_, a.ball_, bits);
    return result;
  }
  template <typename Function>
  static Ball binary(Function function, const Ball& a, const Ball& b) {
    Ball result;
    function(result.ball_, a.ball_, b.ball_, bits);
    return result;
  }

  arb_t ball_;
};

}  // namespace verigrad::test
