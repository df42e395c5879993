#include <gtest/gtest.h>

#include <cmath>

#include "gradcheck/numeric.hpp"
#include "tests/gradcheck/ball.hpp"

namespace verigrad::gradcheck {
namespace {

using test::Ball;

Surface surface(double (*f)(double, double)) {
  return [f](double s, double t, std::span<double> values) {
    values[0] = f(s, t);
    return PathPoint{};
  };
}

void expect_covered(const Estimate& found, const Ball& truth, double relative_bar) {
  EXPECT_EQ(found.status, EstimateStatus::ok) << found.reason;
  EXPECT_LE(truth.distance(found.value), found.error_bar)
      << found.value << " truth " << truth.value();
  EXPECT_LE(found.error_bar, relative_bar * std::max(std::fabs(truth.value()), 1e-3));
}

TEST(NumericSecond, MixedPartialsAreCovered) {
  for (const double s : {0.3, 1.7, -2.2}) {
    for (const double t : {0.9, 2.4, 0.05}) {
      const Ball x(s);
      const Ball y(t);
      expect_covered(
          differentiate_mixed(surface([](double a, double b) { return std::sin(a * b); }), s, t, 1)
              .front(),
          cos(x * y) - x * y * sin(x * y), 1e-6);
      expect_covered(
          differentiate_mixed(surface([](double a, double b) { return std::exp(a) * std::log(b); }),
                              s, t, 1)
              .front(),
          exp(x) / y, 1e-6);
      expect_covered(differentiate_mixed(
                         surface([](double a, double b) { return a * a * b * b * b; }), s, t, 1)
                         .front(),
                     Ball(6.0) * x * y * y, 1e-6);
    }
  }
}

TEST(NumericSecond, MixedPartialOfASumIsZero) {
  const Estimate found =
      differentiate_mixed(surface([](double a, double b) { return std::sin(a) + std::exp(b); }),
                          0.3, 0.9, 1)
          .front();
  EXPECT_LE(std::fabs(found.value), found.error_bar);
  EXPECT_LE(found.error_bar, 1e-8);
}

TEST(NumericSecond, SecondDerivativesAreCovered) {
  const Path path = [](double t, std::span<double> values) {
    values[0] = std::exp(t);
    values[1] = std::sin(t);
    values[2] = t * t * t;
    values[3] = std::log(t);
    return PathPoint{t > 0, 0};
  };
  for (const double x : {0.02, 0.7, 3.0, 25.0}) {
    const auto found = differentiate_twice(path, x, 4);
    const Ball t(x);
    expect_covered(found[0], exp(t), 1e-6);
    expect_covered(found[1], -sin(t), 1e-6);
    expect_covered(found[2], Ball(6.0) * t, 1e-6);
    expect_covered(found[3], -Ball(1.0) / (t * t), 1e-6);
  }
}

TEST(NumericSecond, SlipOfOneInAMillionIsSeen) {
  const Estimate found =
      differentiate_mixed(surface([](double a, double b) { return std::exp(a * b); }), 0.8, 0.6, 1)
          .front();
  const Ball xy = Ball(0.8) * Ball(0.6);
  const double truth = (exp(xy) * (Ball(1.0) + xy)).value();
  EXPECT_EQ(found.excess(truth), 0);
  EXPECT_GT(found.excess(truth * (1 + 1e-6)), 0);
}

TEST(NumericSecond, KinkOfTheFirstDerivativeIsAKinkOfTheSecond) {
  const Path path = [](double t, std::span<double> values) {
    values[0] = t > 1 ? (t - 1) * (t - 1) : 0;
    return PathPoint{};
  };
  const Estimate found = differentiate_twice(path, 1.0, 1).front();
  EXPECT_NE(found.status, EstimateStatus::ok) << found.value << " +- " << found.error_bar;
}

}  // namespace
}  // namespace verigrad::gradcheck
