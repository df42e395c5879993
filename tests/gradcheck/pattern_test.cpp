// What a wrong derivative has in common at every entry, and what only looks alike.
#include "gradcheck/pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace verigrad::gradcheck {
namespace {

using testing::HasSubstr;

constexpr double inf = std::numeric_limits<double>::infinity();

/// Entries at x with the truth 3 x^2 + 1 and what `claim` makes of x and the truth.
std::vector<WrongEntry> claims(const std::vector<double>& x,
                               const std::function<double(double, double)>& claim) {
  std::vector<WrongEntry> entries;
  for (const double at : x) {
    const double truth = 3 * at * at + 1;
    entries.push_back({claim(at, truth), truth, 1e-10 * truth, at, static_cast<double>(x.size())});
  }
  return entries;
}

const std::vector<double> points = {0.5, -1.5, 2, 3};

std::optional<Pattern> pattern(const std::function<double(double, double)>& claim) {
  return find_pattern(claims(points, claim), "x");
}

TEST(Pattern, FindsAMissingInput) {
  const auto found = pattern([](double x, double t) { return t / x; });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->text, "claimed / true = 1 / x at every entry: a factor x is missing");
  EXPECT_EQ(found->factor, "x");
  EXPECT_FALSE(found->divides);
}

TEST(Pattern, FindsAnInputTooMuch) {
  const auto found = pattern([](double x, double t) { return t * x; });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->text, "claimed / true = x at every entry: a factor x too much");
  EXPECT_EQ(found->factor, "x");
  EXPECT_TRUE(found->divides);
}

TEST(Pattern, FindsAWrongSign) {
  const auto found = pattern([](double, double t) { return -t; });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->text, "claimed / true = -1 at every entry: the sign is wrong");
  EXPECT_EQ(found->factor, "-1");
}

TEST(Pattern, FindsConstantFactors) {
  const auto half = pattern([](double, double t) { return t / 2; });
  ASSERT_TRUE(half);
  EXPECT_EQ(half->text,
            "claimed / true = 1 / 2 at every entry: a factor 2 is missing, or one of two "
            "equal contributions is overwritten instead of accumulated");
  EXPECT_EQ(half->factor, "2");
  EXPECT_FALSE(half->divides);
  const auto threefold = pattern([](double, double t) { return 3 * t; });
  ASSERT_TRUE(threefold);
  EXPECT_EQ(threefold->text, "claimed / true = 3 at every entry: a factor 3 too much");
  EXPECT_EQ(threefold->factor, "3");
  EXPECT_TRUE(threefold->divides);
  const auto slope = pattern([](double, double t) { return 0.9999 * t; });
  ASSERT_TRUE(slope);
  EXPECT_THAT(slope->text, HasSubstr("claimed / true = 0.9999 at every entry"));
  const auto negative = pattern([](double, double t) { return -t / 3; });
  ASSERT_TRUE(negative);
  EXPECT_EQ(negative->factor, "-3");
}

TEST(Pattern, FindsAMeanThatWasNotDivided) {
  const auto undivided = pattern([](double, double t) { return 4 * t; });
  ASSERT_TRUE(undivided);
  EXPECT_THAT(undivided->text, HasSubstr("a mean over 4 entries was not divided"));
  EXPECT_EQ(undivided->factor, "4");
  EXPECT_TRUE(undivided->divides);
  const auto twice = pattern([](double, double t) { return t / 4; });
  ASSERT_TRUE(twice);
  EXPECT_THAT(twice->text, HasSubstr("divided by the number of entries, 4, once too often"));
  EXPECT_EQ(twice->factor, "4");
  EXPECT_FALSE(twice->divides);
}

TEST(Pattern, FindsAGradientOfZeros) {
  const auto found = pattern([](double, double) { return 0.0; });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->text, "claimed is 0 at every entry");
}

TEST(Pattern, ZeroEntriesOfTheInputDoNotHideAFactorOfTheInput) {
  const auto with_zero = [](const std::function<double(double, double)>& claim) {
    return find_pattern(claims({0, 0.5, -1.5, 2}, claim), "x");
  };
  const auto too_much = with_zero([](double x, double t) { return t * x; });
  ASSERT_TRUE(too_much);
  EXPECT_EQ(too_much->factor, "x");
  // At an input of 0 a claim t / x is infinite and tells nothing.
  const auto missing = with_zero([](double x, double t) { return t / x; });
  ASSERT_TRUE(missing);
  EXPECT_FALSE(missing->divides);
  EXPECT_FALSE(with_zero([](double x, double t) { return x == 0 ? 7 * t : t * x; }));
}

TEST(Pattern, NearMissesAreNone) {
  EXPECT_FALSE(pattern([](double, double t) { return t; }));
  EXPECT_FALSE(pattern([](double x, double t) { return t * (1 + 1e-4 * x); }));
  EXPECT_FALSE(pattern([](double x, double t) { return x > 2 ? 2 * t : 2.0001 * t; }));
  EXPECT_FALSE(pattern([](double x, double t) { return t / x * (1 + 1e-5); }));
  EXPECT_FALSE(pattern([](double x, double t) { return x == 3 ? t : t / x; }));
  EXPECT_FALSE(pattern([](double, double t) { return t + 1; }));
  EXPECT_FALSE(pattern([](double x, double) { return x == 3 ? 1e-9 : 0.0; }));
}

TEST(Pattern, OneEntryProvesNothingAndAFactorOfTheInputNeedsThree) {
  const auto of = [](const std::vector<double>& x, double power) {
    return find_pattern(claims(x, [power](double at, double t) { return t * std::pow(at, power); }),
                        "x");
  };
  EXPECT_FALSE(find_pattern({}, "x"));
  EXPECT_FALSE(find_pattern(claims({2}, [](double, double t) { return -t; }), "x"));
  EXPECT_TRUE(find_pattern(claims({2, 3}, [](double, double t) { return -t; }), "x"));
  EXPECT_FALSE(of({2, 3}, 1));
  EXPECT_TRUE(of({2, 3, 4}, 1));
  EXPECT_TRUE(of({2, 3, 4}, -1));
  // Equal inputs cannot tell a factor x from a constant.
  const auto equal = of({2, 2, 2}, 1);
  ASSERT_TRUE(equal);
  EXPECT_EQ(equal->factor, "2");
}

TEST(Pattern, EntriesThatCannotTellAreLeftOut) {
  std::vector<WrongEntry> entries = claims(points, [](double, double t) { return -t; });
  entries.push_back({5, 0, 0, 1, 5});
  entries.push_back({5, 1, 0.1, 1, 5});
  entries.push_back({inf, 1, 0, 1, 5});
  const auto found = find_pattern(entries, "x");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->factor, "-1");
}

TEST(Pattern, AnotherScalarOfTheFileMayBeTheFactor) {
  std::vector<WrongEntry> entries;
  for (const double temperature : {0.5, 2.0, 3.0})
    entries.push_back({.claimed = 7 * temperature,
                       .truth = 7,
                       .bar = 0,
                       .input = 1,
                       .entries = 1,
                       .others = {4, temperature}});
  const std::vector<std::string> names{"n", "T"};
  const auto found = find_pattern(entries, "x", names);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->text, "claimed / true = T at every entry: a factor T too much");
  EXPECT_EQ(found->factor, "T");
  EXPECT_TRUE(found->divides);
  for (WrongEntry& entry : entries) entry.claimed = 7 / entry.others[1];
  EXPECT_FALSE(find_pattern(entries, "x", names)->divides);
  EXPECT_FALSE(find_pattern(entries, "x"));
}

}  // namespace
}  // namespace verigrad::gradcheck
