// Formulas of activations.
#include <cmath>

#include "tests/accuracy/formula.hpp"

namespace verigrad::accuracy {
namespace {

const Interval exponents{-746, 746};

Real decimal(const char* digits) {
  return Real::of([&](arb_t x, slong bits) { arb_set_str(x, digits, bits); });
}

/// Phi(x) and phi(x) of the normal distribution.
Real normal_cdf(const Real& x) { return erfc(-x / sqrt(Real(2))).scaled(-1); }
Real normal_pdf(const Real& x) { return exp(-square(x).scaled(-1)) / sqrt(2 * Real::pi()); }

/// The argument 2 u of the sigmoid in gelu's tanh form, 1/2 (1 + tanh u) = s(2 u), and its slope.
/// The form's constant is the double nearest to 0.044715.
Real gelu_argument(const Real& x) {
  return 2 * sqrt(2 / Real::pi()) * (x + Real(0.044715) * x * x * x);
}
Real gelu_slope(const Real& x) {
  return 2 * sqrt(2 / Real::pi()) * (1 + 3 * Real(0.044715) * x * x);
}

/// n in tanh(softplus(x)) = n / (n + 2).
Real mish_ratio(const Real& x) { return exp(x) * (exp(x) + 2); }
Real mish_factor(const Real& x) {
  if (x > 1e4) return Real(1);
  return mish_ratio(x) / (mish_ratio(x) + 2);
}
Real mish_rest(const Real& x) {
  if (x > 1e4) return Real(0);
  const Real n = mish_ratio(x);
  return x * 4 * (n + 1) / square(n + 2) * sigmoid(x);
}

Real selu_scale() { return decimal("1.0507009873554804934193349852946"); }
Real selu_alpha() { return decimal("1.6732632423543772848170429916717"); }

/// The product of input and beta drawn where softplus is neither 0 nor linear.
void draw_product(Random& random, Point& x) {
  x[1] = random.log_uniform(-300, 300);
  x[0] = random.uniform(-750, 750) / x[1];
  if (random.one_in(2)) x[0] /= 8;
}

/// input / alpha where the exponential is not 0.
void draw_quotient(Random& random, Point& x) {
  x[1] = random.log_uniform(-300, 300);
  x[0] = -random.uniform(0, random.one_in(2) ? 750 : 90) * x[1];
}

}  // namespace

std::vector<Formula> activation_formulas() {
  return {
      {.operation = "sigmoid",
       .value = VERIGRAD_OF(sigmoid(x[0])),
       .derivative = {VERIGRAD_OF(sigmoid(x[0]) * sigmoid(-x[0]))},
       .uniform = {{{exponents, Interval{-40, 40}}}},
       .value_bound = 2.5,
       .exceptions =
           {{0, 4096, true, false,
             "up to 4096 ulp below input 8.3, where the rule is s (1 - s) with the rounded "
             "result s, so that the gradient of log(1 - s) is the one that PyTorch prints"}}},
      {.operation = "logsigmoid",
       .value = VERIGRAD_OF(-softplus(-x[0])),
       .derivative = {VERIGRAD_OF(sigmoid(-x[0]))},
       .uniform = {{{exponents, Interval{-40, 40}}}},
       .value_bound = 2},
      // By beta: (z s(z) - log(1 + e ** z)) / beta ** 2 with z = beta x, which is even in z.
      {.operation = "softplus",
       .value = VERIGRAD_OF(softplus(x[0] * x[1]) / x[1]),
       .derivative = {VERIGRAD_OF(sigmoid(x[0] * x[1])),
                      VERIGRAD_OF(-(abs(x[0] * x[1]) * sigmoid(-abs(x[0] * x[1])) +
                                    softplus(-abs(x[0] * x[1]))) /
                                  square(x[1]))},
       .uniform = {{{exponents, Interval{-40, 40}}}},
       .together = draw_product,
       .value_bound = 4},
      {.operation = "relu",
       .value = VERIGRAD_OF(x[0] > 0 ? x[0] : Real(0)),
       .derivative = {VERIGRAD_OF(x[0] > 0)},
       .smooth = VERIGRAD_WHEN(x[0] != 0),
       .value_bound = 0},
      {.operation = "leaky_relu",
       .value = VERIGRAD_OF(x[0] > 0 ? x[0] : x[0] * x[1]),
       .derivative = {VERIGRAD_OF(x[0] > 0 ? Real(1) : x[1]),
                      VERIGRAD_OF(x[0] > 0 ? Real(0) : x[0])},
       .smooth = VERIGRAD_WHEN(x[0] != 0),
       .value_bound = 0.5},
      {.operation = "elu",
       .value = VERIGRAD_OF(x[0] > 0 ? x[0] : x[1] * expm1(x[0])),
       .derivative = {VERIGRAD_OF(x[0] > 0 ? Real(1) : x[1] * exp(x[0])),
                      VERIGRAD_OF(x[0] > 0 ? Real(0) : expm1(x[0]))},
       .smooth = VERIGRAD_WHEN(x[0] != 0),
       .uniform = {{{Interval{-746, 10}, Interval{-40, 4}}}},
       .value_bound = 2},
      {.operation = "celu",
       .value = VERIGRAD_OF(x[0] > 0 ? x[0] : x[1] * expm1(x[0] / x[1])),
       .derivative = {VERIGRAD_OF(x[0] > 0 ? Real(1) : exp(x[0] / x[1])),
                      VERIGRAD_OF(x[0] > 0 ? Real(0)
                                           : expm1(x[0] / x[1]) - x[0] / x[1] * exp(x[0] / x[1]))},
       .smooth = VERIGRAD_WHEN(x[0] != 0),
       .domain = {std::nullopt, positive},
       .uniform = {{{Interval{-746, 10}, Interval{-40, 4}}}},
       .together = draw_quotient,
       .value_bound = 3},
      {.operation = "selu",
       .value = VERIGRAD_OF(selu_scale() * (x[0] > 0 ? x[0] : selu_alpha() * expm1(x[0]))),
       .derivative = {VERIGRAD_OF(selu_scale() * (x[0] > 0 ? Real(1) : selu_alpha() * exp(x[0])))},
       .smooth = VERIGRAD_WHEN(x[0] != 0),
       .uniform = {{{Interval{-746, 10}, Interval{-40, 4}}}},
       .value_bound = 3},
      {.operation = "gelu",
       .value = VERIGRAD_OF(x[0] * normal_cdf(x[0])),
       .derivative = {VERIGRAD_OF(normal_cdf(x[0]) + x[0] * normal_pdf(x[0]))},
       .uniform = {{{Interval{-40, 40}, Interval{-9, 9}}}},
       .derivative_near_zero = {{{VERIGRAD_OF(normal_cdf(x[0])), "Phi(input)"}}},
       .value_bound = 8},
      {.operation = "gelu",
       .attributes = {{"approximate", std::string("tanh")}},
       .value = VERIGRAD_OF(x[0] * sigmoid(gelu_argument(x[0]))),
       .derivative = {VERIGRAD_OF(sigmoid(gelu_argument(x[0])) *
                                  (1 + x[0] * sigmoid(-gelu_argument(x[0])) * gelu_slope(x[0])))},
       .uniform = {{{Interval{-25, 25}, Interval{-9, 9}}}},
       .derivative_near_zero = {{{VERIGRAD_OF(sigmoid(gelu_argument(x[0]))), "(1 + tanh(u)) / 2"}}},
       .value_bound = 8},
      {.operation = "silu",
       .value = VERIGRAD_OF(x[0] * sigmoid(x[0])),
       .derivative = {VERIGRAD_OF(sigmoid(x[0]) * (1 + x[0] * sigmoid(-x[0])))},
       .uniform = {{{exponents, Interval{-40, 40}}}},
       .derivative_near_zero = {{{VERIGRAD_OF(sigmoid(x[0])), "sigmoid(input)"}}},
       .value_bound = 3},
      {.operation = "mish",
       .value = VERIGRAD_OF(x[0] * mish_factor(x[0])),
       .derivative = {VERIGRAD_OF(mish_factor(x[0]) + mish_rest(x[0]))},
       .uniform = {{{exponents, Interval{-40, 40}}}},
       .derivative_near_zero = {{{VERIGRAD_OF(mish_factor(x[0])), "tanh(softplus(input))"}}},
       .value_bound = 6},
      {.operation = "hardswish",
       .value = VERIGRAD_OF(x[0] <= -3  ? Real(0)
                            : x[0] >= 3 ? x[0]
                                        : x[0] * (x[0] + 3) / 6),
       .derivative = {VERIGRAD_OF(x[0] < -3  ? Real(0)
                                  : x[0] > 3 ? Real(1)
                                             : (2 * x[0] + 3) / 6)},
       .smooth = VERIGRAD_WHEN(std::abs(x[0]) != 3),
       .derivative_near_zero = {{{VERIGRAD_OF(Real(1) / 2), "1 / 2"}}},
       .value_bound = 2},
      {.operation = "hardtanh",
       .value = VERIGRAD_OF(x[0] < x[1]   ? x[1]
                            : x[0] > x[2] ? x[2]
                                          : x[0]),
       .derivative = {VERIGRAD_OF(x[1] < x[0] && x[0] < x[2]), VERIGRAD_OF(x[0] < x[1]),
                      VERIGRAD_OF(x[0] > x[2])},
       .defined = VERIGRAD_WHEN(x[1] < x[2]),
       .smooth = VERIGRAD_WHEN(x[0] != x[1] && x[0] != x[2]),
       .value_bound = 0},
      {.operation = "softsign",
       .value = VERIGRAD_OF(x[0] / (1 + abs(x[0]))),
       .derivative = {VERIGRAD_OF(1 / square(1 + abs(x[0])))},
       .value_bound = 1.5},
      {.operation = "threshold",
       .value = VERIGRAD_OF(x[0] > x[1] ? x[0] : x[2]),
       .derivative = {VERIGRAD_OF(x[0] > x[1]), VERIGRAD_OF(0), VERIGRAD_OF(x[0] <= x[1])},
       .smooth = VERIGRAD_WHEN(x[0] != x[1]),
       .value_bound = 0},
  };
}

}  // namespace verigrad::accuracy
