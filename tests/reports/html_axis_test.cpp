#include "reports/html_axis.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace verigrad::reports {
namespace {

using ::testing::ElementsAre;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> labels(const Axis& axis) {
  std::vector<std::string> result;
  for (const Tick& tick : axis.ticks) result.push_back(tick.label);
  return result;
}

TEST(HtmlAxis, OfDecadesEndsOnPowersOfTen) {
  const Axis axis = decades_axis("h", {3e-3, 0.5, 0, -1, infinity, nan});
  EXPECT_EQ(axis.low, -3);
  EXPECT_EQ(axis.high, 0);
  EXPECT_THAT(labels(axis), ElementsAre("10⁻³", "10⁻²", "10⁻¹", "1"));
  EXPECT_EQ(axis.coordinate(100), 2);
  EXPECT_EQ(axis.coordinate(0), -3);
  EXPECT_TRUE(std::isnan(axis.coordinate(-1)));
}

TEST(HtmlAxis, OfOneNumberStillHasALength) {
  for (const Axis& axis : {decades_axis("", {1}), decades_axis("", {}), ordinal_axis("", {0}),
                           ordinal_axis("", {}), ordinal_axis("", {-7, -7}), ulps_axis({})})
    EXPECT_LT(axis.low, axis.high);
}

TEST(HtmlAxis, OfBitsHasTicksAtDtypesAndAtEverySecondDoubling) {
  const Axis axis = bits_axis({24, 32, 53, 64, 96, 128, 256, 512, 1024, 2048});
  EXPECT_THAT(labels(axis), ElementsAre("24", "53", "128", "512", "2048"));
  EXPECT_EQ(axis.coordinate(32), 5);
  EXPECT_EQ(axis.high, 11);
  EXPECT_TRUE(std::isnan(axis.coordinate(0)));
}

// Binades are equally wide on either side of 0: 1/4 to 4 are four of them, and one more to 0.
TEST(HtmlAxis, OfInputsIsInTheOrderOfDoubles) {
  const Axis axis = ordinal_axis("x", {-4, -0.25, 0, 0.25, 4});
  EXPECT_EQ(axis.low, -5);
  EXPECT_EQ(axis.high, 5);
  for (const auto& [x, coordinate] : {std::pair(-4.0, -5.0), {-0.25, -1.0}, {0.0, 0.0}, {1.0, 3.0}})
    EXPECT_EQ(axis.coordinate(x), coordinate);
  EXPECT_TRUE(std::isnan(axis.coordinate(infinity)));
  EXPECT_THAT(labels(axis), ElementsAre("0", "1", "−1"));
}

TEST(HtmlAxis, HasTicksOfItsOwnWherePowersOfTenAreFar) {
  EXPECT_THAT(labels(ordinal_axis("x", {2, 3, 5})), ElementsAre("2", "5"));
}

// 1000 and 1001 to three digits are the same; 999 and 1001 would be half a distance off.
TEST(HtmlAxis, NamesItsEndsByAsManyDigitsAsTheyNeed) {
  EXPECT_THAT(labels(ordinal_axis("x", {1000, 1000.5, 1001})), ElementsAre("1000", "1001"));
  EXPECT_THAT(labels(ordinal_axis("x", {999, infinity, 1001})), ElementsAre("999", "1001"));
  EXPECT_THAT(labels(ordinal_axis("x", {-2.000001, -2})), ElementsAre("-2.000001", "-2"));
  EXPECT_THAT(labels(ordinal_axis("x", {7, 7.000000000001})), ElementsAre("7", "7.000000000001"));
  EXPECT_THAT(labels(ordinal_axis("x", {3e-320, 6e-320})), ElementsAre("3e-320", "6e-320"));
}

TEST(HtmlAxis, OfConditionNumbersIsCutBelowAThousandth) {
  const Axis axis = condition_axis("κ", {1e-290, 0, 2, 400});
  EXPECT_THAT(labels(axis), ElementsAre("≤ 10⁻³", "10⁻²", "10⁻¹", "1", "10", "10²", "10³"));
  EXPECT_EQ(axis.low, -3);
  for (const double small : {0.0, 1e-290, 9e-4}) EXPECT_EQ(axis.coordinate(small), -3);
  EXPECT_EQ(axis.coordinate(100), 2);
  EXPECT_TRUE(std::isnan(axis.coordinate(infinity)));
  EXPECT_EQ(condition_axis("κ", {1e-290}).low, -3);
  EXPECT_THAT(labels(condition_axis("κ", {1, 400})), ElementsAre("1", "10", "10²", "10³"));
}

TEST(HtmlAxis, OfCountsHasRoundSteps) {
  EXPECT_THAT(labels(count_axis("n", 1)), ElementsAre("0", "1"));
  EXPECT_THAT(labels(count_axis("n", 7)), ElementsAre("0", "2", "4", "6", "8"));
  EXPECT_THAT(labels(count_axis("n", 62)), ElementsAre("0", "20", "40", "60", "80"));
  EXPECT_EQ(count_axis("n", 300).high, 300);
}

TEST(HtmlAxis, OfUlpsHasAPlaceForWhatIsNotFinite) {
  EXPECT_THAT(labels(ulps_axis({0, 3})), ElementsAre("≤ 0.1", "1", "10"));
  const Axis axis = ulps_axis({0, 3, nan});
  EXPECT_THAT(labels(axis), ElementsAre("≤ 0.1", "1", "10", "∞"));
  EXPECT_EQ(axis.coordinate(infinity), axis.high);
  EXPECT_EQ(axis.coordinate(0), axis.low);
}

}  // namespace
}  // namespace verigrad::reports
