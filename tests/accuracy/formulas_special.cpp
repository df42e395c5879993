// Formulas of the error function and of the gamma function's family.
#include <cmath>

#include "tests/accuracy/formula.hpp"

namespace verigrad::accuracy {
namespace {

bool pole(double x) { return x <= 0 && std::floor(x) == x; }

/// log |Gamma(x)|, left of 0 by the reflection formula.
Real lgamma(const Real& x) {
  if (x > 0) return Real::of(arb_lgamma, x);
  return log(Real::pi() / abs(sin_pi(x))) - Real::of(arb_lgamma, 1 - x);
}

/// (-1) ** (n + 1) n! zeta(n + 1, x), for x > 0.
template <int n>
Real polygamma(const Real& x) {
  Real factorial(n % 2 ? 1 : -1);
  for (int k = 2; k <= n; ++k) factorial = factorial * k;
  return factorial * Real::of(arb_hurwitz_zeta, Real(n + 1), x);
}

/// Left of 0 by the reflection formula.
Real trigamma(const Real& x) {
  if (x > 0) return polygamma<1>(x);
  return square(Real::pi() / sin_pi(x)) - polygamma<1>(1 - x);
}

/// Around the poles and zeros: integers, halves, and the one positive zero of digamma.
void draw_gamma(Random& random, Point& x) {
  x[0] = static_cast<double>(-random.below(random.one_in(2) ? 8 : 200));
  if (random.one_in(2)) x[0] += random.uniform(0, 1);
  if (random.one_in(4)) x[0] += random.sign() * random.log_uniform(-50, -2);
  if (random.one_in(4)) x[0] = 1.4616321449683623;
  if (random.one_in(4)) x[0] *= 1 + random.sign() * random.log_uniform(-53, -3);
}

template <int n>
Formula polygamma_formula() {
  return {.operation = "polygamma",
          .attributes = {{"n", std::int64_t{n}}},
          .value = VERIGRAD_OF(polygamma<n>(x[0])),
          .derivative = {VERIGRAD_OF(polygamma<n + 1>(x[0]))},
          .domain = {Interval{0, 1e15, true, true}},
          .uniform = {{{Interval{0, 40}}}},
          .value_bound = 8};
}

}  // namespace

std::vector<Formula> special_formulas() {
  const Interval tail{-27.5, 27.5};
  return {
      {.operation = "erf",
       .value = VERIGRAD_OF(erf(x[0])),
       .derivative = {VERIGRAD_OF(2 / sqrt(Real::pi()) * exp(-square(x[0])))},
       .uniform = {{{tail, Interval{-6, 6}}}},
       .value_bound = 1.5},
      {.operation = "erfc",
       .value = VERIGRAD_OF(erfc(x[0])),
       .derivative = {VERIGRAD_OF(-2 / sqrt(Real::pi()) * exp(-square(x[0])))},
       .uniform = {{{tail, Interval{-6, 6}}}},
       .value_bound = 5},
      {.operation = "ndtr",
       .value = VERIGRAD_OF(erfc(-x[0] / sqrt(Real(2))).scaled(-1)),
       .derivative = {VERIGRAD_OF(exp(-square(x[0]).scaled(-1)) / sqrt(2 * Real::pi()))},
       .domain = {Interval{-1e3, 1e300}},
       .uniform = {{{Interval{-38.5, 38.5}, Interval{-6, 6}}}},
       .value_bound = 6},
      {.operation = "lgamma",
       .value = VERIGRAD_OF(lgamma(x[0])),
       .derivative = {VERIGRAD_OF(digamma(x[0]))},
       .defined = VERIGRAD_WHEN(!pole(x[0])),
       .domain = {Interval{-1e6, 1e300}},
       .uniform = {{{Interval{-40, 40}}}},
       .together = draw_gamma,
       .value_near_zero = {VERIGRAD_OF(x[0] > 0 ? Real(1) : abs(lgamma(1 - x[0]))),
                           "1, or lgamma(1 - input) left of 0"},
       .derivative_near_zero = {{{VERIGRAD_OF(x[0] > 0 ? 1 / x[0] : digamma(1 - x[0])),
                                  "1 / input, or digamma(1 - input) left of 0"}}},
       .value_bound = 5},
      {.operation = "digamma",
       .value = VERIGRAD_OF(digamma(x[0])),
       .derivative = {VERIGRAD_OF(trigamma(x[0]))},
       .defined = VERIGRAD_WHEN(!pole(x[0])),
       .domain = {Interval{-1e6, 1e15}},
       .uniform = {{{Interval{-40, 40}}}},
       .together = draw_gamma,
       .value_near_zero = {VERIGRAD_OF(x[0] > 0 ? 1 / x[0] : digamma(1 - x[0])),
                           "1 / input, or digamma(1 - input) left of 0"},
       .value_bound = 8},
      polygamma_formula<1>(),
      polygamma_formula<2>(),
  };
}

}  // namespace verigrad::accuracy
