// Lines of parts of derivatives against the closed formulas by which the table defines them, which
// know nothing of Taylor series; and choices at the edges of domains.
#include <gtest/gtest.h>

#include <array>

#include "proof/elementary.hpp"
#include "proof/enclose.hpp"
#include "proof/evaluate.hpp"
#include "proof/functions.hpp"
#include "tests/proof/builder.hpp"

namespace verigrad::proof {
namespace {

Series line(const char* operation, std::initializer_list<Series> x,
            std::vector<AttributeValue> attributes = {}) {
  return find_function(operation)(std::vector<Series>(x), Attributes(std::move(attributes)));
}

Series density(const Series& x) {
  return exp(-square(x) * Series(Ball(0.5))) / sqrt(Series(Ball::pi() * Ball(2)));
}

Series silu_derivative(const Series& x) { return sigmoid(x) * (1 + x * sigmoid(-x)); }

Series mish_derivative(const Series& x) {
  return tanh(softplus(x)) + x * sigmoid(x) / square(cosh(softplus(x)));
}

Series gelu_derivative(const Series& x) { return line("ndtr", {x}) + x * density(x); }

Series gelu_tanh_derivative(const Series& x) {
  const Series c(Ball::literal("0.044715")), root = sqrt(Series(Ball(8) / Ball::pi()));
  const Series w = root * (x + c * x * square(x)), slope = root * (1 + 3 * c * square(x));
  return sigmoid(w) + x * sigmoid(w) * sigmoid(-w) * slope;
}

/// (cos(πx) - sinc(x)) / x.
Series sinc_derivative(const Series& x) { return (cos(x * Series(Ball::pi())) - sinc(x)) / x; }

/// Two terms of the line and of the formula at x, each with at least 60 bits.
void expect_formula(const char* operation, Series (*formula)(const Series&), double x,
                    const std::vector<AttributeValue>& attributes = {}) {
  const Precision precision(1024);
  const Series germ = Series::variable(Ball(x), 1, 2);
  const Series got = line(operation, {germ}, attributes), expected = formula(germ);
  ASSERT_TRUE(got.ok() && expected.ok()) << operation << " at " << x;
  ASSERT_EQ(got.length(), 2) << operation;
  for (slong k = 0; k < 2; ++k) {
    EXPECT_TRUE(got[k].overlaps(expected[k]))
        << operation << " at " << x << ": " << to_string(got[k]);
    EXPECT_GE(got[k].relative_bits(), 60) << operation << " at " << x;
  }
}

TEST(BackwardLines, OfActivationsAreTheirClosedFormulas) {
  for (const double x : {-40.0, -6.25, -1.5, -1e-9, 0.3, 2.0, 6.0, 40.0}) {
    expect_formula("silu_derivative", silu_derivative, x);
    expect_formula("mish_derivative", mish_derivative, x);
    expect_formula("gelu_derivative", gelu_derivative, x);
    expect_formula("gelu_tanh_derivative", gelu_tanh_derivative, x);
    expect_formula("sinc_derivative", sinc_derivative, x, {std::int64_t{1}});
  }
}

TEST(BackwardLines, DerivativesOfSincAtZero) {
  // sinc(x) = 1 - (πx)² / 6 + (πx)⁴ / 120 - …
  const Ball square = Ball::pi() * Ball::pi();
  const Ball expected[] = {Ball(1), Ball(0), -square / Ball(3), Ball(0), square * square / Ball(5)};
  for (std::int64_t n = 0; n < 5; ++n) {
    const Series at_zero = line("sinc_derivative", {Series(0)}, {n});
    ASSERT_TRUE(at_zero.ok());
    EXPECT_TRUE(at_zero.value().overlaps(expected[n])) << n << ": " << to_string(at_zero.value());
    EXPECT_TRUE(at_zero.value().is(0) || at_zero.value().relative_bits() >= 100) << n;
  }
}

TEST(BackwardLines, OfInexactBallsHoldTheDerivativeAtEveryNumber) {
  const Ball third = Ball(1) / Ball(3);
  Ball wide;
  arb_add_error_2exp_si(wide.get(), -20);
  const Series result = line("silu_derivative", {Series(third + wide)});
  ASSERT_TRUE(result.ok());
  for (const double x : {0.33333333333, 0.3333333333 - 9e-7, 0.3333333333 + 9e-7}) {
    const Ball inside = silu_derivative(Series(Ball(x))).value();
    EXPECT_TRUE(arb_contains(result.value().get(), inside.get())) << x;
  }
  EXPECT_GE(result.value().relative_bits(), 15);
}

TEST(BackwardLines, NothingIsRoundedAndWhatIsOverwrittenIsForgotten) {
  const Series x(Ball(0.1)), germ = Series::variable(Ball(3), 1, 2);
  EXPECT_TRUE(line("mul_residual", {x, germ}).is_number(0));
  EXPECT_EQ(line("mul_residual", {x, log(Series(-1))}).status(), Status::outside);
  EXPECT_TRUE(line("overwrite", {log(Series(-1)), germ}).same_as(germ));
}

TEST(BackwardLines, ExponentialsOfQuotients) {
  const Series x(3), scale = Series::variable(Ball(2), 1, 2);
  // d/da of exp(3 / a) is -3 / a² exp(3 / a), and that of its scaled difference 9 / a³ exp(3 / a).
  const Ball e = exp(Series(Ball(1.5))).value();
  EXPECT_TRUE(line("exp_quotient", {x, scale})[1].overlaps(Ball(-0.75) * e));
  EXPECT_TRUE(line("scaled_expm1_by_scale", {x, scale})[0].overlaps(Ball(-0.5) * e - Ball(1)));
  EXPECT_TRUE(line("scaled_expm1_by_scale", {x, scale})[1].overlaps(Ball(1.125) * e));
}

TEST(CosineSimilarity, BelowEpsTheNormIsEps) {
  Builder b;
  const ValueId x = b.input({2}), y = b.input({2}), eps = b.number("0.5");
  const ValueId cosine = b.apply("cosine_similarity", {x, y, eps}, {std::int64_t{0}});
  const verigrad::Point point{{0, 0}, {3, 4}};
  // By x: y / (|y| eps).
  const double expected[] = {1.2, 1.6};
  for (std::int64_t k = 0; k < 2; ++k) {
    const Enclosure slope = derivatives(b.program, point, cosine, {.leaf = 0, .entry = k}).front();
    ASSERT_EQ(slope.outcome, Outcome::enclosed);
    EXPECT_TRUE(slope.value.is(0));
    EXPECT_NEAR(slope.derivative.midpoint(), expected[k], 1e-15);
  }
  const Enclosure other = derivatives(b.program, point, cosine, {.leaf = 1, .entry = 0}).front();
  EXPECT_TRUE(other.derivative.is(0));
}

TEST(CosineSimilarity, OfNothingWithoutEpsIsOutside) {
  Builder b;
  const ValueId x = b.input({2}), zero = b.number("0");
  const ValueId cosine = b.apply("cosine_similarity", {x, x, zero}, {std::int64_t{0}});
  EXPECT_EQ(evaluate(b.program, {{0, 0}}, cosine).entries[0].status(), Status::outside);
  EXPECT_TRUE(evaluate(b.program, {{3, 4}}, cosine).entries[0].value().overlaps(Ball(1)));
}

TEST(Argmax, OfATieIsTheFirstAndJumps) {
  Builder b;
  const ValueId x = b.input({3});
  const ValueId place = b.apply("argmax", {x}, {std::monostate{}, false});
  EXPECT_TRUE(evaluate(b.program, {{1, 2, 2}}, place).entries[0].is_number(1));
  EXPECT_EQ(derivatives(b.program, {{1, 2, 2}}, place, {.entry = 2}).front().outcome,
            Outcome::jump);
  const Enclosure apart = derivatives(b.program, {{1, 3, 2}}, place, {.entry = 2}).front();
  EXPECT_EQ(apart.outcome, Outcome::enclosed);
  EXPECT_TRUE(apart.derivative.is(0));
}

TEST(Argmax, OfTheSoftmaxOfEqualEntriesIsDecided) {
  Builder b;
  const ValueId x = b.input({3});
  for (const char* function : {"softmax", "log_softmax"}) {
    const ValueId y = b.apply(function, {x}, {std::int64_t{0}});
    const ValueId place = b.apply("argmax", {y}, {std::monostate{}, false});
    EXPECT_TRUE(evaluate(b.program, {{0, 1, 1}}, place).entries[0].is_number(1)) << function;
    EXPECT_TRUE(evaluate(b.program, {{0, 0, 0}}, place).entries[0].is_number(0)) << function;
  }
}

TEST(ClassLosses, OfNoCountedSampleHaveNoMean) {
  Builder b;
  const ValueId x = b.input({2, 3}), weight = b.number("1"), smoothing = b.number("0");
  const ValueId target = b.program.add_entries({2}, {1, 1});
  const std::int64_t ignored = 1;
  const auto loss = [&](const char* reduction) {
    const ValueId y =
        b.apply("cross_entropy", {x, target, weight, smoothing}, {ignored, std::string(reduction)});
    return evaluate(b.program, {{1, 2, 3, 4, 5, 6}}, y).entries[0];
  };
  EXPECT_EQ(loss("mean").status(), Status::outside);
  EXPECT_TRUE(loss("sum").is_number(0));
}

}  // namespace
}  // namespace verigrad::proof
