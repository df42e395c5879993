// Every branch of the rules by which one entry is judged, at its boundaries.
#include "gradcheck/judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace verigrad::gradcheck {
namespace {

using testing::HasSubstr;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double u64 = 0x1p-53;
constexpr double u32 = 0x1p-24;

Truth smooth(double value, double bar, double scale = 0) {
  Truth truth;
  truth.estimate.value = truth.estimate.left = truth.estimate.right = value;
  truth.estimate.error_bar = bar;
  truth.estimate.status = EstimateStatus::ok;
  truth.scale = std::max(scale, std::abs(value));
  return truth;
}

/// With the terms that cancel known.
Truth with_paths(Truth truth, double paths) {
  truth.paths = paths;
  return truth;
}

Truth kink(double left, double right, double bar) {
  Truth truth = smooth((left + right) / 2, bar);
  truth.estimate.left = left;
  truth.estimate.right = right;
  truth.estimate.status = EstimateStatus::kink;
  return truth;
}

Truth of_status(EstimateStatus status, const char* reason) {
  Truth truth = smooth(nan, inf);
  truth.estimate.status = status;
  truth.estimate.reason = reason;
  return truth;
}

EntryVerdict judge64(double g, const Truth& truth,
                     const Tolerance& tolerance = Tolerance::standard(DType::f64),
                     bool is_engine = false) {
  return judge({g, g, is_engine}, truth, tolerance, DType::f64);
}

EntryVerdict judge32(double value, double in_double, const Truth& truth) {
  return judge({value, in_double, false}, truth, Tolerance::standard(DType::f32), DType::f32);
}

TEST(Judge, TolerancesAreHalfOfTheDigits) {
  EXPECT_EQ(Tolerance::standard(DType::f64).max_ulps, std::ldexp(1, 26));
  EXPECT_EQ(Tolerance::standard(DType::f32).max_ulps, std::ldexp(1, 12));
  EXPECT_FALSE(Tolerance::standard(DType::f64).relative.has_value());
  EXPECT_NEAR(full_digits(DType::f64), 15.95, 0.01);
  EXPECT_NEAR(full_digits(DType::f32), 7.22, 0.01);
}

TEST(Judge, AnUlpIsTheDistanceOfNeighbours) {
  EXPECT_EQ(ulp(DType::f64, 1), 2 * u64);
  EXPECT_EQ(ulp(DType::f64, -1), 2 * u64);
  EXPECT_EQ(ulp(DType::f32, 1), 2 * u32);
  EXPECT_EQ(ulp(DType::f64, 0), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(ulp(DType::f32, 0), 0x1p-149);
  EXPECT_EQ(ulp(DType::f32, 1e-300), 0x1p-149);
  EXPECT_TRUE(std::isfinite(ulp(DType::f64, 1.7e308)));
  EXPECT_EQ(ulp(DType::f32, 3e38), std::ldexp(1, 104));
  EXPECT_EQ(ulp(DType::f32, 1e300), std::ldexp(1, 104));
  EXPECT_EQ(ulp(DType::f32, 0x1p126), std::ldexp(1, 103));
}

TEST(Judge, PassesWithinBarAndToleranceAndFailsBeyond) {
  const double tolerance = 0x1p26 * 2 * u64, bar = 1e-10;
  EXPECT_EQ(judge64(1, smooth(1, bar)).verdict, Verdict::pass);
  EXPECT_EQ(judge64(1 + 0.99 * (bar + tolerance), smooth(1, bar)).verdict, Verdict::pass);
  const EntryVerdict wrong = judge64(1 + 1.01 * (bar + tolerance), smooth(1, bar));
  EXPECT_EQ(wrong.verdict, Verdict::fail);
  EXPECT_EQ(wrong.finding, Finding::disagrees);
  EXPECT_NEAR(wrong.digits, -std::log10(1.01 * (bar + tolerance)), 1e-6);
  EXPECT_EQ(judge64(1 - 1.01 * (bar + tolerance), smooth(1, bar)).verdict, Verdict::fail);
}

TEST(Judge, TheBarWidensWhatPasses) {
  EXPECT_EQ(judge64(1 + 5e-6, smooth(1, 1e-5)).verdict, Verdict::pass);
  EXPECT_EQ(judge64(1 + 2e-5, smooth(1, 1e-5)).verdict, Verdict::fail);
}

TEST(Judge, ToleranceFollowsTheSizeOfTheTruth) {
  EXPECT_EQ(judge64(1e-30 * (1 + 1e-6), smooth(1e-30, 1e-40)).verdict, Verdict::fail);
  EXPECT_EQ(judge64(1e30 * (1 + 1e-9), smooth(1e30, 1e15)).verdict, Verdict::pass);
  EXPECT_EQ(judge64(0, smooth(1e-30, 1e-40)).verdict, Verdict::fail);
  EXPECT_EQ(judge64(-1, smooth(1, 1e-12)).verdict, Verdict::fail);
}

TEST(Judge, ARelativeToleranceReplacesTheStandardOne) {
  const Tolerance loose{0, 0.1}, strict{0, 1e-12};
  EXPECT_EQ(judge64(1.09, smooth(1, 1e-12), loose).verdict, Verdict::pass);
  EXPECT_EQ(judge64(1.11, smooth(1, 1e-12), loose).verdict, Verdict::fail);
  EXPECT_EQ(judge64(1 + 1e-10, smooth(1, 1e-13), strict).verdict, Verdict::fail);
  EXPECT_EQ(judge64(1 + 1e-13, smooth(1, 1e-13), strict).verdict, Verdict::pass);
  EXPECT_EQ(judge32(1.09, 1.09, smooth(1, 1e-12)).verdict, Verdict::fail);
  EXPECT_EQ(judge({1.09, 1.05, false}, smooth(1, 1e-12), loose, DType::f32).verdict, Verdict::pass);
}

TEST(Judge, NotANumberFailsWhereTheTruthIsFinite) {
  for (const double g : {nan, inf, -inf})
    for (const Truth& truth : {smooth(1, 1e-12), smooth(0, 0), smooth(1, 1e300), kink(0, 1, 1e-12)})
      for (const bool is_engine : {false, true}) {
        const bool overflow = is_engine && std::isinf(g) && truth.estimate.value == 1;
        if (overflow) continue;
        const EntryVerdict wrong = judge64(g, truth, Tolerance::standard(DType::f64), is_engine);
        EXPECT_EQ(wrong.verdict, Verdict::fail) << g;
        EXPECT_EQ(wrong.finding, Finding::not_a_number) << g;
      }
}

TEST(Judge, AnEnginesInfinityIsAnOverflowWhereTheTruthIsNotZero) {
  for (const double g : {inf, -inf}) {
    const EntryVerdict overflow =
        judge64(g, smooth(1, 1e-12), Tolerance::standard(DType::f64), true);
    EXPECT_EQ(overflow.verdict, Verdict::inaccurate) << g;
    EXPECT_EQ(overflow.finding, Finding::lost_digits) << g;
    EXPECT_THAT(overflow.reason, HasSubstr("overflows"));
  }
}

TEST(Judge, AnEnginesSlopeOnAKinkIsAConvention) {
  Truth truth = smooth(1, 1e-12);
  truth.estimate.on_kink = true;
  const Tolerance half = Tolerance::standard(DType::f64);
  EXPECT_EQ(judge64(0, truth, half, true).verdict, Verdict::inconclusive);
  EXPECT_EQ(judge64(0, truth, half, true).finding, Finding::kink);
  EXPECT_EQ(judge64(0, truth, half, false).verdict, Verdict::fail);
  EXPECT_EQ(judge64(1, truth, half, true).verdict, Verdict::pass);
}

TEST(Judge, AWideBarIsInconclusive) {
  EXPECT_EQ(judge64(1, smooth(1, 0.9e-4)).verdict, Verdict::pass);
  const EntryVerdict wide = judge64(1, smooth(1, 1.1e-4));
  EXPECT_EQ(wide.verdict, Verdict::inconclusive);
  EXPECT_EQ(wide.finding, Finding::unresolved);
  EXPECT_THAT(wide.reason, HasSubstr("1.1e-04"));
  EXPECT_EQ(judge64(1, smooth(1, inf)).verdict, Verdict::inconclusive);
  EXPECT_EQ(judge64(1e300, smooth(1, inf)).verdict, Verdict::inconclusive);
  EXPECT_EQ(judge64(3, smooth(1, 1.1e-4)).verdict, Verdict::fail);
}

TEST(Judge, ZeroIsBelievedToASmallFractionOfTheScale) {
  EXPECT_EQ(judge64(0, smooth(0, 0)).verdict, Verdict::pass);
  EXPECT_EQ(judge64(-0.0, smooth(0, 0)).verdict, Verdict::pass);
  EXPECT_EQ(judge64(5e-324, smooth(0, 0)).verdict, Verdict::pass);
  const auto stationary = [](double value, double bar) {
    return with_paths(smooth(value, bar, 1), 0);
  };
  EXPECT_EQ(judge64(0, stationary(0, 60 * u64)).verdict, Verdict::pass);
  EXPECT_EQ(judge64(0, stationary(0, 0.99 * 0x1p-26)).verdict, Verdict::pass);
  EXPECT_EQ(judge64(0, stationary(1e-10, 1e-9)).verdict, Verdict::pass);
  EXPECT_EQ(judge64(0, stationary(0, 1.01 * 0x1p-26)).verdict, Verdict::inconclusive);
  EXPECT_EQ(judge64(30 * u64, smooth(0, 30 * u64, 1)).verdict, Verdict::inconclusive);
  EXPECT_EQ(judge64(1e-12, smooth(0, 1e-15, 1)).verdict, Verdict::fail);
  EXPECT_EQ(judge64(1e-12, smooth(0, 1e-15, 1e3)).verdict, Verdict::inconclusive);
  EXPECT_EQ(judge64(0, smooth(0, 1e-320)).verdict, Verdict::pass);
  EXPECT_EQ(judge64(1e-310, smooth(0, 1e-320)).verdict, Verdict::fail);
}

TEST(Judge, DigitsCountTheErrorAndTheBar) {
  EXPECT_NEAR(judge64(1 + 1e-10, smooth(1, 1e-10)).digits, -std::log10(2e-10), 1e-6);
  EXPECT_NEAR(judge64(2, smooth(2, 0)).digits, full_digits(DType::f64), 1e-12);
  EXPECT_NEAR(judge64(1, smooth(1, 0.9e-4)).digits, 4.05, 0.01);
  EXPECT_EQ(judge64(5, smooth(1, 1e-12)).digits, 0);
}

TEST(Judge, FloatIsJudgedByItsRuleInDoubleFirst) {
  EXPECT_EQ(judge32(1.0001F, 1, smooth(1, 1e-12)).verdict, Verdict::pass);
  // A slip of 1e-6 is within float's tolerance, but not a rule's.
  EXPECT_EQ(judge32(1.000001F, 1.000001, smooth(1, 1e-12)).verdict, Verdict::fail);
  EXPECT_EQ(judge32(1, 1.000001, smooth(1, 1e-12)).finding, Finding::disagrees);
}

TEST(Judge, FloatThatLostItsDigitsIsInaccurate) {
  const double tolerance = 0x1p12 * 2 * u32;
  EXPECT_EQ(judge32(1 + 0.99 * tolerance, 1, smooth(1, 1e-12)).verdict, Verdict::pass);
  const EntryVerdict lost = judge32(1 + 1.01 * tolerance, 1, smooth(1, 1e-12));
  EXPECT_EQ(lost.verdict, Verdict::inaccurate);
  EXPECT_EQ(lost.finding, Finding::lost_digits);
  EXPECT_NEAR(lost.digits, -std::log10(1.01 * tolerance), 1e-6);
  for (const double value : {nan, inf, 0.0})
    EXPECT_EQ(judge32(value, 1, smooth(1, 1e-12)).verdict, Verdict::inaccurate) << value;
  EXPECT_EQ(judge32(nan, 1, smooth(1, 1e-12)).digits, 0);
}

TEST(Judge, ZeroIsNotBelievedInASaturatedTail) {
  // sigmoid at 40: the slope is 4e-18, and differences see 0 ± 1e-17.
  EXPECT_EQ(judge64(0, smooth(0, 1e-17, 0.01)).verdict, Verdict::inconclusive);
  EXPECT_EQ(judge64(0, with_paths(smooth(0, 1e-17, 0.01), 4.2e-18)).verdict, Verdict::inconclusive);
  Truth relu = smooth(0, 1e-17, 0.01);
  relu.flat = true;
  EXPECT_EQ(judge64(0, relu).verdict, Verdict::pass);
}

TEST(Judge, RoundingOfTermsThatCancelIsNoFailureButLosesDigits) {
  const double truth = 1e-9;
  EXPECT_EQ(judge64(truth + 60 * u64, with_paths(smooth(truth, 1e-18), 1)).verdict,
            Verdict::inaccurate);
  EXPECT_EQ(judge64(truth + 70 * u64, with_paths(smooth(truth, 1e-18), 1)).verdict, Verdict::fail);
  EXPECT_EQ(judge64(3 * truth, with_paths(smooth(truth, 1e-18), truth)).verdict, Verdict::fail);
}

TEST(Judge, FloatMayRoundASumThatCancelsToZero) {
  // The derivative is 0 as far as anyone can tell, and is a sum of terms of size 1.
  const Truth cancels = with_paths(smooth(0, 1e-15, 1), 1);
  EXPECT_EQ(judge32(60 * u32, 0, cancels).verdict, Verdict::pass);
  EXPECT_EQ(judge32(70 * u32, 0, cancels).verdict, Verdict::inaccurate);
  EXPECT_EQ(judge32(60 * u32, 1e-17, cancels).verdict, Verdict::pass);
  EXPECT_EQ(judge32(60 * u32, 1e-17, smooth(0, 1e-15, 1)).verdict, Verdict::inconclusive);
  EXPECT_EQ(judge32(60 * u32, 0, smooth(0, 0, 0)).verdict, Verdict::inaccurate);
  // It is 1e-9 and not 0: what float makes of it is noise.
  EXPECT_EQ(judge32(60 * u32, 1e-9, smooth(1e-9, 1e-15, 1)).verdict, Verdict::inaccurate);
}

TEST(Judge, EveryNumberOfTheHullIsRightAtAKink) {
  for (const double g : {0.0, 0.5, 1.0, 1 + 1e-13})
    EXPECT_EQ(judge64(g, kink(0, 1, 1e-12)).verdict, Verdict::pass) << g;
  for (const double g : {-1.0, 0.0, 1.0})
    EXPECT_EQ(judge64(g, kink(1, -1, 1e-12)).verdict, Verdict::pass) << g;
  const EntryVerdict outside = judge64(1.5, kink(0, 1, 1e-12));
  EXPECT_EQ(outside.verdict, Verdict::fail);
  EXPECT_EQ(outside.finding, Finding::disagrees);
  EXPECT_THAT(outside.reason, HasSubstr("one-sided derivatives are 0 and 1"));
  EXPECT_EQ(judge64(-0.1, kink(0, 1, 1e-12)).verdict, Verdict::fail);
}

TEST(Judge, AnEnginesConventionOutsideTheHullIsInconclusive) {
  const Tolerance standard = Tolerance::standard(DType::f64);
  const EntryVerdict convention = judge64(0, kink(1, 2, 1e-12), standard, true);
  EXPECT_EQ(convention.verdict, Verdict::inconclusive);
  EXPECT_EQ(convention.finding, Finding::kink);
  EXPECT_THAT(convention.reason, HasSubstr("convention"));
  EXPECT_EQ(judge64(1.5, kink(1, 2, 1e-12), standard, true).verdict, Verdict::pass);
}

TEST(Judge, AWideBarAtAKinkIsInconclusiveToo) {
  EXPECT_EQ(judge64(0.5, kink(0, 1, 0.5e-4)).verdict, Verdict::pass);
  const EntryVerdict wide = judge64(0.5, kink(0, 1, 10));
  EXPECT_EQ(wide.verdict, Verdict::inconclusive);
  EXPECT_EQ(wide.finding, Finding::unresolved);
  EXPECT_EQ(judge64(50, kink(0, 1, 10)).verdict, Verdict::fail);
}

TEST(Judge, FloatAtAKinkIsJudgedByItsRuleAndItsDigits) {
  EXPECT_EQ(judge32(1, 1, kink(0, 1, 1e-12)).verdict, Verdict::pass);
  EXPECT_EQ(judge32(1.00001F, 1.00001, kink(0, 1, 1e-12)).verdict, Verdict::fail);
  EXPECT_EQ(judge32(0.9, 0.5, kink(0, 1, 1e-12)).verdict, Verdict::inaccurate);
  EXPECT_EQ(judge32(nan, 0.5, kink(0, 1, 1e-12)).verdict, Verdict::inaccurate);
}

TEST(Judge, NoiseProvesNothing) {
  Truth noisy = smooth(1, 0.5);
  noisy.estimate.status = EstimateStatus::noise;
  noisy.estimate.reason = "the values are noisy";
  const EntryVerdict right = judge64(1, noisy);
  EXPECT_EQ(right.verdict, Verdict::inconclusive);
  EXPECT_EQ(right.finding, Finding::unresolved);
  EXPECT_EQ(right.reason, "the values are noisy");
  EXPECT_EQ(judge64(1.4, noisy).verdict, Verdict::inconclusive);
  EXPECT_EQ(judge64(1.6, noisy).verdict, Verdict::inconclusive);
}

TEST(Judge, JumpsEdgesAndUndefinedPointsAreInconclusive) {
  const std::pair<EstimateStatus, Finding> cases[] = {
      {EstimateStatus::jump, Finding::jump},
      {EstimateStatus::edge, Finding::edge},
      {EstimateStatus::undefined, Finding::undefined},
  };
  for (const auto& [status, finding] : cases)
    for (const double g : {0.0, 1e300, nan}) {
      const EntryVerdict verdict = judge64(g, of_status(status, "why"));
      EXPECT_EQ(verdict.verdict, Verdict::inconclusive);
      EXPECT_EQ(verdict.finding, finding);
      EXPECT_EQ(verdict.reason, "why");
    }
}

}  // namespace
}  // namespace verigrad::gradcheck
