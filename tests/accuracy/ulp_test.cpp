// The measure itself, at numbers whose distance is known.
#include <gtest/gtest.h>

#include "tests/accuracy/truth.hpp"

namespace verigrad::accuracy {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(Ulp, IsTheDistanceToTheRealValue) {
  const Real third = Real(1) / 3;
  const double below = 1.0 / 3, above = std::nextafter(below, 1.0);
  EXPECT_NEAR(distance(below, third).ulps, 1.0 / 3, 1e-12);
  EXPECT_NEAR(distance(above, third).ulps, 2.0 / 3, 1e-12);
  EXPECT_NEAR(distance(1.0F / 3, third).ulps, 1.0 / 3, 1e-6);
  EXPECT_EQ(distance(1.0 + 3 * 0x1p-52, Real(1)).ulps, 3);
  EXPECT_EQ(distance(1.0 - 0x1p-53, Real(1)).ulps, 0.5);
  EXPECT_EQ(distance(-1.0, Real(1)).ulps, 0x1p53);
  EXPECT_EQ(distance(1.0F + 3 * 0x1p-23F, Real(1)).ulps, 3);
}

/// A truth just below 2 rounds to 2, whose binade's unit is the greater.
TEST(Ulp, TakesTheUnitOfTheBinadeIntoWhichTheTruthRounds) {
  const Real truth = Real(2) - Real(1).scaled(-60);
  EXPECT_NEAR(distance(2 + 0x1p-51, truth).ulps, 1, 0.01);
}

TEST(Ulp, CountsSubnormalNumbersInTheLeastOne) {
  const Real truth = Real(5).scaled(-1074);
  EXPECT_EQ(distance(3 * 0x1p-1074, truth).ulps, 2);
  EXPECT_EQ(distance(3 * 0x1p-1074, truth).magnitude, Magnitude::subnormal);
  EXPECT_EQ(distance(0.0, Real(1).scaled(-5000)).magnitude, Magnitude::subnormal);
  EXPECT_EQ(distance(0.0, Real(0)).magnitude, Magnitude::zero);
  EXPECT_EQ(distance(0x1p-1074, Real(0)).ulps, 1);
  EXPECT_EQ(distance(0x1p-1022, Real(1).scaled(-1022)).magnitude, Magnitude::normal);
}

TEST(Ulp, TakesInfinityForWhatRoundsToIt) {
  const Real over = Real(1).scaled(1024);
  EXPECT_EQ(distance(infinity, over).ulps, 0);
  EXPECT_EQ(distance(infinity, over).magnitude, Magnitude::overflow);
  EXPECT_EQ(distance(-infinity, over).ulps, infinity);
  EXPECT_EQ(distance(std::nan(""), over).ulps, infinity);
  EXPECT_EQ(distance(std::numeric_limits<double>::max(), over).ulps, 1);
  EXPECT_EQ(distance(infinity, Real(1).scaled(1023)).ulps, infinity);
  EXPECT_EQ(distance(std::nan(""), Real(1)).ulps, infinity);
  EXPECT_EQ(distance(static_cast<float>(infinity), Real(1).scaled(128)).ulps, 0);
}

TEST(Ulp, IsTheLargestTermsWhereOneIsGiven) {
  const Real one(1);
  EXPECT_EQ(distance(0x1p-20 + 0x1p-52, Real(0x1p-20), &one).ulps, 1);
  const Real small(0x1p-30);
  EXPECT_EQ(distance(1 + 0x1p-52, one, &small).ulps, 1);
}

TEST(Ulp, OnlyNarrowBallsAreSharp) {
  EXPECT_TRUE(sharp<double>(Real(1) / 3));
  working_bits = 70;
  EXPECT_FALSE(sharp<double>(Real(1) / 3));
  working_bits = first_bits;
  EXPECT_FALSE(sharp<double>(Real(1) / Real(0)));
  EXPECT_FALSE(sharp<double>(sin(Real::pi())));
}

TEST(Ulp, ZerosAreFoundWithinTwoToTheMinusTen) {
  const Function f = VERIGRAD_OF(log(x[0]));
  EXPECT_TRUE(near_zero(f, {1}, 1));
  EXPECT_TRUE(near_zero(f, {1 + 0x1p-11}, 1));
  EXPECT_FALSE(near_zero(f, {1 + 0x1p-9}, 1));
  EXPECT_FALSE(near_zero(VERIGRAD_OF(sin(x[0])), {1e-300}, 1));
}

}  // namespace
}  // namespace verigrad::accuracy
