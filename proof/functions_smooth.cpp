// Arithmetic, exponentials and powers, trigonometric and special functions.
#include "proof/elementary.hpp"
#include "proof/functions.hpp"

namespace verigrad::proof {
namespace {

Series half_power(const Series& p) {
  const Status status = positive(p);
  return status == Status::ok ? 1 / sqrt(p) : Series(status);
}

/// log(exp(a) + exp(b)), by the exponential that is not above 1.
Series logaddexp(const Series& a, const Series& b) {
  if (!a.ok() || !b.ok()) return a + b;
  return a.value().midpoint() > b.value().midpoint() ? a + softplus(b - a) : b + softplus(a - b);
}

/// x log(y), and 0 for a constant x = 0, whatever y is.
Series xlogy(const Series& x, const Series& y) { return x.is_number(0) ? x : x * log(y); }

}  // namespace

std::vector<Line> smooth_functions() {
  return {
      VERIGRAD_LINE("add", x[0] + x[1]),
      VERIGRAD_LINE("sub", x[0] - x[1]),
      VERIGRAD_LINE("mul", x[0] * x[1]),
      VERIGRAD_LINE("div", x[0] / x[1]),
      VERIGRAD_LINE("neg", -x[0]),
      VERIGRAD_LINE("exp", exp(x[0])),
      VERIGRAD_LINE("expm1", expm1(x[0])),
      VERIGRAD_LINE("exp2", exp(x[0] * Series(Ball::log2()))),
      VERIGRAD_LINE("log", log(x[0])),
      VERIGRAD_LINE("log1p", log1p(x[0])),
      VERIGRAD_LINE("log2", log(x[0]) / Series(Ball::log2())),
      VERIGRAD_LINE("log10", log(x[0]) / log(Series(10))),
      VERIGRAD_LINE("sqrt", sqrt(x[0])),
      VERIGRAD_LINE("rsqrt", half_power(x[0])),
      VERIGRAD_LINE("square", square(x[0])),
      VERIGRAD_LINE("reciprocal", 1 / x[0]),
      VERIGRAD_LINE("pow", pow(x[0], x[1])),
      VERIGRAD_LINE("cbrt", cbrt(x[0])),
      VERIGRAD_LINE("hypot", sqrt(square(x[0]) + square(x[1]))),
      VERIGRAD_LINE("logaddexp", logaddexp(x[0], x[1])),
      VERIGRAD_LINE("xlogy", xlogy(x[0], x[1])),
      VERIGRAD_LINE("sin", sin(x[0])),
      VERIGRAD_LINE("cos", cos(x[0])),
      VERIGRAD_LINE("tan", tan(x[0])),
      VERIGRAD_LINE("asin", asin(x[0])),
      VERIGRAD_LINE("acos", acos(x[0])),
      VERIGRAD_LINE("atan", atan(x[0])),
      VERIGRAD_LINE("atan2", atan2(x[0], x[1])),
      VERIGRAD_LINE("sinh", sinh(x[0])),
      VERIGRAD_LINE("cosh", cosh(x[0])),
      VERIGRAD_LINE("tanh", tanh(x[0])),
      VERIGRAD_LINE("asinh", asinh(x[0])),
      VERIGRAD_LINE("acosh", acosh(x[0])),
      VERIGRAD_LINE("atanh", atanh(x[0])),
      VERIGRAD_LINE("sinc", sinc(x[0])),
      VERIGRAD_LINE("erf", erf(x[0])),
      VERIGRAD_LINE("erfc", erfc(x[0])),
      VERIGRAD_LINE("lgamma", lgamma(x[0])),
      VERIGRAD_LINE("digamma", polygamma(0, x[0])),
      VERIGRAD_LINE("polygamma", polygamma(attributes.integer(0), x[0])),
  };
}

}  // namespace verigrad::proof
