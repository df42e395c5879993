// Statistics of relative errors, from lists of errors made by hand.
#include "runner/method_tally.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace verigrad::runner {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Errors 1, 2, …, n of a truth of 1000, the largest first.
MethodTally first_numbers(int n) {
  MethodTally tally;
  for (int i = n; i > 0; --i) tally.add({.value = 1000.0 + i}, i, 1000);
  return tally;
}

TEST(MethodTally, TakesErrorsRelativeToTheTruth) {
  MethodTally tally;
  tally.add({.value = 8.5}, 0.5, 8);
  const reports::MethodAccuracy row = tally.row("rule");
  EXPECT_EQ(row.method, "rule");
  EXPECT_EQ(row.n, 1);
  EXPECT_EQ(row.median, 0.0625);
  EXPECT_EQ(row.p99, 0.0625);
  EXPECT_EQ(row.worst, 0.0625);
}

TEST(MethodTally, RanksAreTheNearest) {
  struct {
    int n;
    double median, p99;
  } const known[] = {{2, 1, 2},      {3, 2, 3},       {99, 50, 99},    {100, 50, 99},
                     {101, 51, 100}, {200, 100, 198}, {201, 101, 199}, {1000, 500, 990}};
  for (const auto& [n, median, p99] : known) {
    const reports::MethodAccuracy row = first_numbers(n).row("");
    EXPECT_EQ(row.n, n);
    EXPECT_EQ(row.median, median / 1000) << n;
    EXPECT_EQ(row.p99, p99 / 1000) << n;
    EXPECT_EQ(row.worst, n / 1000.0) << n;
  }
}

TEST(MethodTally, AnAnswerWithoutValueIsInfinitelyWrong) {
  MethodTally tally = first_numbers(2);
  tally.add({.value = std::nan(""), .bar = 1}, std::nan(""), 1);
  EXPECT_EQ(tally.row("").median, 0.002);
  EXPECT_EQ(tally.row("").worst, infinity);
  EXPECT_FALSE(tally.row("").covered);
}

TEST(MethodTally, AnUndecidedAnswerHasNoPartInTheErrors) {
  MethodTally tally = first_numbers(3);
  tally.add({.value = 1, .bar = 1e80}, 1e76, 1, Decision::undecided);
  EXPECT_EQ(tally.row("").n, 4);
  EXPECT_EQ(tally.row("").median, 0.002);
  EXPECT_EQ(tally.row("").worst, 0.003);
  EXPECT_EQ(tally.row("").covered, 1);
  MethodTally alone;
  alone.add({.value = 1, .bar = infinity}, 1, 1, Decision::undecided);
  EXPECT_EQ(alone.row("").n, 1);
  EXPECT_TRUE(std::isnan(alone.row("").median));
  EXPECT_TRUE(std::isnan(alone.row("").worst));
}

TEST(MethodTally, CoveredIsTheShareOfFiniteBars) {
  MethodTally tally;
  EXPECT_FALSE(tally.row("").covered);
  tally.add({.value = 3, .bar = 0.5}, 0.5, 3);
  tally.add({.value = 3, .bar = 0.25}, 0.5, 3);
  tally.add({.value = 3, .bar = 2}, 0, 3);
  tally.add({.value = 3, .bar = 1e-30}, 1e-20, 3);
  tally.add({.value = 3, .bar = infinity}, 1, 3);
  tally.add({.value = 3}, 1, 3);
  EXPECT_EQ(tally.row("").covered, 0.5);
  EXPECT_EQ(tally.row("").n, 6);
}

TEST(MethodTally, ATestIsTheBarOrTorchsDefault) {
  EXPECT_EQ(within_bar({.value = 3, .bar = 0.5}, 0.5), Decision::accepts);
  EXPECT_EQ(within_bar({.value = 3, .bar = 0.5}, 0.5000001), Decision::refuses);
  EXPECT_EQ(within_bar({.value = 3, .bar = 0}, 0), Decision::accepts);
  EXPECT_EQ(within_bar({.value = std::nan(""), .bar = infinity}, 0), Decision::refuses);
  // numpy.isclose(a, b, rtol=1e-3, atol=1e-5) at a = b (1 ± 1e-3) ± 1e-5, and next to it.
  EXPECT_EQ(within_bar({.value = -20}, 0.0200099), Decision::accepts);
  EXPECT_EQ(within_bar({.value = -20}, 0.0200101), Decision::refuses);
  EXPECT_EQ(within_bar({.value = 0}, 1e-5), Decision::accepts);
  EXPECT_EQ(within_bar({.value = infinity}, infinity), Decision::refuses);
}

TEST(MethodTally, CountsFalseAlarmsAndMisses) {
  MethodTally tally;
  // Eight derivatives: for one all claims are accepted, for one they are refused, for two nothing
  // is decided, and for four slips of up to 1e-3 are accepted.
  const auto always = [](Decision what) { return [what](double) { return what; }; };
  tally.put_to_test(always(Decision::accepts));
  tally.put_to_test(always(Decision::refuses));
  for (int i = 0; i < 2; ++i) tally.put_to_test(always(Decision::undecided));
  for (int i = 0; i < 4; ++i)
    tally.put_to_test(
        [](double slip) { return slip <= 1e-3 ? Decision::accepts : Decision::refuses; });
  EXPECT_EQ(MethodTally().put_to_test(always(Decision::undecided)), Decision::undecided);
  EXPECT_EQ(MethodTally().put_to_test(
                [](double slip) { return slip == 0 ? Decision::accepts : Decision::refuses; }),
            Decision::accepts);
  MethodTally twice = tally;
  twice.merge(tally);
  for (const MethodTally& each : {tally, twice}) {
    const reports::MethodAccuracy row = each.row("");
    EXPECT_EQ(row.false_alarms, 0.125);
    EXPECT_EQ(row.unsure, 0.25);
    const std::vector<reports::MissedSlip> missed{{1, 0.125},    {0.1, 0.125},  {0.01, 0.125},
                                                  {1e-3, 0.625}, {1e-4, 0.625}, {1e-6, 0.625}};
    EXPECT_EQ(row.missed, missed);
  }
}

TEST(MethodTally, EvaluationsAreAnAverage) {
  MethodTally tally;
  EXPECT_EQ(tally.row("").evaluations, 0);
  tally.spend(7, 2);
  tally.spend(3, 2);
  EXPECT_EQ(tally.row("").evaluations, 2.5);
}

TEST(MethodTally, MergesInAnyOrder) {
  MethodTally a = first_numbers(7), b;
  b.add({.value = 1, .bar = 0.1}, 0.3, 0.7);
  b.spend(11, 3);
  a.spend(5, 4);
  MethodTally ab = a, ba = b;
  ab.merge(b);
  ba.merge(a);
  EXPECT_EQ(ab.row("m"), ba.row("m"));
  EXPECT_EQ(ab.row("m").n, 8);
  EXPECT_EQ(ab.row("m").evaluations, 16.0 / 7);
  EXPECT_EQ(ab.row("m").covered, 0);
}

}  // namespace
}  // namespace verigrad::runner
