// Values and derivatives of special functions against Arb, over the whole range of double.
#include <acb.h>
#include <arb_hypgeom.h>

#include "tests/engine/accuracy.hpp"

namespace verigrad {
namespace {

using namespace accuracy;

Ball unary(void (*f)(arb_t, const arb_t, slong), const Ball& x) { return Ball::of(f, x); }
Ball one() { return {1.0}; }
Ball two() { return {2.0}; }
Ball half() { return {0.5}; }

/// exp(x), and 0 where it is below every double by far.
Ball exp_of(const Ball& x) { return exp(x); }
Ball square(const Ball& x) { return x * x; }
Ball logistic(const Ball& x) {
  return x.value() < 0 ? exp_of(x) / (one() + exp_of(x)) : one() / (one() + exp_of(-x));
}
Ball erfc_of(const Ball& x) {
  return Ball::of([](arb_t y, const arb_t a, slong p) { arb_hypgeom_erfc(y, a, p); }, x);
}
Ball lgamma_of(const Ball& x) {
  return Ball::of(
      [](arb_t y, const arb_t a, slong p) {
        acb_t z;
        acb_init(z);
        acb_set_arb(z, a);
        acb_lgamma(z, z, p);
        arb_set(y, acb_realref(z));
        acb_clear(z);
      },
      x);
}
Ball polygamma_of(std::int64_t n, const Ball& x) {
  return Ball::of(
      [n](arb_t y, const arb_t a, slong p) {
        acb_t order, z;
        acb_init(order);
        acb_init(z);
        acb_set_si(order, n);
        acb_set_arb(z, a);
        acb_polygamma(z, order, z, p);
        arb_set(y, acb_realref(z));
        acb_clear(order);
        acb_clear(z);
      },
      x);
}
Ball digamma_of(const Ball& x) { return unary(arb_digamma, x); }
Ball cosine_of_pi(const Ball& x) { return unary(arb_cos_pi, x); }
Ball sinc_of(const Ball& x) { return unary(arb_sinc_pi, x); }
Ball absolute(const Ball& x) { return x.value() < 0 ? -x : x; }
Ball cube_root(const Ball& x) {
  const Ball root =
      Ball::of([](arb_t y, const arb_t a, slong p) { arb_root_ui(y, a, 3, p); }, absolute(x));
  return x.value() < 0 ? -root : root;
}
Ball density(const Ball& x) { return exp_of(-square(x) / two()) / sqrt(two() * Ball::pi()); }
Ball distribution(const Ball& x) { return erfc_of(-x / sqrt(two())) / two(); }
Ball length(const Ball& x, const Ball& y) { return sqrt(square(x) + square(y)); }
/// tanh(log(1 + exp(x))).
Ball gate(const Ball& x) {
  const Ball e = exp_of(x.value() > 0 ? -x : x), n = e * (e + two());
  return x.value() > 0 ? (one() + two() * e) / (one() + two() * e * (one() + e)) : n / (n + two());
}
/// 1 - gate(x) ** 2 times sigmoid(x): gate's slope.
Ball gate_slope(const Ball& x) {
  const Ball q = logistic(-x), rest = one() + square(q);
  return Ball(4.0) * logistic(x) * square(q) / square(rest);
}
Ball gelu_argument(const Ball& x) {
  return sqrt(Ball(8.0) / Ball::pi()) * (x + Ball(0.044715) * x * x * x);
}
Ball gelu_argument_slope(const Ball& x) {
  return sqrt(Ball(8.0) / Ball::pi()) * (one() + Ball(3.0) * Ball(0.044715) * square(x));
}

TEST(SpecialFunctionsAccuracy, Exp2) {
  run({.name = "exp2",
       .function = [](const D& x, const D&) { return exp2(x); },
       .value = [](const Ball& x, const Ball&) { return pow(two(), x); },
       .derivative = [](const Ball& x, const Ball&) { return log(two()) * pow(two(), x); },
       .largest = 1e4,
       .central_smallest = 0.1,
       .central = 1100});
}

TEST(SpecialFunctionsAccuracy, CubeRoot) {
  run({.name = "cbrt",
       .function = [](const D& x, const D&) { return cbrt(x); },
       .value = [](const Ball& x, const Ball&) { return cube_root(x); },
       .derivative = [](const Ball& x,
                        const Ball&) { return one() / (Ball(3.0) * square(cube_root(x))); },
       .value_ulps = 0.6,
       .smallest = 5e-324});
}

TEST(SpecialFunctionsAccuracy, Hypot) {
  for (const std::size_t by : {0U, 1U})
    for (const double smallest : {5e-324, 1e-150, 1e300})
      run({.name = "hypot",
           .arity = 2,
           .by = by,
           .function = [](const D& x, const D& y) { return hypot(x, y); },
           .value = length,
           .derivative = [by](const Ball& x,
                              const Ball& y) { return (by == 0 ? x : y) / length(x, y); },
           .smallest = smallest,
           .largest = smallest == 5e-324 ? 1e-300 : 1.7e308,
           .central_smallest = std::max(smallest, 1e-308),
           .central = smallest == 5e-324 ? 1e-304 : 1.7e308});
}

TEST(SpecialFunctionsAccuracy, Logaddexp) {
  for (const std::size_t by : {0U, 1U})
    run({.name = "logaddexp",
         .arity = 2,
         .by = by,
         .function = [](const D& x, const D& y) { return logaddexp(x, y); },
         .value =
             [](const Ball& x, const Ball& y) {
               const bool swap = x.value() < y.value();
               const Ball &high = swap ? y : x, &low = swap ? x : y;
               return high + Ball::of(arb_log1p, exp_of(low - high));
             },
         .derivative = [by](const Ball& x,
                            const Ball& y) { return logistic(by == 0 ? x - y : y - x); },
         .largest_value_term =
             [](const Ball& x, const Ball& y) {
               const double high = std::max(x.value(), y.value());
               return Ball(std::max(std::abs(high), high < 0 ? 0.7 : 0.0));
             },
         .value_ulps = 2.5,
         .largest = 1e4,
         .central = 700});
}

TEST(SpecialFunctionsAccuracy, Xlogy) {
  for (const std::size_t by : {0U, 1U})
    run({.name = "xlogy",
         .arity = 2,
         .by = by,
         .function = [](const D& x, const D& y) { return xlogy(x, y); },
         .value = [](const Ball& x, const Ball& y) { return x * log(y); },
         .derivative = [by](const Ball& x, const Ball& y) { return by == 0 ? log(y) : x / y; },
         .second_negative = false});
}

TEST(SpecialFunctionsAccuracy, Erfc) {
  run({.name = "erfc",
       .function = [](const D& x, const D&) { return erfc(x); },
       .value = [](const Ball& x, const Ball&) { return erfc_of(x); },
       .derivative = [](const Ball& x,
                        const Ball&) { return -two() / sqrt(Ball::pi()) * exp_of(-square(x)); },
       .value_ulps = 5,  // of glibc
       .largest = 1e3,
       .central_smallest = 0.1,
       .central = 27.5});
}

TEST(SpecialFunctionsAccuracy, Ndtr) {
  run({.name = "ndtr",
       .function = [](const D& x, const D&) { return ndtr(x); },
       .value = [](const Ball& x, const Ball&) { return distribution(x); },
       .derivative = [](const Ball& x, const Ball&) { return density(x); },
       .value_ulps = 6,  // of which 5 are glibc's erfc
       .largest = 1e3,
       .central_smallest = 0.1,
       .central = 38.5});
}

TEST(SpecialFunctionsAccuracy, Lgamma) {
  const Truth term = [](const Ball& x, const Ball&) {
    if (x.value() > 0) return Ball(1.0);
    return Ball(std::abs(digamma_of(one() - x).value()));
  };
  const Sweep positive{.name = "lgamma",
                       .function = [](const D& x, const D&) { return lgamma(x); },
                       .value = [](const Ball& x, const Ball&) { return lgamma_of(x); },
                       .derivative = [](const Ball& x, const Ball&) { return digamma_of(x); },
                       .value_ulps = 5,  // of glibc
                       .largest = 1e305,
                       .negative = false};
  run(positive);
  Sweep negative = positive;
  negative.name = "lgamma, both signs";
  negative.largest_term = term;
  negative.largest_value_term = [](const Ball& x, const Ball&) {
    const double value = lgamma_of(x).value(), size = std::abs(x.value());
    return Ball(std::max(std::abs(value), size * std::log1p(size)));
  };
  negative.negative = true;
  negative.largest = 1e14;
  run(negative);
}

TEST(SpecialFunctionsAccuracy, DigammaKeepsAllDigitsAtItsPositiveRoot) {
  run({.name = "digamma about its root",
       .function = [](const D& x, const D&) { return digamma(x + 1.4616321449683622); },
       .value = [](const Ball& x,
                   const Ball&) { return digamma_of(Ball(1.4616321449683622 + x.value())); },
       .derivative =
           [](const Ball& x, const Ball&) {
             return polygamma_of(1, Ball(1.4616321449683622 + x.value()));
           },
       .smallest = 1e-17,
       .largest = 0.4,
       .central_smallest = 1e-4,
       .central = 0.1});
}

TEST(SpecialFunctionsAccuracy, DigammaAndPolygamma) {
  for (const std::int64_t n : {0, 1, 2, 3, 7})
    for (const bool negative : {false, true}) {
      const auto term = [n](const Ball& x, const Ball&) {
        // The terms on either side of x are at most those of the nearest pole.
        const double r = x.value() - std::nearbyint(x.value());
        return Ball(std::abs(polygamma_of(n, Ball(std::abs(r == 0 ? x.value() : r))).value()));
      };
      Sweep sweep{.name = "polygamma " + std::to_string(n) + (negative ? ", both signs" : ""),
                  .function = [n](const D& x, const D&) { return polygamma(n, x); },
                  .value = [n](const Ball& x, const Ball&) { return polygamma_of(n, x); },
                  .derivative = [n](const Ball& x, const Ball&) { return polygamma_of(n + 1, x); },
                  .value_ulps = 2,
                  .smallest = n < 3 ? 1e-100 : 1e-30,
                  .largest = negative ? 1e4
                             : n < 3  ? 1e90
                                      : 1e20,
                  .negative = negative};
      if (negative) sweep.largest_term = term;
      if (negative)
        sweep.largest_value_term = [n, term](const Ball& x, const Ball& y) {
          const double value = polygamma_of(n, x).value();
          const bool zero = n % 2 == 0 && x.value() < 0 && std::abs(value) < 1;
          return Ball(std::max(std::abs(value), zero ? std::abs(term(x, y).value()) : 0.0));
        };
      run(sweep, n == 0 ? 2000 : 500);
    }
}

TEST(SpecialFunctionsAccuracy, Sinc) {
  run({.name = "sinc",
       .function = [](const D& x, const D&) { return sinc(x); },
       .value = [](const Ball& x, const Ball&) { return sinc_of(x); },
       .derivative = [](const Ball& x, const Ball&) { return (cosine_of_pi(x) - sinc_of(x)) / x; },
       .largest_term = [](const Ball& x, const Ball&) { return Ball(1 / std::abs(x.value())); },
       .value_ulps = 0.6});
}

TEST(SpecialFunctionsAccuracy, Silu) {
  run({.name = "silu",
       .function = [](const D& x, const D&) { return silu(x); },
       .value = [](const Ball& x, const Ball&) { return x * logistic(x); },
       .derivative = [](const Ball& x,
                        const Ball&) { return logistic(x) * (one() + x * logistic(-x)); },
       .value_ulps = 2.5,
       .largest = 1e4,
       .central_smallest = 0.1,
       .central = 720});
}

TEST(SpecialFunctionsAccuracy, Mish) {
  run({.name = "mish",
       .function = [](const D& x, const D&) { return mish(x); },
       .value = [](const Ball& x, const Ball&) { return x * gate(x); },
       .derivative = [](const Ball& x, const Ball&) { return gate(x) + x * gate_slope(x); },
       .value_ulps = 3.5,
       .largest = 1e4,
       .central_smallest = 0.1,
       .central = 720});
}

TEST(SpecialFunctionsAccuracy, Gelu) {
  run({.name = "gelu",
       .function = [](const D& x, const D&) { return gelu(x); },
       .value = [](const Ball& x, const Ball&) { return x * distribution(x); },
       .derivative = [](const Ball& x, const Ball&) { return distribution(x) + x * density(x); },
       .value_ulps = 6,  // of which 5 are glibc's erfc
       .largest = 1e3,
       .central_smallest = 0.1,
       .central = 38.5});
}

TEST(SpecialFunctionsAccuracy, GeluByTanh) {
  run({.name = "gelu tanh",
       .function = [](const D& x, const D&) { return gelu(x, "tanh"); },
       .value = [](const Ball& x, const Ball&) { return x * logistic(gelu_argument(x)); },
       .derivative =
           [](const Ball& x, const Ball&) {
             const Ball w = gelu_argument(x);
             return logistic(w) * (one() + x * gelu_argument_slope(x) * logistic(-w));
           },
       .value_ulps = 3,
       .largest = 1e3,
       .central_smallest = 0.1,
       .central = 22});
}

/// Where exp(x) is subnormal but x exp(x) is not, its lost bits must not be missed.
TEST(SpecialFunctionsAccuracy, ActivationsKeepTheirLastDigitsBeforeTheyVanish) {
  run({.name = "silu at its end",
       .function = [](const D& x, const D&) { return silu(x); },
       .value = [](const Ball& x, const Ball&) { return x * logistic(x); },
       .derivative = [](const Ball& x,
                        const Ball&) { return logistic(x) * (one() + x * logistic(-x)); },
       .value_ulps = 3,
       .smallest = 705,
       .largest = 716,
       .central_smallest = 705,
       .central = 716});
  run({.name = "mish at its end",
       .function = [](const D& x, const D&) { return mish(x); },
       .value = [](const Ball& x, const Ball&) { return x * gate(x); },
       .derivative = [](const Ball& x, const Ball&) { return gate(x) + x * gate_slope(x); },
       .value_ulps = 3.5,
       .smallest = 705,
       .largest = 716,
       .central_smallest = 705,
       .central = 716});
}

/// The roots of the activations' derivatives are left of 0; points are close to them.
TEST(SpecialFunctionsAccuracy, ActivationsKeepAllDigitsAtTheZerosOfTheirDerivatives) {
  struct Row {
    const char* name;
    double root;
    D (*function)(const D&);
    Ball (*derivative)(const Ball&);
  };
  const Row rows[] = {{"silu", -1.2784645427610737, [](const D& x) { return silu(x); },
                       [](const Ball& x) { return logistic(x) * (one() + x * logistic(-x)); }},
                      {"mish", -1.1924312145154952, [](const D& x) { return mish(x); },
                       [](const Ball& x) { return gate(x) + x * gate_slope(x); }},
                      {"gelu", -0.7517915246935645, [](const D& x) { return gelu(x); },
                       [](const Ball& x) { return distribution(x) + x * density(x); }},
                      {"gelu tanh", -0.7524614220710163, [](const D& x) { return gelu(x, "tanh"); },
                       [](const Ball& x) {
                         const Ball w = gelu_argument(x);
                         return logistic(w) * (one() + x * gelu_argument_slope(x) * logistic(-w));
                       }}};
  for (const Row& row : rows)
    run({.name = std::string(row.name) + " about its minimum",
         .function = [&](const D& x, const D&) { return row.function(x + row.root); },
         .value = [](const Ball&, const Ball&) { return Ball(-0.25); },
         .derivative = [&](const Ball& x,
                           const Ball&) { return row.derivative(Ball(row.root + x.value())); },
         .value_ulps = structural::inf,
         .smallest = 1e-17,
         .largest = 0.7,
         .central_smallest = 1e-2,
         .central = 0.6});
}

TEST(SpecialFunctionsAccuracy, Softsign) {
  run({.name = "softsign",
       .function = [](const D& x, const D&) { return softsign(x); },
       .value = [](const Ball& x, const Ball&) { return x / (one() + absolute(x)); },
       .derivative = [](const Ball& x,
                        const Ball&) { return one() / square(one() + absolute(x)); }});
}

TEST(SpecialFunctionsAccuracy, Selu) {
  const Ball scale(1.0507009873554805), alpha(1.6732632423543772);
  run({.name = "selu",
       .function = [](const D& x, const D&) { return selu(x); },
       .value =
           [&](const Ball& x, const Ball&) {
             return x.value() > 0 ? scale * x : scale * alpha * Ball::of(arb_expm1, x);
           },
       .derivative = [&](const Ball& x,
                         const Ball&) { return x.value() > 0 ? scale : scale * alpha * exp_of(x); },
       .value_ulps = 2.5,
       .largest = 1e4,
       .central_smallest = 0.1,
       .central = 720});
}

TEST(SpecialFunctionsAccuracy, Celu) {
  for (const std::size_t by : {0U, 1U})
    run({.name = "celu",
         .arity = 2,
         .by = by,
         .function = [](const D& x, const D& alpha) { return celu(x, alpha); },
         .value =
             [](const Ball& x, const Ball& alpha) {
               return x.value() > 0 ? x : alpha * Ball::of(arb_expm1, x / alpha);
             },
         .derivative =
             [by](const Ball& x, const Ball& alpha) {
               if (x.value() > 0) return Ball(by == 0 ? 1.0 : 0.0);
               const Ball z = x / alpha, e = exp_of(z);
               return by == 0 ? e : Ball::of(arb_expm1, z) - z * e;
             },
         .value_ulps = 3,
         .smallest = 1e-3,
         .largest = 1e3,
         .central = 100,
         .second_negative = false});
}

TEST(SpecialFunctionsAccuracy, Hardswish) {
  run({.name = "hardswish",
       .function = [](const D& x, const D&) { return hardswish(x); },
       .value =
           [](const Ball& x, const Ball&) {
             if (std::abs(x.value()) >= 3) return x.value() > 0 ? x : Ball(0.0);
             return x * (x + Ball(3.0)) / Ball(6.0);
           },
       .derivative =
           [](const Ball& x, const Ball&) {
             if (std::abs(x.value()) > 3) return Ball(x.value() > 0 ? 1.0 : 0.0);
             return x / Ball(3.0) + half();
           },
       .central = 6});
}

}  // namespace
}  // namespace verigrad
