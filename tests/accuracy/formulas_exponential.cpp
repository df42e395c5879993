// Formulas of exponentials, logarithms, roots and powers.
#include <algorithm>
#include <cmath>

#include "tests/accuracy/formula.hpp"

namespace verigrad::accuracy {
namespace {

const Interval exponents{-746, 711};
const Interval binary_exponents{-1076, 1025};

bool integral(double p) { return std::nearbyint(p) == p; }
bool odd(double p) { return integral(p) && std::fmod(p, 2) != 0; }

/// x ** (p - k) for a positive x, or an integer p; k is 0 or 1.
Real power(const Real& x, const Real& p, int k) {
  const Real size = exp((p - k) * log(abs(x)));
  const bool is_odd = odd(arf_get_d(arb_midref(p.ball()), ARF_RND_NEAR)) != (k == 1);
  return x < 0 && is_odd ? -size : size;
}

/// Powers that lie in the range of doubles and around its ends, negative bases with integer
/// exponents, bases near 1 with large exponents.
void draw_power(Random& random, Point& x) {
  if (random.one_in(3)) {
    x[0] = 1 + random.sign() * random.log_uniform(-30, -1);
  } else if (random.one_in(2)) {
    x[0] = random.log_uniform(-1022, 1024);
  } else {
    x[0] = random.log_uniform(-4, 4);
  }
  const double reach = random.one_in(8) ? 1.0 : 0.125;
  x[1] = random.uniform(-1080, 1030) * reach / std::log2(x[0]);
  if (random.one_in(4)) {
    x[1] = std::nearbyint(x[1]);
    x[0] *= random.sign();
  }
  if (random.one_in(16)) x[1] = random.uniform(-1, 1);
}

void draw_hypot(Random& random, Point& x) {
  x[1] = x[0] * random.sign() * random.log_uniform(-54, 54);
}

/// Differences that matter, and sums whose logarithm is near 0.
void draw_logaddexp(Random& random, Point& x) {
  if (random.one_in(4)) {
    x[0] = -random.log_uniform(-50, 9);
    x[1] = std::log(-std::expm1(x[0])) * (1 + random.sign() * random.log_uniform(-50, -2));
  } else {
    x[1] = x[0] + random.uniform(-750, 750);
  }
}

}  // namespace

std::vector<Formula> exponential_formulas() {
  return {
      {.operation = "exp",
       .value = VERIGRAD_OF(exp(x[0])),
       .derivative = {VERIGRAD_OF(exp(x[0]))},
       .uniform = {{{exponents}}}},
      {.operation = "exp2",
       .value = VERIGRAD_OF(exp(x[0] * log(Real(2)))),
       .derivative = {VERIGRAD_OF(exp(x[0] * log(Real(2))) * log(Real(2)))},
       .uniform = {{{binary_exponents}}}},
      {.operation = "expm1",
       .value = VERIGRAD_OF(expm1(x[0])),
       .derivative = {VERIGRAD_OF(exp(x[0]))},
       .uniform = {{{exponents}}}},
      {.operation = "log", .value = VERIGRAD_OF(log(x[0])), .derivative = {VERIGRAD_OF(1 / x[0])}},
      {.operation = "log1p",
       .value = VERIGRAD_OF(log1p(x[0])),
       .derivative = {VERIGRAD_OF(1 / (1 + x[0]))}},
      {.operation = "log2",
       .value = VERIGRAD_OF(log(x[0]) / log(Real(2))),
       .derivative = {VERIGRAD_OF(1 / (x[0] * log(Real(2))))}},
      {.operation = "log10",
       .value = VERIGRAD_OF(log(x[0]) / log(Real(10))),
       .derivative = {VERIGRAD_OF(1 / (x[0] * log(Real(10))))},
       .value_bound = 2},
      {.operation = "sqrt",
       .value = VERIGRAD_OF(sqrt(x[0])),
       .derivative = {VERIGRAD_OF(1 / (2 * sqrt(x[0])))},
       .smooth = VERIGRAD_WHEN(x[0] > 0),
       .value_bound = 0.5},
      {.operation = "cbrt",
       .value = VERIGRAD_OF(x[0] == 0  ? Real(0)
                            : x[0] < 0 ? -exp(log(-x[0]) / 3)
                                       : exp(log(x[0]) / 3)),
       .derivative = {VERIGRAD_OF(exp(log(abs(x[0])) * -2 / 3) / 3)},
       .smooth = VERIGRAD_WHEN(x[0] != 0),
       .value_bound = 4},
      {.operation = "rsqrt",
       .value = VERIGRAD_OF(1 / sqrt(x[0])),
       .derivative = {VERIGRAD_OF(-1 / (2 * x[0] * sqrt(x[0])))},
       .value_bound = 1.5},
      {.operation = "square",
       .value = VERIGRAD_OF(square(x[0])),
       .derivative = {VERIGRAD_OF(2 * x[0])},
       .value_bound = 0.5},
      {.operation = "reciprocal",
       .value = VERIGRAD_OF(1 / x[0]),
       .derivative = {VERIGRAD_OF(-1 / square(x[0]))},
       .defined = VERIGRAD_WHEN(x[0] != 0),
       .value_bound = 0.5},
      {.operation = "pow",
       .value = VERIGRAD_OF(power(x[0], x[1], 0)),
       .derivative = {VERIGRAD_OF(x[1] * power(x[0], x[1], 1)),
                      VERIGRAD_OF(power(x[0], x[1], 0) * log(x[0]))},
       .defined = VERIGRAD_WHEN(x[0] > 0 || (x[0] < 0 && integral(x[1]))),
       .smooth = VERIGRAD_WHEN(x[0] > 0 || operand == 0),
       .domain = {reals},
       .together = draw_power},
      {.operation = "hypot",
       .value = VERIGRAD_OF(sqrt(square(x[0]) + square(x[1]))),
       .derivative = {VERIGRAD_OF(x[0] / sqrt(square(x[0]) + square(x[1]))),
                      VERIGRAD_OF(x[1] / sqrt(square(x[0]) + square(x[1])))},
       .smooth = VERIGRAD_WHEN(x[0] != 0 || x[1] != 0),
       .together = draw_hypot},
      {.operation = "logaddexp",
       .value =
           VERIGRAD_OF(x[0] < x[1] ? x[1] + softplus(x[0] - x[1]) : x[0] + softplus(x[1] - x[0])),
       .derivative = {VERIGRAD_OF(sigmoid(x[0] - x[1])), VERIGRAD_OF(sigmoid(x[1] - x[0]))},
       .uniform = {{{Interval{-745, 745}}, {Interval{-745, 745}}}},
       .together = draw_logaddexp,
       .value_near_zero = {VERIGRAD_OF(x[0] < x[1] ? x[1] : x[0]), "max(input, other)"},
       .value_bound = 4096},  // just outside the neighbourhood of the zero, whose terms cancel
      {.operation = "xlogy",
       .value = VERIGRAD_OF(x[0] == 0 ? Real(0) : x[0] * log(x[1])),
       .derivative = {VERIGRAD_OF(log(x[1])), VERIGRAD_OF(x[0] / x[1])},
       .domain = {std::nullopt, positive},
       .value_bound = 2},
  };
}

}  // namespace verigrad::accuracy
