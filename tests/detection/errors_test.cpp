// The gradients that are put before the checkers, and the points at which.
#include "tests/detection/errors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/detection/cores.hpp"

namespace verigrad::detection {
namespace {

using proof::Ball;

TEST(DetectionErrors, RoundOnce) {
  // 1 + 2^-24 + 2^-60 lies above the midpoint of 1 and its float successor; by way of the nearest
  // double, which is that midpoint, it would come out as 1.
  const Ball above = Ball(1) + Ball(1).scaled(-24) + Ball(1).scaled(-60);
  EXPECT_EQ(rounded(above, DType::f32), 1 + 0x1p-23);
  EXPECT_EQ(rounded(above, DType::f64), 1 + 0x1p-24);
  EXPECT_EQ(rounded(Ball::literal("0.1"), DType::f64), 0.1);
  EXPECT_EQ(rounded(Ball::literal("0.1"), DType::f32), static_cast<double>(0.1F));
}

TEST(DetectionErrors, MultiplyEveryEntryOrZeroOne) {
  const std::vector<Ball> truth{Ball(4), Ball(0), Ball(-8)};
  for (const Error& error : errors_of(DType::f64)) {
    Random random(1);
    const auto wrong = wrong_gradient(truth, DType::f64, error, random);
    ASSERT_TRUE(wrong) << error.name;
    const std::vector<double>& g = wrong->tested;
    if (error.slip.empty()) {
      EXPECT_TRUE(g == std::vector<double>({0, 0, -8}) || g == std::vector<double>({4, 0, 0}));
      continue;
    }
    const double slip = std::stod(std::string(error.slip));
    EXPECT_NEAR(g[0] / 4 - 1, slip, 0x1p-53) << error.name;
    EXPECT_EQ(g[1], 0);
    EXPECT_EQ(g[2], -2 * g[0]);
  }
}

TEST(DetectionErrors, LeaveOutWhatRoundsToTheRightGradient) {
  Random random(1);
  for (const Error& error : errors_of(DType::f64))
    EXPECT_FALSE(wrong_gradient({Ball(0)}, DType::f64, error, random)) << error.name;
  const Error tiny{"1e-8", "1e-8"};
  EXPECT_FALSE(wrong_gradient({Ball(1)}, DType::f32, tiny, random));
  EXPECT_TRUE(wrong_gradient({Ball(1)}, DType::f64, tiny, random));
}

TEST(DetectionCores, AreSmoothFunctionsOfDifferentBodiesOnBoxes) {
  const std::vector<Core> cores = bounded_smooth_cores(DType::f64);
  EXPECT_EQ(cores.size(), bounded_smooth_cores(DType::f32).size());
  const auto named = [&](std::string_view name) {
    return std::ranges::find(cores, name, &Core::name);
  };
  ASSERT_NE(named("doppler1"), cores.end());
  EXPECT_FALSE(named("doppler1")->exact_numbers);     // 331.4
  EXPECT_EQ(named("doppler2"), cores.end());          // doppler1's body
  EXPECT_EQ(named("squareRoot3"), cores.end());       // an if
  EXPECT_EQ(named("NMSE example 3.1"), cores.end());  // unbounded
  ASSERT_NE(named("logexp"), cores.end());
  EXPECT_TRUE(named("logexp")->exact_numbers);
}

TEST(DetectionCores, ArePutAtPointsOfTheirBoxes) {
  for (const Core& core : bounded_smooth_cores(DType::f64)) {
    if (core.name != "logexp") continue;  // x in [-8, 8]
    runner::Sample sample = sample_of(core);
    double least = 8, most = 0;
    bool below = false, above = false;
    for (int i = 0; i < 200; ++i) {
      Random random = Random::stream(3, i);
      const CorePoint point = draw_point(sample, Sampling::log_uniform, random);
      ASSERT_EQ(point.drawn, Drawn::taken);
      const double x = sample.point[0][0];
      // The derivative of log(1 + exp(x)), written out.
      EXPECT_NEAR(point.gradient[0].midpoint(), 1 / (1 + std::exp(-x)), 1e-15);
      least = std::min(least, std::abs(x));
      most = std::max(most, std::abs(x));
      (x < 0 ? below : above) = true;
    }
    EXPECT_LT(least, 1e-6);
    EXPECT_GT(most, 1);
    EXPECT_LE(most, 8);
    EXPECT_TRUE(below && above);
  }
}

}  // namespace
}  // namespace verigrad::detection
