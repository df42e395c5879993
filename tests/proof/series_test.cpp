#include "proof/series.hpp"

#include <gtest/gtest.h>

#include "proof/elementary.hpp"

namespace verigrad::proof {
namespace {

Series above(double x, slong length = 2) { return Series::variable(Ball(x), 1, length); }
Series below(double x, slong length = 2) { return Series::variable(Ball(x), -1, length); }
Series constant(double x) { return Series(Ball(x)); }

/// A coefficient that is right to a few bits less than the precision.
void expect_near(const Ball& ball, double expected) {
  EXPECT_GE(ball.relative_bits(), 80);
  EXPECT_DOUBLE_EQ(ball.midpoint(), expected);
}

TEST(Series, MultipliesAndDividesTruncated) {
  const Series x = above(2, 4);
  const Series cube = x * x * x;
  EXPECT_TRUE(cube[0].is(8) && cube[1].is(12) && cube[2].is(6) && cube[3].is(1));
  const Series back = cube / x;
  EXPECT_TRUE(back[0].is(4) && back[1].is(4) && back[2].is(1));
  EXPECT_EQ(back.length(), 4);
}

TEST(Series, OfConstantsAreConstant) {
  EXPECT_TRUE((constant(2) * constant(3)).is_constant());
  EXPECT_EQ((constant(2) * above(3, 8)).length(), 8);
}

TEST(Series, DifferenceOfANodeAndItselfIsExactlyZero) {
  const Series x = exp(above(1));
  EXPECT_TRUE((x - x).is_number(0));
  EXPECT_FALSE((x - exp(above(1))).is_number(0));
  EXPECT_EQ(compare(x, x).sign, 0);
  EXPECT_EQ(compare(x, exp(above(1))).status, Status::undecided);
}

TEST(Series, DivisionByZeroIsOutsideTheDomain) {
  EXPECT_EQ((above(1) / constant(0)).status(), Status::outside);
  EXPECT_EQ((constant(1) / above(0)).status(), Status::edge);
  EXPECT_EQ((constant(1) / (exp(constant(1)) - exp(constant(1)))).status(), Status::undecided);
}

TEST(Series, QuotientsOfGermsCancelPowersOfEpsilon) {
  const Series x = below(0, 4), quotient = sin(x) / x;
  ASSERT_TRUE(quotient.ok());
  EXPECT_EQ(quotient.length(), 3);
  EXPECT_TRUE(quotient[0].is(1) && quotient[1].is(0));
  EXPECT_TRUE(quotient[2].overlaps(Ball(-1) / Ball(6)));
  EXPECT_EQ((x / square(square(x))).status(), Status::flat);
  EXPECT_EQ((sin(x) / (x * x)).status(), Status::edge);
}

TEST(Series, SignIsThatOfTheFirstCoefficientThatIsNotZero) {
  EXPECT_EQ(sign_of(above(0)).sign, 1);
  EXPECT_EQ(sign_of(below(0)).sign, -1);
  EXPECT_TRUE(sign_of(above(0)).kinked);
  EXPECT_FALSE(sign_of(above(3)).kinked);
  EXPECT_EQ(sign_of(square(below(0))).status, Status::flat);
  EXPECT_EQ(sign_of(square(below(0, 4))).sign, 1);
  EXPECT_EQ(sign_of(constant(0)).sign, 0);
  EXPECT_EQ(sign_of(exp(above(1)) - exp(above(1))).status, Status::undecided);
}

TEST(Series, ComparesWithInfinity) {
  EXPECT_EQ(compare(above(1), Series(Ball::literal("inf"))).sign, -1);
  EXPECT_EQ(compare(above(1), Series(Ball::literal("-inf"))).sign, 1);
  EXPECT_EQ(compare(Series(Ball::literal("inf")), above(1)).sign, 1);
  EXPECT_EQ(compare(above(1), Series(Ball::literal("nan"))).status, Status::undecided);
}

TEST(Elementary, RootOfASquareIsTheAbsoluteValue) {
  EXPECT_EQ(sqrt(square(above(0))).status(), Status::flat);
  for (const Series& x : {above(0, 4), below(0, 4)}) {
    const Series root = sqrt(square(x));
    ASSERT_TRUE(root.ok());
    EXPECT_TRUE(root[0].is(0) && root[1].is(1));
    EXPECT_TRUE(root.kinked());
  }
}

TEST(Elementary, RootsAtZero) {
  EXPECT_TRUE(sqrt(constant(0)).is_number(0));
  EXPECT_EQ(sqrt(above(0)).status(), Status::edge);
  EXPECT_EQ(sqrt(below(0)).status(), Status::outside);
  EXPECT_EQ(cbrt(below(0)).status(), Status::edge);
  const Series x = above(0, 8);
  EXPECT_TRUE((cbrt(-(x * x * x)))[1].overlaps(Ball(-1)));
  EXPECT_TRUE(sqrt(x * x * x)[1].is(0));
}

TEST(Elementary, PowersOfZero) {
  EXPECT_TRUE(pow(above(0), constant(0)).is_number(1));
  EXPECT_TRUE(pow(above(0), constant(1))[1].is(1));
  EXPECT_TRUE(pow(above(0), constant(1.5))[1].is(0));
  EXPECT_EQ(pow(above(0), constant(0.5)).status(), Status::edge);
  EXPECT_EQ(pow(above(0), constant(-1)).status(), Status::edge);
  EXPECT_EQ(pow(constant(0), constant(-1)).status(), Status::outside);
  EXPECT_EQ(pow(constant(0), constant(-1.5)).status(), Status::outside);
  EXPECT_EQ(pow(below(0), constant(1.5)).status(), Status::outside);
  EXPECT_TRUE(pow(below(0), constant(3))[1].is(0));
  EXPECT_TRUE(pow(constant(0), above(2)).is_number(0));
  EXPECT_EQ(pow(constant(0), below(0)).status(), Status::outside);
}

TEST(Elementary, IntegerPowersOfNegativeNumbers) {
  EXPECT_TRUE(pow(above(-2), constant(3))[1].is(12));
  expect_near(pow(above(-2), constant(-1))[1], -0.25);
  EXPECT_EQ(pow(above(-2), constant(0.5)).status(), Status::outside);
  EXPECT_TRUE(pow(above(-1), constant(1e300))[0].overlaps(Ball(1)));
}

TEST(Elementary, HyperbolicTangentKeepsItsSlopeFarOut) {
  const Series result = tanh(above(1000));
  EXPECT_GE(result[1].relative_bits(), 80);
  EXPECT_EQ(to_string(result[1], 10), to_string(4 * Ball::of(arb_exp, Ball(-2000)), 10));
}

TEST(Elementary, ExponentialOfAHugeNumberNeedsMoreBits) {
  EXPECT_EQ(exp(above(1e300)).status(), Status::undecided);
  const Precision precision(2048);
  EXPECT_GE(exp(above(1e300))[1].relative_bits(), 80);
}

TEST(Elementary, ArcFunctionsAtOneAreRoots) {
  EXPECT_EQ(asin(above(1)).status(), Status::outside);
  EXPECT_EQ(asin(below(1)).status(), Status::edge);
  EXPECT_EQ(acosh(above(1)).status(), Status::edge);
  EXPECT_TRUE(acos(constant(1)).value().is(0));
  // acos(cos x) is |x| at 0.
  const Series angle = acos(cos(above(0, 8)));
  EXPECT_TRUE(angle[1].overlaps(Ball(1)));
  EXPECT_GE(angle[1].relative_bits(), 80);
}

TEST(Elementary, AngleJumpsBehindTheOrigin) {
  expect_near(atan2(above(0), constant(-1)).value(), 3.14159265358979323846);
  expect_near(atan2(below(0), constant(-1)).value(), -3.14159265358979323846);
  EXPECT_EQ(atan2(constant(0), constant(0)).status(), Status::outside);
}

TEST(Elementary, GammaFunctionLeftOfZero) {
  expect_near(lgamma(above(-0.5)).value(), 1.2655121234846454);
  expect_near(lgamma(above(-0.5))[1], 0.03648997397857652);
  EXPECT_EQ(lgamma(constant(-2)).status(), Status::outside);
  EXPECT_EQ(lgamma(above(-2)).status(), Status::edge);
}

TEST(Elementary, GermsTakeTheirOwnSideOfAJump) {
  EXPECT_TRUE(floor(above(2)).is_number(2));
  EXPECT_TRUE(floor(below(2)).is_number(1));
  EXPECT_TRUE(ceil(above(2)).is_number(3));
  EXPECT_TRUE(trunc(below(0)).is_number(0));
  EXPECT_TRUE(round(constant(2.5)).is_number(2));
  EXPECT_TRUE(round(constant(3.5)).is_number(4));
  EXPECT_TRUE(round(above(2.5)).is_number(3));
  EXPECT_TRUE(round(below(-2.5)).is_number(-3));
}

}  // namespace
}  // namespace verigrad::proof
