// Slopes of float functions by least squares, beside derivatives from calculus.
#include "gradcheck/slope_fit.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "gradcheck/check.hpp"
#include "gradcheck/differences.hpp"

namespace verigrad::gradcheck {
namespace {

using detail::Cloud;
using detail::cloud_around;

template <class F>
Path float_path(F f) {
  return [f](double t, std::span<double> values) {
    values[0] = static_cast<double>(f(static_cast<float>(t)));
    return PathPoint{};
  };
}

NumericOptions floats_in(double lower, double upper) {
  NumericOptions known;
  known.lower = lower;
  known.upper = upper;
  known.unit_roundoff = 0x1p-24;
  known.float_coordinates = true;
  return known;
}

TEST(SlopeFit, AveragesRoundingThatHidesTheSlope) {
  // A value of 100 is known to 2^-18; d/dx (100 + 1e-4 sin x) is at most 1e-4.
  const Path path = float_path([](float x) { return 100 + 1e-4F * std::sin(x); });
  for (const double x : {0.25, -1.125, 2.5}) {
    const Cloud cloud = cloud_around(path, x, 1, floats_in(-4, 4), {1e-3, 8});
    const auto fit = fit_slope(cloud, 0, {0, 0x1p-24, 0});
    ASSERT_TRUE(fit) << x;
    EXPECT_LE(std::abs(fit->value - 1e-4 * std::cos(x)), fit->bar) << x;
    EXPECT_LT(fit->bar, 5e-5) << x;
  }
}

TEST(SlopeFit, KeepsToTheDomain) {
  double least = 1, most = 0;
  const Path path = [&](double t, std::span<double> values) {
    least = std::min(least, t);
    most = std::max(most, t);
    values[0] = t;
    return PathPoint{};
  };
  cloud_around(path, 0.25, 1, floats_in(0.125, 1), {1e-3, 0.75});
  EXPECT_EQ(least, 0.125);
  EXPECT_EQ(most, 1);
}

TEST(SlopeFit, BelievesNoNarrowWindowThatMayLieOnOneStair) {
  // e^x moves in stairs of 2^-23 around x = 0.0122: over 32 floats only 1 / x moves.
  const float x = 0.0122F;
  const Path path = float_path([](float t) { return (std::exp(t) - 1) / t; });
  const detail::CloudRange narrow{1e-9, 5e-8};
  const Cloud cloud = cloud_around(path, x, 1, floats_in(0.01, 0.5), narrow);
  const auto believed = fit_slope(cloud, 0, {0, 0x1p-24, 0});
  ASSERT_TRUE(believed);
  EXPECT_GT(std::abs(believed->value - 0.504), believed->bar);
  EXPECT_FALSE(fit_slope(cloud, 0, {0, 0x1p-24, 1e-6}));
}

TEST(SlopeFit, DecidesFloatDerivativesThatDifferencesLeaveOpen) {
  const auto f = [](const Eigen::Vector2f& x) { return 300 * x[0] + std::cos(x[1]) / 64; };
  const Eigen::Vector2f x(1, 0.5F);
  const CheckOptions box{.lower = {-2, -3}, .upper = {2, 3}};
  const Eigen::Vector2f right(300, -std::sin(0.5F) / 64), wrong(300, -std::sin(0.5F) / 48);
  const auto by_value = [](const Eigen::Vector2f& g) {
    return [g](const Eigen::Vector2f&) { return g; };
  };
  EXPECT_EQ(check_gradient(f, by_value(right), x, box).verdict, Verdict::pass);
  EXPECT_EQ(check_gradient(f, by_value(wrong), x, box).verdict, Verdict::fail);
}

TEST(SlopeFit, KeepsToTheLimitOfEvaluations) {
  const auto f = [](float x) { return 300 + std::cos(x) / 512; };
  const auto calls = [&](int limit) {
    return check_gradient(f, -std::sin(0.5F) / 512, 0.5F,
                          {.lower = {-3}, .upper = {3}, .max_evaluations = limit})
        .evaluations;
  };
  EXPECT_LE(calls(200), 200);
  EXPECT_GT(calls(100'000), 200);
}

TEST(Differences, SeeASteepPlaceBesideTheEndOfADomainThatSpansScales) {
  // 3 m a^2 / w + k of FPTaylor's dqmom9, with w in [1e-5, 1]: the slope -3 m a^2 / w^2 moves the
  // value by no more than its rounding, and 0.4 further out there is none.
  const double m = -2.2361414266924839e-06, a = 1.7497679436928593e-05;
  const double w = 0.00020689617667812854, k = -550.78;
  const Path path = [&](double t, std::span<double> values) {
    values[0] = 3 * m * a * a / t + k;
    return PathPoint{};
  };
  NumericOptions known;
  known.lower = 1e-5;
  known.upper = 1;
  known.noise_floor = 1e-12;
  const Estimate r = differentiate(path, w, 1, known)[0];
  EXPECT_LE(std::abs(r.value + 3 * m * a * a / (w * w)), 3 * r.error_bar);
}

}  // namespace
}  // namespace verigrad::gradcheck
