// Formulas of trigonometric and hyperbolic functions and their inverses.
#include <cmath>
#include <numbers>

#include "tests/accuracy/formula.hpp"

namespace verigrad::accuracy {
namespace {

/// The numbers around multiples of pi / 2, where sines, cosines and tangents are 0 or infinite.
void draw_near_quarter_turns(Random& random, Point& x) {
  const double k = std::floor(random.log_uniform(0, random.one_in(2) ? 6 : 40));
  x[0] = random.sign() * k * (std::numbers::pi / 2);
  if (random.one_in(2)) x[0] *= 1 + random.sign() * random.log_uniform(-53, -3);
}

void draw_near_integers(Random& random, Point& x) {
  x[0] = std::floor(random.log_uniform(0, 40)) * random.sign();
  if (random.one_in(2)) x[0] *= 1 + random.sign() * random.log_uniform(-53, -3);
  if (random.one_in(4)) x[0] += 0.5;
}

/// Operands of like size, in all four quadrants.
void draw_ratio(Random& random, Point& x) {
  x[1] = x[0] * random.sign() * random.log_uniform(-60, 60);
}

Real sinc(const Real& x) { return x == 0 ? Real(1) : sin_pi(x) / (Real::pi() * x); }

/// Near 0, where the two terms cancel, by the series, whose rest is below 2 ** -400 of the sum.
Real sinc_derivative(const Real& x) {
  if (abs(x) >= 0x1p-20) return (cos_pi(x) - sinc(x)) / x;
  const Real square_of_pi_x = square(Real::pi() * x);
  Real sum(0), term = square(Real::pi()) * x / 3;
  for (int k = 1; k <= 10; ++k) {
    sum = k % 2 ? sum - term : sum + term;
    // 2k y^(2k - 1) / (2k + 1)! to the next k.
    term = term * square_of_pi_x * (2 * k + 2) / (2 * k * (2 * k + 2) * (2 * k + 3));
  }
  return sum;
}

}  // namespace

std::vector<Formula> trigonometric_formulas() {
  const Interval turns{-100, 100}, hyperbolic{-711, 711}, tail{-373, 373};
  return {
      {.operation = "sin",
       .value = VERIGRAD_OF(sin(x[0])),
       .derivative = {VERIGRAD_OF(cos(x[0]))},
       .uniform = {{{turns}}},
       .together = draw_near_quarter_turns},
      {.operation = "cos",
       .value = VERIGRAD_OF(cos(x[0])),
       .derivative = {VERIGRAD_OF(-sin(x[0]))},
       .uniform = {{{turns}}},
       .together = draw_near_quarter_turns},
      {.operation = "tan",
       .value = VERIGRAD_OF(tan(x[0])),
       .derivative = {VERIGRAD_OF(1 / square(cos(x[0])))},
       .uniform = {{{turns}}},
       .together = draw_near_quarter_turns,
       .value_bound = 1.5},
      {.operation = "asin",
       .value = VERIGRAD_OF(asin(x[0])),
       .derivative = {VERIGRAD_OF(1 / sqrt(1 - square(x[0])))},
       .smooth = VERIGRAD_WHEN(std::abs(x[0]) < 1)},
      {.operation = "acos",
       .value = VERIGRAD_OF(acos(x[0])),
       .derivative = {VERIGRAD_OF(-1 / sqrt(1 - square(x[0])))},
       .smooth = VERIGRAD_WHEN(std::abs(x[0]) < 1)},
      {.operation = "atan",
       .value = VERIGRAD_OF(atan(x[0])),
       .derivative = {VERIGRAD_OF(1 / (1 + square(x[0])))}},
      {.operation = "sinh",
       .value = VERIGRAD_OF(sinh(x[0])),
       .derivative = {VERIGRAD_OF(cosh(x[0]))},
       .uniform = {{{hyperbolic}}},
       .value_bound = 2},
      {.operation = "cosh",
       .value = VERIGRAD_OF(cosh(x[0])),
       .derivative = {VERIGRAD_OF(sinh(x[0]))},
       .uniform = {{{hyperbolic}}},
       .value_bound = 2},
      {.operation = "tanh",
       .value = VERIGRAD_OF(tanh(x[0])),
       .derivative = {VERIGRAD_OF(1 / square(cosh(x[0])))},
       .uniform = {{{tail, Interval{-22, 22}}}},
       .value_bound = 2.5},
      {.operation = "asinh",
       .value = VERIGRAD_OF(asinh(x[0])),
       .derivative = {VERIGRAD_OF(1 / sqrt(1 + square(x[0])))},
       .value_bound = 2},
      {.operation = "acosh",
       .value = VERIGRAD_OF(acosh(x[0])),
       .derivative = {VERIGRAD_OF(1 / sqrt(square(x[0]) - 1))},
       .smooth = VERIGRAD_WHEN(x[0] > 1),
       .value_bound = 2.5},
      {.operation = "atanh",
       .value = VERIGRAD_OF(atanh(x[0])),
       .derivative = {VERIGRAD_OF(1 / (1 - square(x[0])))},
       .defined = VERIGRAD_WHEN(std::abs(x[0]) < 1),
       .value_bound = 2},
      {.operation = "atan2",
       .value = VERIGRAD_OF(atan2(x[0], x[1])),
       .derivative = {VERIGRAD_OF(x[1] / (square(x[0]) + square(x[1]))),
                      VERIGRAD_OF(-x[0] / (square(x[0]) + square(x[1])))},
       .defined = VERIGRAD_WHEN(x[0] != 0 || x[1] > 0),
       .together = draw_ratio,
       .value_bound = 1.5},
      {.operation = "sinc",
       .value = VERIGRAD_OF(sinc(x[0])),
       .derivative = {VERIGRAD_OF(sinc_derivative(x[0]))},
       .uniform = {{{turns}}},
       .together = draw_near_integers,
       .derivative_near_zero = {{{VERIGRAD_OF(cos_pi(x[0]) / x[0]), "cos(pi input) / input"}}},
       .value_bound = 3},
  };
}

}  // namespace verigrad::accuracy
