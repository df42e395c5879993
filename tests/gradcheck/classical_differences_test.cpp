// Textbook rules of numeric differentiation: steps, evaluations and errors beside calculus.
#include "gradcheck/classical_differences.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace verigrad::gradcheck {
namespace {

constexpr DType f32 = DType::f32, f64 = DType::f64;

double cube(double x) { return x * x * x; }

/// A function, what it is called, and its derivative by calculus.
struct Known {
  const char* name;
  double (*f)(double);
  double (*slope)(double);
};
const std::vector<Known> smooth{
    {"exp", [](double x) { return std::exp(x); }, [](double x) { return std::exp(x); }},
    {"sin", [](double x) { return std::sin(x); }, [](double x) { return std::cos(x); }},
    {"x^3", cube, [](double x) { return 3 * x * x; }},
    {"1/x", [](double x) { return 1 / x; }, [](double x) { return -1 / (x * x); }},
};

/// The largest relative error of a rule over all of them at points where f, f' and x are near 1.
double worst_error(const ClassicalRule& rule) {
  double worst = 0;
  for (const Known& known : smooth)
    for (const double x : {0.75, 1.0, 1.25}) {
      const double found = rule.differentiate(known.f, x, f64).value;
      worst = std::max(worst, std::abs(found / known.slope(x) - 1));
    }
  return worst;
}

TEST(CentralQuotient, IsOffByHSquaredForACube) {
  // ((x + h)^3 - (x - h)^3) / 2h = 3 x^2 + h^2; binary numbers of few digits make all of it exact.
  for (const double h : {0.5, 0x1p-4, 0x1p-8})
    EXPECT_EQ(central_quotient(cube, 1.5, h, f64) - 3 * 1.5 * 1.5, h * h) << h;
}

TEST(CentralQuotient, DividesByTheDistanceOfRoundedCoordinates) {
  // 2^24 + 1 is no float, and is rounded to even: with h = 3, 2^24 + 4 and 2^24 - 3.
  const auto line = [](double x) { return 5 * x; };
  EXPECT_EQ(central_quotient(line, 0x1p24, 3, f32), 5);
  EXPECT_TRUE(std::isnan(central_quotient(line, 0x1p26, 1, f32))) << "x ± h are x";
}

TEST(ClassicalRules, HaveTheirStepsAndEvaluations) {
  const auto exp = [](double x) { return std::exp(x); };
  const auto half = [](double x) { return std::exp(x / 100); };
  EXPECT_EQ(torch_difference(half, 100, f64).step, 1e-6);
  EXPECT_DOUBLE_EQ(central_difference(exp, 0.5, f64).step, 6.0554544523933395e-06);
  EXPECT_DOUBLE_EQ(central_difference(half, -100, f64).step, 6.0554544523933395e-04);
  EXPECT_DOUBLE_EQ(central_difference(exp, 0.5, f32).step, 0.0049215666011518501);
  EXPECT_DOUBLE_EQ(five_point_difference(exp, 0.5, f64).step, 0.00074009597974140505);
  EXPECT_EQ(torch_difference(exp, 1, f64).evaluations, 2);
  EXPECT_EQ(central_difference(exp, 1, f64).evaluations, 2);
  EXPECT_EQ(five_point_difference(exp, 1, f64).evaluations, 4);
  for (const ClassicalRule& rule : classical_rules()) {
    int calls = 0;
    const auto counted = [&](double x) {
      ++calls;
      return std::sin(x);
    };
    EXPECT_EQ(rule.differentiate(counted, 0.5, f64).evaluations, calls) << rule.name;
  }
}

TEST(ClassicalRules, AreAsAccurateAsTheirOrderAllows) {
  // Relative to f', truncation is largest for 1/x at 0.75: h^2 / x^2 = 1.8 h^2 by two points,
  // 4 h^4 / x^4 = 12.6 h^4 by five; roundoff is u / h, at 1.25, and some of it.
  const double expected[] = {2.5e-10, 1.2e-10, 4.5e-12, 1e-12, 2.5e-10};
  const auto rules = classical_rules();
  ASSERT_EQ(rules.size(), std::size(expected));
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const double worst = worst_error(rules[i]);
    EXPECT_LT(worst, expected[i]) << rules[i].name;
    EXPECT_GT(worst, 1e-16) << rules[i].name;
  }
}

TEST(FivePoints, IsOffByTheFifthDerivative) {
  // Of x^5 at 0 with h = eps^(1/5): (8 h^5 + 8 h^5 - 2 (2h)^5) / 12h = -4 h^4, and f5 h^4 / 30 = 4
  // h^4.
  const auto power = [](double x) { return x * x * x * x * x; };
  const ClassicalDerivative found = five_point_difference(power, 0, f64);
  EXPECT_NEAR(found.value / std::pow(found.step, 4), -4, 1e-12);
}

