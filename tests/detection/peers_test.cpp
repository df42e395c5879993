// The other checkers against what their own documentation and runs of them show.
#include "tests/detection/peers.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "expressions/document.hpp"

namespace verigrad::detection {
namespace {

using Make = std::unique_ptr<Checker> (*)(const Subject&, Random);

/// What a checker says to a gradient of a scalar function of scalars x, y, … at a point.
Answer answer(Make make, const std::string& text, const std::vector<double>& at,
              const std::vector<double>& gradient) {
  runner::Sample sample{.index = 0,
                        .instance = expressions::elaborate(text),
                        .point = {},
                        .rejected = 0,
                        .no_point = {}};
  for (const double x : at) sample.point.push_back({x});
  const Subject subject{sample, sample.instance.output, sample.instance.inputs};
  return make(subject, Random(5))->judge({gradient, gradient});
}

TEST(PeerTorch, AllowsItsTolerances) {
  // allclose: |g - 2| <= 1e-5 + 1e-3 * 2 = 2.01e-3; the difference of a linear function is exact.
  const std::string line = "input x = 0\ny = 2 * x";
  for (const Make make : {torch_gradcheck, torch_fast_gradcheck}) {
    EXPECT_EQ(answer(make, line, {0}, {2.002009}), Answer::accepted);
    EXPECT_EQ(answer(make, line, {0}, {2.002011}), Answer::rejected);
    EXPECT_EQ(answer(make, line, {0}, {NAN}), Answer::rejected);
  }
}

TEST(PeerTorch, SaysWhatTorchSays) {
  // torch 1.13.1: gradcheck accepts 0 for sigmoid's slope at 38 and sees no error of 1e-4 in sin;
  // it rejects the right slope of acosh at 1 + 1e-9, from where x - eps leaves the domain.
  EXPECT_EQ(answer(torch_gradcheck, "input x = 38\ny = sigmoid(x)", {38}, {0}), Answer::accepted);
  EXPECT_EQ(answer(torch_gradcheck, "input x = 0.7\ny = sin(x)", {0.7}, {0.9999 * std::cos(0.7)}),
            Answer::accepted);
  const double x = 1 + 1e-9, slope = 1 / std::sqrt((x - 1) * (x + 1));
  EXPECT_EQ(answer(torch_gradcheck, "input x = 2\ny = acosh(x)", {x}, {slope}), Answer::rejected);
}

TEST(PeerTorch, LooksAtEveryEntryButInFastModeAtOneDirection) {
  const std::string plane = "input x = 0\ninput y = 0\nz = 3 * x + 5 * y";
  EXPECT_EQ(answer(torch_gradcheck, plane, {0, 0}, {3, 5}), Answer::accepted);
  EXPECT_EQ(answer(torch_gradcheck, plane, {0, 0}, {3.01, 5}), Answer::rejected);
  EXPECT_EQ(answer(torch_gradcheck, plane, {0, 0}, {3, 5.01}), Answer::rejected);
  EXPECT_EQ(answer(torch_fast_gradcheck, plane, {0, 0}, {3, 5}), Answer::accepted);
  EXPECT_EQ(answer(torch_fast_gradcheck, plane, {0, 0}, {3 * 1.0009, 5 * 1.0009}),
            Answer::accepted);
  EXPECT_EQ(answer(torch_fast_gradcheck, plane, {0, 0}, {3 * 1.0012, 5 * 1.0012}),
            Answer::rejected);
  // No entry of the direction is negative, so that equal errors do not cancel.
  EXPECT_EQ(answer(torch_fast_gradcheck, plane, {0, 0}, {4, 6}), Answer::rejected);
}

TEST(PeerTorch, StepsByEpsAlongAUnitVector) {
  // The central difference of c x^3 at 0 is c h^2 for a step h: beside atol = 1e-5, where c h^2 is
  // 0.9e-5 and 1.1e-5 for h = 1e-6.
  for (const Make make : {torch_gradcheck, torch_fast_gradcheck}) {
    EXPECT_EQ(answer(make, "input x = 0\ny = 9e6 * x ** 3", {0}, {0}), Answer::accepted);
    EXPECT_EQ(answer(make, "input x = 0\ny = 11e6 * x ** 3", {0}, {0}), Answer::rejected);
  }
}

TEST(PeerJax, AllowsItsTolerances) {
  // Slopes so large that the absolute tolerance 1e-5 (2e-3) is nothing beside the relative one.
  const std::string line = "input x = 0\ny = 1e6 * x";
  EXPECT_EQ(answer(jax_check_grads, line, {0}, {1e6 * (1 + 0.9e-5)}), Answer::accepted);
  EXPECT_EQ(answer(jax_check_grads, line, {0}, {1e6 * (1 + 1.1e-5)}), Answer::rejected);
  EXPECT_EQ(answer(jax_check_grads, "dtype f32\n" + line, {0}, {1e6 * (1 + 1.9e-3)}),
            Answer::accepted);
  EXPECT_EQ(answer(jax_check_grads, "dtype f32\n" + line, {0}, {1e6 * (1 + 2.1e-3)}),
            Answer::rejected);
}

TEST(PeerJax, StepsByEpsAlongANormalDirection) {
  // The central difference of c x^3 at 0 along t is c eps^2 t^3, and that times the cotangent is
  // compared, too.
  Random random(5);
  const double t = std::abs(random.normal()), cotangent = std::abs(random.normal());
  const double seen = 1e-8 * t * t * t * std::max(1.0, cotangent);
  const auto cubic = [&](double difference) {
    return fmt::format("input x = 0\ny = {} * x ** 3", difference / seen);
  };
  EXPECT_EQ(answer(jax_check_grads, cubic(0.9e-5), {0}, {0}), Answer::accepted);
  EXPECT_EQ(answer(jax_check_grads, cubic(1.1e-5), {0}, {0}), Answer::rejected);
}

TEST(PeerCeres, DifferentiatesByRidders) {
  const auto sine = [](double x) { return std::sin(x); };
  EXPECT_NEAR(ridders_derivative(sine, 1), std::cos(1), 1e-12);
  // A step of Ceres': the first is 2^5 max(0.01, 0.01 |x|), each next half of it, ten in all.
  std::vector<double> steps;
  ridders_derivative(
      [&](double x) {
        steps.push_back(x - 1);
        return std::exp(std::sin(40 * x));
      },
      1);
  ASSERT_GE(steps.size(), 4U);
  EXPECT_NEAR(steps[0], 0.32, 1e-15);
  EXPECT_NEAR(steps[1], -0.32, 1e-15);
  EXPECT_NEAR(steps[2], 0.16, 1e-15);
}

TEST(PeerCeres, ComparesRelativelyAndWithZeroAbsolutely) {
  const std::string line = "input x = 1\ny = 3 * x";
  EXPECT_EQ(answer(ceres_gradient_checker, line, {1}, {3 * (1 + 0.9e-8)}), Answer::accepted);
  EXPECT_EQ(answer(ceres_gradient_checker, line, {1}, {3 * (1 + 1.1e-8)}), Answer::rejected);
  const std::string flat = "input x = 1\ny = 0 * x";
  EXPECT_EQ(answer(ceres_gradient_checker, flat, {1}, {0.9e-8}), Answer::accepted);
  EXPECT_EQ(answer(ceres_gradient_checker, flat, {1}, {1.1e-8}), Answer::rejected);
}

TEST(PeerChainRules, TakesTheStepThatItsDocumentationShows) {
  // The documentation of FiniteDifferences.estimate_step for central_fdm(5, 1) of sin at 1.
  const std::function<double(double)> sine = [](double x) { return std::sin(x); };
  const Step step = central_fdm_step(sine, 1.0);
  EXPECT_NEAR(step.size, 0.001065235154086019, 1e-12);
  EXPECT_NEAR(step.accuracy, 1.9541865128909085e-13, 1e-21);
  EXPECT_NEAR(central_fdm(sine, 1.0), 0.5403023058681607, 1e-15);
}

TEST(PeerChainRules, AllowsItsTolerances) {
  const std::string line = "input x = 0\ny = 1e3 * x";
  EXPECT_EQ(answer(chainrules_test_rrule, line, {0}, {1e3 * (1 + 0.9e-9)}), Answer::accepted);
  EXPECT_EQ(answer(chainrules_test_rrule, line, {0}, {1e3 * (1 + 1.1e-9)}), Answer::rejected);
  EXPECT_EQ(answer(chainrules_test_rrule, "input x = 1\ny = log(x)", {1e-9}, {1e9}),
            Answer::rejected);  // Julia throws a DomainError left of 0
}

}  // namespace
}  // namespace verigrad::detection
