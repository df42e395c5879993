#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "gradcheck/numeric.hpp"
#include "tests/gradcheck/ball.hpp"

namespace verigrad::gradcheck {
namespace {

using test::Ball;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double unit = 0x1p-53;

/// A composite, its derivative in Arb, and what the rounding of intermediate values does to it.
struct Composite {
  std::string name;
  std::function<double(double)> f;
  std::function<Ball(const Ball&)> derivative;
  std::function<double(double)> noise;
  std::vector<double> points;
};

Ball one_over(const Ball& x) { return Ball(1.0) / x; }

std::vector<Composite> composites() {
  const auto cube = [](double t) { return std::sin(30 * t * t * t); };
  const auto logistic = [](double t) { return 1 / (1 + std::exp(-200 * (t - 1))); };
  const auto leaky = [](double t) { return t > 0 ? t : 0.01 * t; };
  return {
      {"sin(30 x^3)",
       cube,
       [](const Ball& x) { return Ball(90.0) * x * x * cos(Ball(30.0) * x * x * x); },
       [](double t) { return unit * 90 * std::fabs(t * t * t * std::cos(30 * t * t * t)); },
       {771.5378951882706, 961.1364643095233, -612.25, 120.5, 40.125}},
      {"cos(exp(x))",
       [](double t) { return std::cos(std::exp(t)); },
       [](const Ball& x) { return -exp(x) * sin(exp(x)); },
       [](double t) { return unit * std::fabs(std::exp(t) * std::sin(std::exp(t))); },
       {59.24054717018577, 33.3, 22.7, 12.1}},
      {"sin(exp(x))",
       [](double t) { return std::sin(std::exp(t)); },
       [](const Ball& x) { return exp(x) * cos(exp(x)); },
       [](double t) { return unit * std::fabs(std::exp(t) * std::cos(std::exp(t))); },
       {15.0, 17.71, 20.03, 22.4, 24.9}},
      {"sin(1e9 x)",
       [](double t) { return std::sin(1e9 * t); },
       [](const Ball& x) { return Ball(1e9) * cos(Ball(1e9) * x); },
       [](double t) { return unit * std::fabs(1e9 * t * std::cos(1e9 * t)); },
       {1.0, 1.1234567, 1.37, 1.618, 1.93}},
      {"sin(1e12 x)",
       [](double t) { return std::sin(1e12 * t); },
       [](const Ball& x) { return Ball(1e12) * cos(Ball(1e12) * x); },
       [](double t) { return unit * std::fabs(1e12 * t * std::cos(1e12 * t)); },
       {1.0, 1.1234567, 1.37, 1.618, 1.93}},
      {"sin(x^5)",
       [](double t) { return std::sin(t * t * t * t * t); },
       [](const Ball& x) { return Ball(5.0) * x * x * x * x * cos(x * x * x * x * x); },
       [](double t) { return 5 * unit * std::fabs(std::pow(t, 5) * std::cos(std::pow(t, 5))); },
       {987.654321, -999.0, 512.3, 101.7, -33.3}},
      {"sin(x^2)",
       [](double t) { return std::sin(t * t); },
       [](const Ball& x) { return Ball(2.0) * x * cos(x * x); },
       [](double t) { return unit * std::fabs(t * t * std::cos(t * t)); },
       {56103.87, 1234.5, 998001.3}},
      {"x + 1e-3 sin(1e8 x)",
       [](double t) { return t + 1e-3 * std::sin(1e8 * t); },
       [](const Ball& x) { return Ball(1.0) + Ball(1e-3) * Ball(1e8) * cos(Ball(1e8) * x); },
       [](double t) { return unit * std::fabs(1e5 * t * std::cos(1e8 * t)) + 3 * unit * t; },
       {0.7, 1.3, 2.9}},
      {"sigmoid(200 (x - 1))",
       logistic,
       [](const Ball& x) {
         const Ball e = exp(Ball(-200.0) * (x - Ball(1.0)));
         return Ball(200.0) * e / ((Ball(1.0) + e) * (Ball(1.0) + e));
       },
       [](double t) { return 4 * unit + 0 * t; },
       {1.1781909552092011, 1.15, 1.1, 1.19, 0.9}},
      {"exp(-exp(x)^2)",
       [](double t) { return std::exp(-std::exp(t) * std::exp(t)); },
       [](const Ball& x) { return Ball(-2.0) * exp(Ball(2.0) * x) * exp(-exp(Ball(2.0) * x)); },
       [](double t) { return 4 * unit * std::exp(2 * t - std::exp(2 * t)); },
       {1.905, 1.7, 1.2}},
      {"log(1 + leaky(x)^2)",
       [=](double t) { return std::log(1 + leaky(t) * leaky(t)); },
       [](const Ball& x) {
         const Ball a = x.value() > 0 ? Ball(1.0) : Ball(0.01);
         return Ball(2.0) * a * a * x * one_over(Ball(1.0) + a * a * x * x);
       },
       [](double) { return 2 * unit; },
       {-8.084461e-06, -3.3e-5, -1e-4, 2e-8}},
  };
}

TEST(NumericComposite, NoBarExcludesTheTruth) {
  int cases = 0;
  for (const Composite& one : composites()) {
    for (const double x : one.points) {
      for (const bool told : {false, true}) {
        const bool two_sided_kink = one.name.find("leaky") != std::string::npos;
        const Path path = [&](double t, std::span<double> values) {
          values[0] = one.f(t);
          return PathPoint{true, two_sided_kink && t > 0 ? 1U : 0U};
        };
        NumericOptions options;
        if (told) options.noise_floors = {one.noise(x)};
        const Estimate found = differentiate(path, x, 1, options).front();
        const Ball truth = one.derivative(Ball(x));
        EXPECT_LE(truth.distance(found.value), found.error_bar)
            << one.name << " at " << x << (told ? " with" : " without")
            << " its noise: " << to_string(found.status) << ' ' << found.value << " +- "
            << found.error_bar << ", truth " << truth.value() << ", step " << found.step
            << ", noise " << found.noise;
        EXPECT_TRUE(found.status == EstimateStatus::ok || found.status == EstimateStatus::noise)
            << one.name << ' ' << to_string(found.status);
        if (told && (one.name == "sin(1e9 x)" || one.name == "sin(30 x^3)")) {
          EXPECT_EQ(found.status, EstimateStatus::ok) << one.name << " at " << x;
          EXPECT_LE(found.error_bar, 1e-3 * std::fabs(truth.value())) << one.name << " at " << x;
        }
        ++cases;
      }
    }
  }
  EXPECT_GE(cases, 80);
}

struct End {
  std::string name;
  double (*f)(double);
  int (*side)(double);
  double x, lower, upper, left, right;
};

int sign_of(double t) { return t > 0 ? 1 : t < 0 ? -1 : 0; }

TEST(NumericDomainEnd, KinkAtTheEndOfAStatedDomainIsAKink) {
  const End ends[] = {
      {"relu", [](double t) { return std::max(t, 0.0); }, sign_of, 0, 0, 5, 0, 1},
      {"abs", [](double t) { return std::fabs(t); }, sign_of, 0, 0, inf, -1, 1},
      {"abs from below", [](double t) { return std::fabs(t); }, sign_of, 0, -3, 0, -1, 1},
      {"maximum", [](double t) { return std::max(t, 0.0); }, [](double t) { return t > 0 ? 1 : 0; },
       0, 0, 1, 0, 1},
      {"clamp at 0", [](double t) { return std::min(std::max(t, 0.0), 6.0); }, sign_of, 0, 0, 6, 0,
       1},
      {"clamp at 6", [](double t) { return std::min(std::max(t, 0.0), 6.0); },
       [](double t) { return sign_of(t - 6); }, 6, 0, 6, 1, 0},
  };
  for (const End& end : ends) {
    const Path path = [&](double t, std::span<double> values) {
      values[0] = end.f(t);
      return PathPoint{true, static_cast<std::uint64_t>(end.side(t) + 1)};
    };
    NumericOptions options;
    options.lower = end.lower;
    options.upper = end.upper;
    const Estimate found = differentiate(path, end.x, 1, options).front();
    EXPECT_EQ(found.status, EstimateStatus::kink) << end.name << ' ' << found.reason;
    EXPECT_LE(std::fabs(found.left - end.left), found.error_bar + 1e-9) << end.name;
    EXPECT_LE(std::fabs(found.right - end.right), found.error_bar + 1e-9) << end.name;
    EXPECT_LE(found.error_bar, 1e-6) << end.name;
  }
}

TEST(NumericDomainEnd, KinkWithoutAnOutsideKeepsTheInsideSlopeAndIsMarked) {
  const Path path = [](double t, std::span<double> values) {
    values[0] = 3 * std::fabs(t);
    return PathPoint{t >= 0, static_cast<std::uint64_t>(t > 0 ? 1 : 0)};
  };
  NumericOptions options;
  options.lower = 0;
  const Estimate found = differentiate(path, 0, 1, options).front();
  EXPECT_EQ(found.status, EstimateStatus::ok) << found.reason;
  EXPECT_TRUE(found.on_kink);
  EXPECT_LE(std::fabs(found.value - 3), found.error_bar + 1e-12);
}

TEST(NumericDomainEnd, SmoothFunctionsAreNotAskedOutsideWhateverOtherOutputsAre) {
  const Path path = [](double t, std::span<double> values) {
    values[0] = std::exp(t);
    values[1] = std::fabs(t);
    if (t < 0) values[0] = 17;
    return PathPoint{true, static_cast<std::uint64_t>(sign_of(t) + 1)};
  };
  NumericOptions options;
  options.lower = 0;
  const Path smooth = [](double t, std::span<double> values) {
    EXPECT_GE(t, 0);
    values[0] = std::exp(t);
    return PathPoint{};
  };
  EXPECT_EQ(differentiate(smooth, 0, 1, options).front().status, EstimateStatus::ok);
  EXPECT_EQ(differentiate(path, 0, 2, options).back().status, EstimateStatus::kink);
}

}  // namespace
}  // namespace verigrad::gradcheck
