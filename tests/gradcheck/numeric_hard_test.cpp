#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numbers>
#include <ostream>
#include <string>

#include "gradcheck/numeric.hpp"
#include "tests/gradcheck/ball.hpp"

namespace verigrad::gradcheck {
namespace {

using test::Ball;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Path black_box(std::function<double(double)> f) {
  return [f = std::move(f)](double t, std::span<double> values) {
    values[0] = f(t);
    return PathPoint{};
  };
}

/// A path that tells its branch.
Path branched(std::function<double(double)> f, std::function<std::uint64_t(double)> branch) {
  return [f = std::move(f), branch = std::move(branch)](double t, std::span<double> values) {
    values[0] = f(t);
    return PathPoint{true, branch(t)};
  };
}

Estimate estimate(const Path& path, double x, const NumericOptions& options = {}) {
  return differentiate(path, x, 1, options).front();
}

/// Deterministic noise in [-size, size], a hash of the argument's bits.
double hashed_noise(double t, double size) {
  std::uint64_t z = std::bit_cast<std::uint64_t>(t) + 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  z ^= z >> 31U;
  return size * (static_cast<double>(z >> 11U) * 0x1p-52 - 1);
}

/// A name for GoogleTest: letters, digits and underscores.
template <typename Case>
std::string name_of(const testing::TestParamInfo<Case>& one) {
  std::string name;
  for (const char c : one.param.name) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

struct Hard {
  std::string name;
  std::function<double(double)> f;
  double x;
  Ball truth;
  double relative_bar;  ///< the estimate has to be at least this sharp

  friend void PrintTo(const Hard& hard, std::ostream* out) { *out << hard.name; }
};

std::vector<Hard> correct_and_often_rejected() {
  const Ball point7(0.7);
  return {
      {"log at 1e-3", [](double t) { return std::log(t); }, 1e-3, Ball(1.0) / Ball(1e-3), 1e-9},
      {"sqrt at 1e-6", [](double t) { return std::sqrt(t); }, 1e-6, Ball(0.5) / sqrt(Ball(1e-6)),
       1e-9},
      {"sin(1000 x) at 1", [](double t) { return std::sin(1000 * t); }, 1.0,
       Ball(1000.0) * cos(Ball(1000.0)), 1e-7},
      {"sin(377 x) at 1", [](double t) { return std::sin(377 * t); }, 1.0,
       Ball(377.0) * cos(Ball(377.0)), 1e-8},
      {"exp at 30", [](double t) { return std::exp(t); }, 30.0, exp(Ball(30.0)), 1e-9},
      {"1/x at 1e-4", [](double t) { return 1 / t; }, 1e-4, -Ball(1.0) / (Ball(1e-4) * Ball(1e-4)),
       1e-9},
      {"1/x at 1e-5", [](double t) { return 1 / t; }, 1e-5, -Ball(1.0) / (Ball(1e-5) * Ball(1e-5)),
       1e-9},
      {"1e-12 sin at 0.7", [](double t) { return 1e-12 * std::sin(t); }, 0.7,
       Ball(1e-12) * cos(point7), 1e-9},
      {"sin with noise 1e-9", [](double t) { return std::sin(t) + hashed_noise(t, 1e-9); }, 0.7,
       cos(point7), 1e-5},
      {"sin rounded to float",
       [](double t) { return static_cast<double>(static_cast<float>(std::sin(t))); }, 0.7,
       cos(point7), 1e-4},
      {"sin rounded to 7 decimals",
       [](double t) { return std::nearbyint(std::sin(t) * 1e7) / 1e7; }, 0.7, cos(point7), 1e-4},
      {"3x + 1", [](double t) { return 3 * t + 1; }, 0.7, Ball(3.0), 1e-12},
      {"exp(-x / 1e6) at 1", [](double t) { return std::exp(-t / 1e6); }, 1.0,
       -exp(Ball(-1.0) / Ball(1e6)) / Ball(1e6), 1e-8},
      {"exp(-x / 1e6) at 1e-9", [](double t) { return std::exp(-t / 1e6); }, 1e-9,
       -exp(Ball(-1e-9) / Ball(1e6)) / Ball(1e6), 1e-8},
      {"exp at 1e-300", [](double t) { return std::exp(t); }, 1e-300, Ball(1.0), 1e-10},
      {"exp at 0", [](double t) { return std::exp(t); }, 0.0, Ball(1.0), 1e-10},
      {"1/(x + 1e-5) at 0", [](double t) { return 1 / (t + 1e-5); }, 0.0,
       -Ball(1.0) / (Ball(1e-5) * Ball(1e-5)), 1e-9},
      {"log(x + 1e-10) at 0", [](double t) { return std::log(t + 1e-10); }, 0.0,
       Ball(1.0) / Ball(1e-10), 1e-7},
      {"cancellation (1e8 + x) - 1e8", [](double t) { return (1e8 + t) - 1e8; }, 0.7, Ball(1.0),
       1e-6},
      {"cancellation (exp(x) - 1) / x at 1e-5", [](double t) { return (std::exp(t) - 1) / t; },
       1e-5, (exp(Ball(1e-5)) * (Ball(1e-5) - Ball(1.0)) + Ball(1.0)) / (Ball(1e-5) * Ball(1e-5)),
       1e-3},
      {"cancellation (1 - cos x) / x^2 at 0.01",
       [](double t) { return (1 - std::cos(t)) / (t * t); }, 0.01,
       (Ball(0.01) * sin(Ball(0.01)) + Ball(2.0) * cos(Ball(0.01)) - Ball(2.0)) /
           (Ball(0.01) * Ball(0.01) * Ball(0.01)),
       1e-3},
      {"sin(1e7 x) at 1", [](double t) { return std::sin(1e7 * t); }, 1.0,
       Ball(1e7) * cos(Ball(1e7)), 1e-6},
      {"narrow bell", [](double t) { return std::exp(-std::pow((t - 1) / 1e-4, 2)); }, 1.00005,
       [] {
         const Ball z = (Ball(1.00005) - Ball(1.0)) / Ball(1e-4);
         return -(z + z) / Ball(1e-4) * exp(-(z * z));
       }(),
       1e-7},
      {"acosh at 1 + 1e-9", [](double t) { return std::acosh(t); }, 1 + 1e-9,
       Ball(1.0) / sqrt(Ball(1 + 1e-9) * Ball(1 + 1e-9) - Ball(1.0)), 1e-7},
      {"asin at 1 - 1e-9", [](double t) { return std::asin(t); }, 1 - 1e-9,
       Ball(1.0) / sqrt(Ball(1.0) - Ball(1 - 1e-9) * Ball(1 - 1e-9)), 1e-5},
      {"log at 1e-300", [](double t) { return std::log(t); }, 1e-300, Ball(1.0) / Ball(1e-300),
       1e-9},
      {"|x| at 1e-9", [](double t) { return std::fabs(t); }, 1e-9, Ball(1.0), 1e-9},
      {"|x - 1| at 1 + 1e-6", [](double t) { return std::fabs(t - 1); }, 1 + 1e-6, Ball(1.0), 1e-7},
      {"sin at 1e-310", [](double t) { return std::sin(t); }, 1e-310, Ball(1.0), 1e-8},
      {"log at 1e300", [](double t) { return std::log(t); }, 1e300, Ball(1.0) / Ball(1e300), 1e-7},
      {"sqrt at 1e308", [](double t) { return std::sqrt(t); }, 1e308, Ball(0.5) / sqrt(Ball(1e308)),
       1e-9},
      {"2x at the greatest double / 4", [](double t) { return 2 * t; }, 4e307, Ball(2.0), 1e-12},
      {"tanh at 12", [](double t) { return std::tanh(t); }, 12.0,
       Ball(1.0) / (cosh(Ball(12.0)) * cosh(Ball(12.0))), 1e-3},
  };
}

class HardButCorrect : public testing::TestWithParam<Hard> {};

TEST_P(HardButCorrect, IsCoveredBySharpBar) {
  const Hard& hard = GetParam();
  const Estimate found = estimate(black_box(hard.f), hard.x);
  EXPECT_EQ(found.status, EstimateStatus::ok) << found.reason;
  EXPECT_LE(hard.truth.distance(found.value), found.error_bar)
      << "value " << found.value << " truth " << hard.truth.value();
  EXPECT_LE(found.error_bar, hard.relative_bar * std::fabs(hard.truth.value()))
      << "value " << found.value << " noise " << found.noise << " step " << found.step;
  EXPECT_LE(found.evaluations, 90);
  EXPECT_EQ(found.left, found.value);
  EXPECT_EQ(found.right, found.value);
}

INSTANTIATE_TEST_SUITE_P(Numeric, HardButCorrect, testing::ValuesIn(correct_and_often_rejected()),
                         name_of<Hard>);

TEST(NumericSpecial, DoubleRootHasDerivativeZeroWithTinyBar) {
  const Estimate found = estimate(black_box([](double t) { return std::pow(t - 1, 4); }), 1.0);
  EXPECT_EQ(found.status, EstimateStatus::ok);
  EXPECT_LE(std::fabs(found.value), found.error_bar);
  EXPECT_LE(found.error_bar, 1e-12);
}

TEST(NumericSpecial, MaximumHasDerivativeZeroWithTinyBar) {
  const Estimate found = estimate(black_box([](double t) { return std::cos(t); }), 0.0);
  EXPECT_EQ(found.status, EstimateStatus::ok);
  EXPECT_LE(std::fabs(found.value), found.error_bar);
  EXPECT_LE(found.error_bar, 1e-12);
}

TEST(NumericSpecial, ConstantHasDerivativeZeroWithBarOfRoundingOnly) {
  for (const double constant : {0.0, 1.0, -2.5e10}) {
    for (const double x : {0.0, 1e-9, 0.7, 1e20}) {
      const Estimate found = estimate(black_box([=](double) { return constant; }), x);
      EXPECT_EQ(found.status, EstimateStatus::ok);
      EXPECT_EQ(found.value, 0.0);
      EXPECT_LE(found.error_bar, 2e-14 * (std::fabs(constant) + 1e-300));
    }
  }
}

TEST(NumericSpecial, SaturatedFunctionKeepsHonestBar) {
  for (const double x : {19.5, 25.0, 50.0, 500.0}) {
    const Estimate found = estimate(black_box([](double t) { return std::tanh(t); }), x);
    EXPECT_EQ(found.status, EstimateStatus::ok) << x;
    const Ball truth = Ball(1.0) / (cosh(Ball(x)) * cosh(Ball(x)));
    EXPECT_LE(truth.distance(found.value), found.error_bar) << x;
    EXPECT_GT(found.error_bar, 0) << x;
    EXPECT_LE(found.error_bar, 1e-14) << x;
  }
}

TEST(NumericSpecial, LargeNoiseWidensTheBarInsteadOfLying) {
  const Estimate found =
      estimate(black_box([](double t) { return std::sin(t) + hashed_noise(t, 0.5); }), 0.7);
  EXPECT_LE(cos(Ball(0.7)).distance(found.value), found.error_bar);
  EXPECT_EQ(found.status, EstimateStatus::noise);
  EXPECT_NE(found.reason, "");
}

TEST(NumericSpecial, BarCoversHashedNoiseAtManyPointsAndSizes) {
  int covered = 0;
  int all = 0;
  for (const double size : {1e-12, 1e-9, 1e-6, 1e-3}) {
    for (int i = 1; i <= 250; ++i, ++all) {
      const double x = 0.01 * i;
      const Estimate found =
          estimate(black_box([=](double t) { return std::exp(-t) + hashed_noise(t, size); }), x);
      covered += exp(Ball(-x)).distance(-found.value) <= found.error_bar ? 1 : 0;
      EXPECT_THAT(found.status, testing::AnyOf(EstimateStatus::ok, EstimateStatus::noise));
    }
  }
  EXPECT_GE(covered, all * 99 / 100) << covered << " of " << all;
}

TEST(NumericSpecial, BarCoversStaircasesThatTheSmallestStepsDoNotSee) {
  struct Stairs {
    double (*f)(double);
    Ball (*truth)(const Ball&);
  };
  const Stairs cases[] = {
      {[](double t) { return (std::exp(t) - 1) / t; },
       [](const Ball& x) { return (exp(x) * (x - Ball(1.0)) + Ball(1.0)) / (x * x); }},
      {[](double t) { return std::log(1 + t) / t; },
       [](const Ball& x) { return (x / (Ball(1.0) + x) - log(Ball(1.0) + x)) / (x * x); }},
      {[](double t) { return std::sqrt(t * t + 1) - 1; },
       [](const Ball& x) { return x / sqrt(x * x + Ball(1.0)); }},
      {[](double t) { return std::nearbyint(std::sin(t) * 1e9) / 1e9; },
       [](const Ball& x) { return cos(x); }},
  };
  int covered = 0;
  int all = 0;
  for (const Stairs& one_case : cases) {
    for (int i = 0; i < 250; ++i, ++all) {
      const double x = std::pow(10.0, -7 + 5 * i / 250.0);
      const Estimate found = estimate(black_box(one_case.f), x);
      covered += one_case.truth(Ball(x)).distance(found.value) <= found.error_bar ? 1 : 0;
    }
  }
  EXPECT_GE(covered, all * 98 / 100) << covered << " of " << all;
}

TEST(NumericSpecial, BarCoversRoundingToFloatAtManyPoints) {
  int covered = 0;
  for (int i = 1; i <= 1000; ++i) {
    const double x = 0.0037 * i;
    const Estimate found = estimate(
        black_box([](double t) { return static_cast<double>(static_cast<float>(std::sin(t))); }),
        x);
    covered += cos(Ball(x)).distance(found.value) <= found.error_bar ? 1 : 0;
    EXPECT_LE(found.error_bar, 1e-3) << x;
    EXPECT_THAT(found.status, testing::AnyOf(EstimateStatus::ok, EstimateStatus::noise)) << x;
  }
  EXPECT_GE(covered, 990);
}

TEST(NumericSpecial, FloatFunctionOnFloatCoordinatesIsCovered) {
  NumericOptions options;
  options.unit_roundoff = 0x1p-24;
  options.float_coordinates = true;
  int covered = 0;
  for (int i = 1; i <= 1000; ++i) {
    const auto x = static_cast<float>(0.0031 * i);
    bool only_floats = true;
    const Estimate found =
        estimate(black_box([&](double t) {
                   only_floats = only_floats && static_cast<double>(static_cast<float>(t)) == t;
                   const auto narrow = static_cast<float>(t);
                   return static_cast<double>(std::exp(-narrow * narrow));
                 }),
                 static_cast<double>(x), options);
    EXPECT_TRUE(only_floats);
    const Ball exact(static_cast<double>(x));
    const Ball truth = -(exact + exact) * exp(-(exact * exact));
    covered += truth.distance(found.value) <= found.error_bar ? 1 : 0;
    EXPECT_LE(found.error_bar, 6e-4) << x;
  }
  EXPECT_GE(covered, 990);
}

/// Further out than the size of x these functions are flat to rounding, and here they are not.
TEST(NumericSpecial, AFlatStretchFarOutIsNotTakenForTheSlopeHere) {
  const auto logistic = [](double t) { return 1 / (1 + std::exp(-t)); };
  const auto composite = [&](double t) { return 3 * logistic(std::erf(t * t)) - 2.125; };
  const Estimate saturating = estimate(black_box(composite), -2.375);
  // From erf' = 2 / sqrt(pi) exp(-x^4) and s' = s (1 - s), in long double.
  const long double x = -2.375L, inner = std::erf(x * x), s = 1 / (1 + std::exp(-inner));
  const long double truth = 3 * s * (1 - s) * 2 / std::sqrt(std::numbers::pi_v<long double>) *
                            std::exp(-x * x * x * x) * 2 * x;
  EXPECT_LE(std::fabs(saturating.value - static_cast<double>(truth)), saturating.error_bar);

  const auto offset = [&](double t) { return 2 + logistic(t) * logistic(-11.94287109375) * 4e-6; };
  const Estimate tiny = estimate(black_box(offset), -2.375);
  const double slope = 4e-6 * logistic(-11.94287109375) * logistic(-2.375) * logistic(2.375);
  EXPECT_LE(std::fabs(tiny.value - slope), tiny.error_bar);
}

struct Kink {
  std::string name;
  std::function<double(double)> f;
  double x;
  double left;
  double right;

  friend void PrintTo(const Kink& kink, std::ostream* out) { *out << kink.name; }
};

std::vector<Kink> kinks() {
  return {
      {"relu at 0", [](double t) { return std::max(t, 0.0); }, 0.0, 0, 1},
      {"abs at 0", [](double t) { return std::fabs(t); }, 0.0, -1, 1},
      {"leaky relu at 0", [](double t) { return t > 0 ? t : 0.01 * t; }, 0.0, 0.01, 1},
      {"clamp at 1", [](double t) { return std::min(t, 1.0); }, 1.0, 1, 0},
      {"tie of max(x^2, x) at 1", [](double t) { return std::max(t * t, t); }, 1.0, 1, 2},
      {"exp(|x|) at 0", [](double t) { return std::exp(std::fabs(t)); }, 0.0, -1, 1},
      {"|sin(100 (x - 2))| at 2", [](double t) { return std::fabs(std::sin(100 * (t - 2))); }, 2.0,
       -100, 100},
  };
}

class AtAKink : public testing::TestWithParam<Kink> {
 protected:
  static void expect_hull(const Estimate& found) {
    const Kink& kink = GetParam();
    EXPECT_EQ(found.status, EstimateStatus::kink) << found.reason << " value " << found.value;
    EXPECT_LE(std::fabs(found.left - kink.left), found.error_bar);
    EXPECT_LE(std::fabs(found.right - kink.right), found.error_bar);
    EXPECT_LE(found.error_bar, 1e-6 * std::max(std::fabs(kink.left), std::fabs(kink.right)));
    EXPECT_EQ(found.excess(kink.left / 2 + kink.right / 2), 0);
    EXPECT_GT(found.excess(std::max(kink.left, kink.right) * 1.01 + 1e-3), 0);
    EXPECT_LE(found.evaluations, 90);
  }
};

TEST_P(AtAKink, HullIsFoundFromTheBranches) {
  const Kink& kink = GetParam();
  for (const bool equal_counts_as_above : {false, true}) {
    const auto side = [&](double t) {
      return t > kink.x || (equal_counts_as_above && t == kink.x) ? 1U : 0U;
    };
    expect_hull(estimate(branched(kink.f, side), kink.x));
  }
  const auto three_way = [&](double t) { return t > kink.x ? 2U : t < kink.x ? 0U : 1U; };
  expect_hull(estimate(branched(kink.f, three_way), kink.x));
}

TEST_P(AtAKink, HullIsFoundInABlackBox) {
  expect_hull(estimate(black_box(GetParam().f), GetParam().x));
}

INSTANTIATE_TEST_SUITE_P(Numeric, AtAKink, testing::ValuesIn(kinks()), name_of<Kink>);

TEST(NumericKink, BranchThatChangesNothingIsSmooth) {
  const Path path =
      branched([](double t) { return std::sin(t); }, [](double t) { return t > 0.7 ? 1U : 0U; });
  const Estimate found = estimate(path, 0.7);
  EXPECT_EQ(found.status, EstimateStatus::ok) << found.reason;
  EXPECT_LE(cos(Ball(0.7)).distance(found.value), found.error_bar);
  EXPECT_LE(found.error_bar, 1e-8);
}

TEST(NumericKink, KinkNextToThePointIsNotSteppedOver) {
  for (const double distance : {1e-3, 1e-6, 1e-9}) {
    const double kink = 1 - distance;
    const auto f = [=](double t) { return std::exp(t) + 5 * std::fabs(t - kink); };
    const Ball truth = exp(Ball(1.0)) + Ball(5.0);
    const auto side = [=](double t) { return t > kink ? 1U : 0U; };
    for (const Path& path : {black_box(f), branched(f, side)}) {
      const Estimate found = estimate(path, 1.0);
      EXPECT_EQ(found.status, EstimateStatus::ok) << distance << found.reason;
      EXPECT_LE(truth.distance(found.value), found.error_bar) << distance;
    }
    EXPECT_LE(estimate(branched(f, side), 1.0).error_bar, 1e-8) << distance;
  }
}

TEST(NumericKink, PointsBeyondABranchAreNotUsed) {
  // The two kinks cancel in central quotients: only the branch tells them.
  for (const double distance : {1e-2, 1e-5}) {
    const double low = 1 - distance;
    const double high = 1 + distance;
    const auto f = [=](double t) { return std::exp(t) + std::fabs(t - low) + std::fabs(t - high); };
    const auto zone = [=](double t) { return t < low ? 0U : t < high ? 1U : 2U; };
    const Estimate found = estimate(branched(f, zone), 1.0);
    EXPECT_EQ(found.status, EstimateStatus::ok);
    EXPECT_LE(found.step, distance);
    EXPECT_LE(exp(Ball(1.0)).distance(found.value), found.error_bar);
    EXPECT_LE(found.error_bar, 1e-7);
  }
}

TEST(NumericKink, FlatSideOfABlackBoxKinkStaysFlat) {
  for (const double x : {-5e-3, -1e-5, -1e-8}) {
    const Estimate found = estimate(black_box([](double t) { return std::max(t, 0.0); }), x);
    EXPECT_EQ(found.status, EstimateStatus::ok) << x << found.reason;
    EXPECT_LE(std::fabs(found.value), found.error_bar) << x;
    EXPECT_LE(found.error_bar, 1e-3) << x;
  }
}

TEST(NumericJump, SignFloorAndStepAreJumps) {
  const auto sign = [](double t) { return t > 0 ? 1.0 : t < 0 ? -1.0 : 0.0; };
  EXPECT_EQ(estimate(black_box(sign), 0.0).status, EstimateStatus::jump);
  const auto step = [](double t) { return t >= 0.7 ? std::exp(t) : std::sin(t); };
  EXPECT_EQ(estimate(black_box(step), 0.7).status, EstimateStatus::jump);
  for (const double x : {0.0, 1.0, -3.0, 1000.0}) {
    const auto floor = [](double t) { return std::floor(t); };
    const auto piece = [](double t) {
      return static_cast<std::uint64_t>(static_cast<std::int64_t>(std::floor(t)));
    };
    EXPECT_EQ(estimate(black_box(floor), x).status, EstimateStatus::jump) << x;
    EXPECT_EQ(estimate(branched(floor, piece), x).status, EstimateStatus::jump) << x;
  }
}

TEST(NumericJump, FloorBetweenIntegersIsFlat) {
  const Estimate found = estimate(black_box([](double t) { return std::floor(t); }), 2.5);
  EXPECT_EQ(found.status, EstimateStatus::ok);
  EXPECT_EQ(found.value, 0);
  EXPECT_LE(found.error_bar, 1e-12);
}

TEST(NumericEdge, InfiniteOneSidedDerivativeIsAnEdge) {
  EXPECT_EQ(estimate(black_box([](double t) { return std::sqrt(t); }), 0.0).status,
            EstimateStatus::edge);
  EXPECT_EQ(estimate(black_box([](double t) { return std::cbrt(t); }), 0.0).status,
            EstimateStatus::edge);
  EXPECT_EQ(estimate(black_box([](double t) { return std::asin(t); }), 1.0).status,
            EstimateStatus::edge);
  EXPECT_EQ(estimate(black_box([](double t) { return std::acosh(t); }), 1.0).status,
            EstimateStatus::edge);
  EXPECT_EQ(estimate(black_box([](double t) { return std::sqrt(std::fabs(t - 2)); }), 2.0).status,
            EstimateStatus::edge);
  const auto entropy = [](double t) { return t == 0 ? 0 : t * std::log(t); };
  EXPECT_EQ(estimate(black_box(entropy), 0.0).status, EstimateStatus::edge);
}

TEST(NumericEdge, FiniteDerivativeAtADomainsEndIsFound) {
  for (const double exponent : {1.2, 1.3, 1.5, 1.7, 2.0, 2.3, 2.5}) {
    const Estimate power =
        estimate(black_box([=](double t) { return std::pow(t, exponent); }), 0.0);
    EXPECT_THAT(power.status, testing::AnyOf(EstimateStatus::ok, EstimateStatus::noise));
    EXPECT_LE(std::fabs(power.value), power.error_bar) << exponent;
    EXPECT_LE(power.error_bar, exponent < 1.5 ? 2e-2 : 1e-5) << exponent;
  }

  NumericOptions closed;
  closed.lower = 0.0;
  closed.upper = 1.0;
  for (const double x : {0.0, 1.0}) {
    double low = 1;
    double high = 0;
    const Estimate found = estimate(black_box([&](double t) {
                                      low = std::min(low, t);
                                      high = std::max(high, t);
                                      return std::exp(t);
                                    }),
                                    x, closed);
    EXPECT_EQ(found.status, EstimateStatus::ok) << found.reason;
    EXPECT_LE(exp(Ball(x)).distance(found.value), found.error_bar);
    EXPECT_LE(found.error_bar, 1e-8);
    EXPECT_GE(low, 0.0);
    EXPECT_LE(high, 1.0);
  }
}

TEST(NumericUndefined, PointsWithoutAValueAreUndefined) {
  EXPECT_EQ(estimate(black_box([](double) { return nan; }), 0.7).status, EstimateStatus::undefined);
  EXPECT_EQ(estimate(black_box([](double t) { return std::log(t); }), -1.0).status,
            EstimateStatus::undefined);
  EXPECT_EQ(estimate(black_box([](double t) { return 1 / t; }), 0.0).status,
            EstimateStatus::undefined);
  const auto isolated = [](double t) { return t == 0.7 ? 1.0 : nan; };
  const Estimate found = estimate(black_box(isolated), 0.7);
  EXPECT_EQ(found.status, EstimateStatus::undefined);
  EXPECT_TRUE(std::isnan(found.value));
  EXPECT_EQ(found.error_bar, inf);
  EXPECT_NE(found.reason, "");
  EXPECT_EQ(estimate(
                [](double, std::span<double>) {
                  return PathPoint{false, 0};
                },
                0.7)
                .status,
            EstimateStatus::undefined);
}

TEST(NumericOptions, ArgumentsAreChecked) {
  const Path path = black_box([](double t) { return t; });
  EXPECT_THROW(differentiate(path, nan, 1, {}), std::invalid_argument);
  EXPECT_THROW(differentiate(path, inf, 1, {}), std::invalid_argument);
  EXPECT_THROW(differentiate(path, 0.5, 0, {}), std::invalid_argument);
}

TEST(NumericOutputs, EachOutputGetsItsOwnStencilFromSharedEvaluations) {
  int calls = 0;
  const Path path = [&](double t, std::span<double> values) {
    ++calls;
    values[0] = std::exp(t);
    values[1] = std::sin(377 * t);
    values[2] = 4.0;
    values[3] = std::fabs(t - 1);
    values[4] = t > 0.5 ? std::log(t - 0.5) : nan;
    return PathPoint{};
  };
  const auto found = differentiate(path, 1.0, 5);
  EXPECT_LE(exp(Ball(1.0)).distance(found[0].value), found[0].error_bar);
  EXPECT_LE((Ball(377.0) * cos(Ball(377.0))).distance(found[1].value), found[1].error_bar);
  EXPECT_EQ(found[2].value, 0);
  EXPECT_EQ(found[3].status, EstimateStatus::kink);
  EXPECT_LE(Ball(2.0).distance(found[4].value), found[4].error_bar);
  EXPECT_LT(found[1].step, found[0].step);
  for (const Estimate& one : found) EXPECT_EQ(one.evaluations, calls);
  EXPECT_LE(calls, 90);
}

TEST(NumericOutputs, SameCallGivesSameBits) {
  const Path path = black_box([](double t) { return std::sin(t) + hashed_noise(t, 1e-9); });
  const Estimate first = estimate(path, 0.7);
  const Estimate second = estimate(path, 0.7);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(first.value), std::bit_cast<std::uint64_t>(second.value));
  EXPECT_EQ(first.error_bar, second.error_bar);
  EXPECT_EQ(first.evaluations, second.evaluations);
}

TEST(NumericOutputs, LimitOfEvaluationsIsKept) {
  for (const int limit : {1, 2, 5, 13, 40}) {
    NumericOptions options;
    options.max_evaluations = limit;
    const Estimate found = estimate(
        black_box([](double t) { return std::sin(t) + hashed_noise(t, 1e-9); }), 0.7, options);
    EXPECT_LE(found.evaluations, limit);
    if (found.status == EstimateStatus::ok) {
      EXPECT_LE(cos(Ball(0.7)).distance(found.value), found.error_bar);
    }
  }
}

}  // namespace
}  // namespace verigrad::gradcheck
