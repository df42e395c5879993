// Where leaves live and how they are drawn.
#include "engine/domain.hpp"

#include <algorithm>

#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using structural::inf;
using structural::nan;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

using Kind = Domain::Kind;

Domain interval(double a, double b, bool a_open = false, bool b_open = false) {
  return {.kind = Kind::interval, .a = a, .b = b, .a_open = a_open, .b_open = b_open};
}

std::vector<double> draws(const Domain& domain, int count = 2000) {
  Random random(7);
  std::vector<double> all;
  for (int i = 0; i < count; ++i) all.push_back(domain.draw(random));
  return all;
}

double share_below(const std::vector<double>& all, double bound) {
  return static_cast<double>(
             std::count_if(all.begin(), all.end(), [&](double x) { return x < bound; })) /
         static_cast<double>(all.size());
}

TEST(Domain, DrawsStayInside) {
  const std::vector<Domain> domains = {
      interval(-2, 2),
      interval(0, 1, true, true),
      interval(5, 5),
      interval(0, inf),
      interval(-inf, 3),
      interval(-inf, inf),
      interval(1, 1 + 1e-15, true, false),
      interval(-1.7e308, 1.7e308),
      {.kind = Kind::choices, .choices = {0, 1, 7}},
      {.kind = Kind::logrange, .a = 1e-3, .b = 1e3},
      {.kind = Kind::signed_logrange, .a = 1e-3, .b = 1e3},
  };
  for (const Domain& domain : domains)
    for (const double x : draws(domain)) ASSERT_TRUE(domain.contains(x)) << domain.to_string();
  for (const double x : draws(interval(0, 5e-324, true, false), 10)) EXPECT_EQ(x, 5e-324);
  for (const double x : draws(interval(1e30, inf, true), 10))
    EXPECT_EQ(x, std::nextafter(1e30, inf));
  for (const double x : draws(interval(-inf, -1e30, false, true), 10))
    EXPECT_EQ(x, std::nextafter(-1e30, -inf));
}

TEST(Domain, ContainsKnowsOpenEnds) {
  EXPECT_TRUE(interval(0, 1).contains(0));
  EXPECT_FALSE(interval(0, 1, true).contains(0));
  EXPECT_FALSE(interval(0, 1, false, true).contains(1));
  EXPECT_FALSE(interval(0, 1).contains(nan));
  EXPECT_TRUE(Domain{}.contains(1e300));
  EXPECT_FALSE(Domain{}.contains(nan));
  const Domain signed_range{.kind = Kind::signed_logrange, .a = 1, .b = 10};
  EXPECT_TRUE(signed_range.contains(-10));
  EXPECT_FALSE(signed_range.contains(0.5));
  const Domain choices{.kind = Kind::choices, .choices = {0, 1}};
  EXPECT_TRUE(choices.contains(1));
  EXPECT_FALSE(choices.contains(0.5));
}

TEST(Domain, DrawsHaveTheDistributionTheyAreNamedFor) {
  EXPECT_NEAR(share_below(draws(interval(0, 10)), 3), 0.3, 0.04);
  EXPECT_NEAR(share_below(draws({.kind = Kind::logrange, .a = 1, .b = 1e4}), 10), 0.25, 0.04);
  EXPECT_NEAR(share_below(draws({.kind = Kind::signed_logrange, .a = 1, .b = 1e4}), 0), 0.5, 0.04);
  EXPECT_NEAR(share_below(draws({.kind = Kind::normal, .a = 5, .b = 2}), 3), 0.1587, 0.03);
  EXPECT_NEAR(share_below(draws({.kind = Kind::choices, .choices = {0, 1, 2, 3}}), 1), 0.25, 0.04);
  EXPECT_NEAR(share_below(draws(interval(-inf, inf)), 0), 0.5, 0.04);
  EXPECT_NEAR(share_below(draws(interval(1, inf)), 2), 0.5, 0.04);  // magnitudes 1e-8 to 1e8
}

TEST(Domain, TheStreamDecidesTheDraws) {
  EXPECT_EQ(draws(interval(0, inf), 20), draws(interval(0, inf), 20));
}

TEST(Domain, SpecialPointsAreEndsChoicesAndSmallIntegers) {
  EXPECT_THAT(interval(-2, 2).special_points(), ElementsAre(-2, 2, 0, 1, -1));
  EXPECT_THAT(interval(0, 1).special_points(), ElementsAre(0, 1));
  EXPECT_THAT(interval(0, 1, true, true).special_points(), ElementsAre());
  EXPECT_THAT(interval(0, inf).special_points(), ElementsAre(0, 1));
  EXPECT_THAT(Domain{}.special_points(), UnorderedElementsAre(0, 1, -1));
  EXPECT_THAT((Domain{.kind = Kind::choices, .choices = {3, 4}}).special_points(),
              ElementsAre(3, 4));
  EXPECT_THAT((Domain{.kind = Kind::logrange, .a = 0.5, .b = 4}).special_points(),
              ElementsAre(0.5, 4, 1));
  EXPECT_THAT((Domain{.kind = Kind::signed_logrange, .a = 0.5, .b = 4}).special_points(),
              UnorderedElementsAre(0.5, 4, -0.5, -4, 1, -1));
  EXPECT_THAT(interval(3, 3).special_points(), ElementsAre(3));
}

TEST(Domain, PrintsAsTheLanguageWritesIt) {
  EXPECT_EQ(interval(-2, 2).to_string(), "[-2, 2]");
  EXPECT_EQ(interval(0, 1, true, false).to_string(), "(0, 1]");
  EXPECT_EQ(interval(0, inf).to_string(), "[0, inf]");
  EXPECT_EQ((Domain{.kind = Kind::choices, .choices = {0, 0.5, 1}}).to_string(), "{0, 0.5, 1}");
  EXPECT_EQ(Domain{}.to_string(), "normal(0, 1)");
  EXPECT_EQ((Domain{.kind = Kind::logrange, .a = 1e-3, .b = 10}).to_string(),
            "logrange(0.001, 10)");
  EXPECT_EQ((Domain{.kind = Kind::signed_logrange, .a = 1e-3, .b = 10}).to_string(),
            "signed_logrange(0.001, 10)");
}

}  // namespace
}  // namespace verigrad