TEST(Ridders, ExtrapolatesPolynomialsInHSquaredExactly) {
  // q(h) = 7 + 3 h^2 - h^4 has its limit in the third row.
  int calls = 0;
  const auto quotient = [&](double h) {
    ++calls;
    return 7 + 3 * h * h - h * h * h * h;
  };
  const Extrapolation found =
      ridders_extrapolation(quotient, {.first = 1, .ratio = 2, .levels = 3});
  EXPECT_NEAR(found.value, 7, 1e-14);
  EXPECT_EQ(found.step, 0.25);
  EXPECT_EQ(found.levels, 3);
  EXPECT_EQ(calls, 3);
  // The entries beside it: (4 q(1/4) - q(1/2)) / 3 is nearer than (4 q(1/2) - q(1)) / 3 = 7 + 1/4.
  EXPECT_NEAR(found.error, 0.25, 1e-14);
}

TEST(Ridders, EndsWhereRowsDepart) {
  // Smooth down to h = 1/2 and noise below: the rows of the noise are not taken.
  const auto quotient = [](double h) { return h >= 0.5 ? 2 + h * h : 2 + 100 / h; };
  const Extrapolation found =
      ridders_extrapolation(quotient, {.first = 2, .ratio = 2, .levels = 10});
  EXPECT_EQ(found.value, 2);
  EXPECT_LT(found.levels, 10);
}

TEST(Ridders, EstimatesItsErrorForSmoothFunctions) {
  for (const Known& known : smooth) {
    const ClassicalDerivative found = richardson_difference(known.f, 1, f64);
    ASSERT_TRUE(found.error_estimate) << known.name;
    EXPECT_LT(*found.error_estimate, 1e-10) << known.name;
    EXPECT_LT(std::abs(found.value - known.slope(1)), 10 * *found.error_estimate + 1e-14)
        << known.name;
  }
}

TEST(SteplemanWinarsky, ShrinksItsStepWhereTheThirdDerivativeIsLarge) {
  // sin(1000 x): the optimum (3 u / 10^9)^(1/3) = 7e-9; for x^3 there is one near 5e-6.
  const auto fast = [](double x) { return std::sin(1000 * x); };
  const ClassicalDerivative found = stepleman_winarsky_difference(fast, 0.3, f64);
  EXPECT_LT(found.step, 1e-7);
  EXPECT_LT(std::abs(found.value / (1000 * std::cos(300)) - 1), 1e-7);
  EXPECT_GT(std::abs(central_difference(fast, 0.3, f64).value / (1000 * std::cos(300)) - 1), 4e-6);
  EXPECT_GT(stepleman_winarsky_difference(cube, 1, f64).step, 1e-7);
}

TEST(SteplemanWinarsky, TakesTheStepBeforeTheChangeGrows) {
  // Quotients 2 + h^2 down to h = h_0 / 16 and 2 + 1 below, as values f(x ± h) = ± h q(h) around 0.
  const double h0 = 4 * std::cbrt(0x1p-52);
  const auto f = [h0](double t) {
    const double h = std::abs(t);
    return t * (h > h0 / 20 ? 2 + h * h : 3);
  };
  const ClassicalDerivative found = stepleman_winarsky_difference(f, 0, f64);
  EXPECT_DOUBLE_EQ(found.step, h0 / 16);
  EXPECT_EQ(found.evaluations, 8);
}

TEST(ClassicalRules, GiveNothingAcrossTheEndOfADomain) {
  const auto log = [](double x) { return std::log(x); };
  for (const ClassicalRule& rule : classical_rules()) {
    const double value = rule.differentiate(log, 1e-7, f64).value;
    const bool shrinks = std::string(rule.name).starts_with("adaptive");
    if (shrinks) {
      EXPECT_NEAR(value, 1e7, 1e2) << rule.name;
    } else {
      EXPECT_TRUE(std::isnan(value)) << rule.name << " finds " << value;
    }
    EXPECT_TRUE(std::isnan(rule.differentiate(log, 0, f64).value)) << rule.name;
    EXPECT_FALSE(rule.differentiate(log, -1, f64).error_estimate) << rule.name;
  }
}

TEST(ClassicalRules, WorkInFloat) {
  const auto f = [](double x) {
    EXPECT_EQ(x, static_cast<double>(static_cast<float>(x)));
    return static_cast<double>(std::exp(static_cast<float>(x)));
  };
  // At best u^(2/3) = 1.5e-5 by central quotients; torch's step moves x by 8 ulps of 2^-23.
  const double expected[] = {0.2, 1e-4, 1e-4, 1e-4, 1e-4};
  for (std::size_t i = 0; i < classical_rules().size(); ++i) {
    const double value = classical_rules()[i].differentiate(f, 1, f32).value;
    EXPECT_LT(std::abs(value / std::exp(1) - 1), expected[i]) << classical_rules()[i].name;
  }
  EXPECT_EQ(torch_difference([](double x) { return x; }, 100, f32).value, 0) << "x ± 1e-6 are x";
}

}  // namespace
}  // namespace verigrad::gradcheck
