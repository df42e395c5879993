#include "proof/enclose.hpp"
#include "proof/evaluate.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/custom_operation.hpp"
#include "engine/error.hpp"
#include "tests/proof/builder.hpp"

namespace verigrad::proof {
namespace {

/// The derivative of the last value of a program of one scalar input.
Enclosure at(const Builder& b, double x, ValueId root) {
  return derivatives(b.program, {{x}}, root, {}).front();
}

void expect_enclosed(const Enclosure& result, double value, double derivative) {
  ASSERT_EQ(result.outcome, Outcome::enclosed) << to_string(result.outcome);
  EXPECT_NEAR(result.value.midpoint(), value, 1e-15 * std::abs(value));
  EXPECT_NEAR(result.derivative.midpoint(), derivative, 1e-15 * std::abs(derivative));
}

void expect_hull(const Enclosure& result, double lower, double upper) {
  ASSERT_EQ(result.outcome, Outcome::enclosed) << to_string(result.outcome);
  EXPECT_TRUE(arb_contains_si(result.derivative.get(), static_cast<slong>(lower)));
  EXPECT_TRUE(arb_contains_si(result.derivative.get(), static_cast<slong>(upper)));
  EXPECT_NEAR(result.derivative.midpoint(), (lower + upper) / 2, 1e-8);
}

TEST(Derivatives, OfASmoothFunction) {
  Builder b;
  const ValueId x = b.input();
  const ValueId y = b.apply("mul", {b.apply("sin", {x}), b.apply("exp", {x})});
  const Enclosure result = at(b, 0.5, y);
  // sin(1/2) exp(1/2), and (sin(1/2) + cos(1/2)) exp(1/2).
  EXPECT_EQ(to_string(result.value).substr(0, 24), "[0.790439083213614911843");
  expect_enclosed(result, 0.79043908321361491, 2.2373281197977836);
  EXPECT_EQ(result.bits, 128);
}

TEST(Derivatives, ReadDecimalsAsRealNumbersAndDoublesExactly) {
  Builder b;
  const ValueId x = b.input();
  const ValueId y = b.apply("sub", {x, b.number("0.1")});
  const Enclosure result = at(b, 0.1, y);
  // The double nearest to 0.1 is greater by 5.55…e-18.
  expect_enclosed(result, 5.5511151231257827e-18, 1);
}

TEST(Derivatives, SameOperationOnTheSameOperandsIsOneNode) {
  Builder b;
  const ValueId x = b.input();
  const ValueId y = b.apply("sub", {b.apply("sin", {x}), b.apply("sin", {x})});
  const Enclosure result = at(b, 0.3, y);
  ASSERT_EQ(result.outcome, Outcome::enclosed);
  EXPECT_TRUE(result.value.is(0) && result.derivative.is(0));
  const ValueId third = b.apply("div", {b.number("0.3"), b.number("0.1")});
  const ValueId again = b.apply("div", {b.number("0.3"), b.number("0.1")});
  const ValueId kink = b.apply("abs", {b.apply("sub", {third, again})});
  EXPECT_TRUE(at(b, 0.3, b.apply("add", {x, kink})).derivative.is(1));
}

TEST(Derivatives, OneSidedDerivativesMakeTheHull) {
  Builder b;
  const ValueId x = b.input(), two = b.number("2");
  expect_hull(at(b, 0, b.apply("abs", {x})), -1, 1);
  expect_hull(at(b, 0, b.apply("relu", {x})), 0, 1);
  expect_hull(at(b, 0, b.apply("sqrt", {b.apply("pow", {x, two})})), -1, 1);
  expect_enclosed(at(b, 0, b.apply("abs", {b.apply("pow", {x, two})})), 0, 0);
  expect_enclosed(at(b, 3, b.apply("relu", {x})), 3, 1);
}

TEST(Derivatives, KinkThatCancelsIsEnclosedSharply) {
  Builder b;
  const ValueId x = b.input();
  const ValueId y = b.apply("sub", {b.apply("relu", {x}), b.apply("relu", {b.apply("neg", {x})})});
  const Enclosure result = at(b, 0, y);
  ASSERT_EQ(result.outcome, Outcome::enclosed);
  EXPECT_TRUE(result.derivative.is(1));
}

TEST(Derivatives, SidesThatMissTheValueAreAJump) {
  Builder b;
  const ValueId x = b.input();
  EXPECT_EQ(at(b, 2, b.apply("floor", {x})).outcome, Outcome::jump);
  expect_enclosed(at(b, 2.5, b.apply("floor", {x})), 2, 0);
  EXPECT_EQ(at(b, 0, b.apply("sign", {x})).outcome, Outcome::jump);
}

TEST(Derivatives, ComparisonThatHoldsOnlyAtThePointSelectsTheValueThereAlone) {
  Builder b;
  const ValueId x = b.input(), zero = b.number("0"), one = b.number("1");
  const ValueId ratio = b.apply("div", {b.apply("sin", {x}), x});
  const ValueId y = b.apply("where", {b.apply("eq", {x, zero}), one, ratio});
  const Enclosure result = at(b, 0, y);
  ASSERT_EQ(result.outcome, Outcome::enclosed);
  EXPECT_TRUE(result.value.is(1) && result.derivative.is(0));
  // where(x == 0, 0, x) has slope 1 at 0.
  EXPECT_TRUE(at(b, 0, b.apply("where", {b.apply("eq", {x, zero}), zero, x})).derivative.is(1));
}

TEST(Derivatives, EdgesAndDomains) {
  Builder b;
  const ValueId x = b.input();
  EXPECT_EQ(at(b, 0, b.apply("sqrt", {x})).outcome, Outcome::edge);
  EXPECT_EQ(at(b, -1, b.apply("sqrt", {x})).outcome, Outcome::outside);
  EXPECT_EQ(at(b, 0, b.apply("div", {x, x})).outcome, Outcome::outside);
  EXPECT_EQ(at(b, 0, b.apply("sqrt", {b.apply("neg", {b.apply("mul", {x, x})})})).outcome,
            Outcome::outside);
  const Enclosure power = at(b, 0, b.apply("pow", {x, b.number("1.5")}));
  ASSERT_EQ(power.outcome, Outcome::enclosed);
  EXPECT_TRUE(power.derivative.is(0));
  EXPECT_EQ(at(b, 0, b.apply("pow", {x, b.number("0.5")})).outcome, Outcome::edge);
  expect_enclosed(at(b, 0, b.apply("pow", {x, b.number("0")})), 1, 0);
}

TEST(Derivatives, BranchesAreLazy) {
  Builder b;
  const ValueId x = b.input(), zero = b.number("0");
  const ValueId y = b.apply("where", {b.apply("gt", {x, zero}), b.apply("log", {x}), x});
  expect_enclosed(at(b, -2, y), -2, 1);
}

TEST(Derivatives, PrecisionDoublesUntilItSuffices) {
  Builder b;
  const ValueId x = b.input();
  EXPECT_EQ(at(b, 1e300, b.apply("exp", {x})).bits, 512);
  EXPECT_EQ(at(b, 1000, b.apply("tanh", {x})).bits, 128);
  const ValueId one = b.number("1");
  const ValueId rest = b.apply("sub", {one, b.apply("tanh", {x})});
  const Enclosure result = at(b, 100, b.apply("square", {rest}));
  EXPECT_EQ(result.bits, 512);
  // rest is 2 exp(-2 x) and its slope -4 exp(-2 x) to all digits of a double.
  expect_enclosed(result, 4 * std::exp(-400.0), -16 * std::exp(-400.0));
}

TEST(Derivatives, VanishingDerivativeThatIsNoExactZeroEndsBelowTheSmallestNumber) {
  Builder b;
  const ValueId x = b.input();
  const ValueId sum = b.apply(
      "add", {b.apply("square", {b.apply("sin", {x})}), b.apply("square", {b.apply("cos", {x})})});
  const Enclosure result = at(b, 0.7, sum);
  ASSERT_EQ(result.outcome, Outcome::enclosed);
  EXPECT_TRUE(result.derivative.contains_zero());
  EXPECT_EQ(result.bits, 2048);
}

TEST(Derivatives, KinkAtARealNumberThatBallsCannotDecideIsUndecided) {
  Builder b;
  const ValueId x = b.input();
  const ValueId zero =
      b.apply("sub", {b.apply("exp", {b.number("1")}), b.apply("exp", {b.apply("div", {x, x})})});
  const ValueId y = b.apply("abs", {b.apply("sub", {zero, b.apply("mul", {x, zero})})});
  EXPECT_EQ(derivatives(b.program, {{2.0}}, y, {}, {.last_bits = 512}).front().outcome,
            Outcome::undecided);
}

TEST(Derivatives, ZeroToTheGreatestLengthIsFlat) {
  Builder b;
  const ValueId x = b.input();
  const ValueId y = b.apply("abs", {b.apply("pow", {x, b.number("20")})});
  EXPECT_EQ(at(b, 0, y).outcome, Outcome::flat);
  const ValueId z = b.apply("abs", {b.apply("pow", {x, b.number("10")})});
  expect_enclosed(at(b, 0, z), 0, 0);
}

/// An operation of a user.
struct Doubled {
  static constexpr OperationInfo info{
      .signature = "doubled(input)",
      .grad_fn = "DoubledBackward0",
      .value = "2 * input",
      .derivative = {"2"},
      .latex = "2 x",
  };
  template <class T>
  static T value(T x) {
    return 2 * x;
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V&, const V&) {
    return 2 * g;
  }
};

TEST(Derivatives, OperationOfAUserIsNotCoveredAndNamed) {
  Builder b;
  const ValueId y = b.program.add(operation<Doubled>(), {b.apply("sin", {b.input({2})})});
  const ValueId root = b.apply("sum", {y}, {std::monostate{}, false});
  const Enclosure result = derivatives(b.program, {{1, 2}}, root, {}).front();
  EXPECT_EQ(result.outcome, Outcome::uncovered);
  ASSERT_TRUE(result.uncovered);
  EXPECT_EQ(result.uncovered->name(), "doubled");
  EXPECT_THROW(evaluate(b.program, {{1, 2}}, root), Error);
}

TEST(TaylorCoefficient, IsADerivativeByItsFactorial) {
  Builder b;
  const ValueId x = b.input();
  const auto coefficient = [&](ValueId root, double at, slong order) {
    return taylor_coefficient(b.program, {{at}}, root, {}, order);
  };
  // e^(1/2) / k!, and (-1)^k / 2^(k+1) of 1/x at 2.
  const ValueId exp = b.apply("exp", {x}), inverse = b.apply("reciprocal", {x});
  const double factorials[] = {1, 1, 2, 6, 24, 120};
  for (slong k = 0; k <= 5; ++k) {
    const double expected = 1.6487212707001282 / factorials[k];
    EXPECT_NEAR(coefficient(exp, 0.5, k)->midpoint(), expected, 1e-15) << k;
    EXPECT_EQ(coefficient(inverse, 2, k)->midpoint(),
              std::ldexp(k % 2 ? -1 : 1, -1 - static_cast<int>(k)))
        << k;
  }
  // sin^2 + cos^2, whose coefficients vanish without being exactly 0, and a constant.
  const ValueId sine = b.apply("sin", {x}), cosine = b.apply("cos", {x});
  const ValueId one = b.apply("add", {b.apply("square", {sine}), b.apply("square", {cosine})});
  EXPECT_EQ(coefficient(one, 0.3, 3)->midpoint(), 0);
  EXPECT_EQ(coefficient(b.number("5"), 0.3, 3)->midpoint(), 0);
}

TEST(TaylorCoefficient, TakesTheBitsThatItNeeds) {
  // log(x + 1e50 - 1e50): of 128 bits none are left of x, and the logarithm's domain is not known.
  Builder b;
  const ValueId big = b.number("1e50");
  const ValueId y = b.apply("log", {b.apply("sub", {b.apply("add", {b.input(), big}), big})});
  const auto third = taylor_coefficient(b.program, {{1}}, y, {}, 3);
  ASSERT_TRUE(third);
  EXPECT_NEAR(third->midpoint(), 1.0 / 3, 1e-16);
  EXPECT_FALSE(taylor_coefficient(b.program, {{1}}, y, {}, 3, {.last_bits = 128}));
}

TEST(TaylorCoefficient, IsNoneWhereThereIsNoPowerSeries) {
  Builder b;
  const ValueId x = b.input();
  const ValueId size = b.apply("abs", {x}), root = b.apply("sqrt", {x});
  const ValueId flat = b.apply("mul", {x, size});
  for (const ValueId y : {size, root, flat})
    EXPECT_FALSE(taylor_coefficient(b.program, {{0}}, y, {}, 3));
  EXPECT_FALSE(taylor_coefficient(b.program, {{-1}}, root, {}, 3));
  EXPECT_TRUE(taylor_coefficient(b.program, {{1}}, flat, {}, 3)->is(0));
  EXPECT_FALSE(taylor_coefficient(b.program, {{1}}, root, {}, 3, {.work = 1}));
}

}  // namespace
}  // namespace verigrad::proof
