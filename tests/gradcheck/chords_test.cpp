// Float functions whose values do not show their slope, beside derivatives from calculus.
#include "gradcheck/chords.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "gradcheck/check.hpp"
#include "gradcheck/differences.hpp"

namespace verigrad::gradcheck {
namespace {

template <class F>
Estimate by_float_values(F f, float x) {
  const Callable callable = [f](const Entries& at) {
    return Entries{Shape::scalar(), {static_cast<double>(f(static_cast<float>(at.values[0])))}};
  };
  DifferenceOptions known;
  known.float_input = known.float_arithmetic = true;
  return Differences(callable, {Shape{1}, {static_cast<double>(x)}}, 1, known)
      .by_entry(0)[0]
      .estimate;
}

TEST(Chords, ASlopeThatRoundingHasSwallowedIsWithinTheBar) {
  const float x = 55246744;
  const double root = std::sqrt(static_cast<double>(x)), next = std::sqrt(x + 1.0);
  const Estimate r = by_float_values([](float t) { return std::sqrt(t + 1) - std::sqrt(t); }, x);
  EXPECT_EQ(r.value, 0);
  EXPECT_LE(r.excess(1 / (2 * next) - 1 / (2 * root)), 0);
}

TEST(Chords, AStaircaseHidesTheSlopeOfItsSteps) {
  // At x = 8.6e6 multiples of 8 are subtracted: d/dx is log(1 + 1 / x).
  const float x = 8581316;
  const Estimate r =
      by_float_values([](float t) { return (t + 1) * std::log(t + 1) - t * std::log(t) - 1; }, x);
  EXPECT_EQ(r.value, 0);
  EXPECT_LE(r.excess(std::log1p(1.0 / x)), 0);
  EXPECT_LT(r.error_bar, 1e-4);
}

TEST(Chords, UnderflowIsWithinTheBar) {
  const Estimate r = by_float_values([](float t) { return std::exp(-t) * std::exp(-t); }, 60);
  EXPECT_LE(r.excess(-2 * std::exp(-120.0)), 0);
  EXPECT_LT(r.error_bar, 1e-6);
}

TEST(Chords, AnExactZeroOfAFlatFloatFunctionPasses) {
  const auto relu = [](float x) { return std::max(x, 0.0F); };
  EXPECT_TRUE(check_gradient(relu, 0.0F, -1.0F).passed());
  EXPECT_EQ(check_gradient(relu, 0.1F, -1.0F).verdict, Verdict::fail);
}

}  // namespace
}  // namespace verigrad::gradcheck
