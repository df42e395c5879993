// When a first look at five values is believed, and that its bars hold. True derivatives are closed
// forms by libm.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/operation_table.hpp"
#include "gradcheck/early_estimate.hpp"
#include "gradcheck/reference.hpp"

namespace verigrad::gradcheck {
namespace {

constexpr int early = static_cast<int>(detail::EarlySteps::lanes);

/// A Program of one number, built by `make` from its leaf.
struct Function {
  Program program;
  ValueId output;

  template <class Make>
  explicit Function(Make make, Domain domain = {}) {
    output = make(*this, program.add_leaf({.name = "x", .shape = {}, .domain = std::move(domain)}));
  }
  ValueId apply(const char* name, std::vector<ValueId> operands) {
    return program.add(*find_operation(name), std::move(operands));
  }
  ValueId number(const char* text) { return program.add_number(text, std::stod(text)); }

  Estimate derivative(double x, const ReferenceOptions& options = {}) const {
    return finite_difference_reference(program, {{x}}, options)->jacobian(output, 0)[0].estimate;
  }
};

void expect_holds(const Estimate& found, double expected) {
  EXPECT_LE(std::abs(found.value - expected), found.error_bar) << found.value;
}

/// What is asked for only decides how soon a look is believed.
const ReferenceOptions loose{.enough = 1e-4, .enough_in_noise = 1e-4};

TEST(EarlyLook, SettlesSmoothPoints) {
  const Function tanh([](Function& f, ValueId x) { return f.apply("tanh", {x}); });
  for (const double x : {-1.5, -0.25, 0.75, 3.0}) {
    const Estimate found = tanh.derivative(x, loose);
    EXPECT_EQ(found.evaluations, early);
    expect_holds(found, 1 / (std::cosh(x) * std::cosh(x)));
    EXPECT_LE(found.error_bar, 1e-7);
  }
}

TEST(EarlyLook, IsNotBelievedBeforeItsBarIsSmallEnough) {
  const Function tanh([](Function& f, ValueId x) { return f.apply("tanh", {x}); });
  EXPECT_GT(tanh.derivative(0.75, {.enough = 1e-15, .enough_in_noise = 1e-15}).evaluations, early);
}

TEST(EarlyLook, TakesWideStepsWithPolynomials) {
  const Function square([](Function& f, ValueId x) { return f.apply("square", {x}); });
  const Estimate found = square.derivative(3);
  EXPECT_EQ(found.evaluations, early);
  expect_holds(found, 6);
  EXPECT_LE(found.error_bar, 1e-12);
}

TEST(EarlyLook, LeavesTowersOfPolynomialsToTheFullAnalysis) {
  const Function eighth([](Function& f, ValueId x) {
    return f.apply("square", {f.apply("square", {f.apply("square", {x})})});
  });
  for (const double x : {0.01, 0.05, 1.25}) {
    const Estimate found = eighth.derivative(x, loose);
    EXPECT_GT(found.evaluations, early);
    expect_holds(found, 8 * std::pow(x, 7));
  }
}

/// Small waves that steps of 0.002 skip: x + 1e-13 sin(1e9 x), where 1e9 x is exact. Steps must
/// stay below their length.
TEST(EarlyLook, DoesNotSkipSmallFastWaves) {
  const Function waves([](Function& f, ValueId x) {
    const ValueId fast = f.apply("sin", {f.apply("mul", {f.number("1e9"), x})});
    return f.apply("add", {x, f.apply("mul", {f.number("1e-13"), fast})});
  });
  const Estimate found = waves.derivative(0.3125, loose);
  EXPECT_LE(found.step, 1e-9);
  expect_holds(found, 1 + 1e-4 * std::cos(312500000.0));
}

TEST(EarlyLook, TakesSmallStepsNearPolesAndBranchPoints) {
  const Function log([](Function& f, ValueId x) { return f.apply("log", {x}); });
  const Function root([](Function& f, ValueId x) { return f.apply("sqrt", {x}); });
  const Function reciprocal([](Function& f, ValueId x) { return f.apply("reciprocal", {x}); });
  for (const double x : {0x1p-20, 0x1p-10, 0x1p-3}) {
    expect_holds(log.derivative(x, loose), 1 / x);
    expect_holds(root.derivative(x, loose), 0.5 / std::sqrt(x));
    expect_holds(reciprocal.derivative(x, loose), -1 / (x * x));
  }
  EXPECT_EQ(log.derivative(0x1p-3, loose).evaluations, early);
}

TEST(EarlyLook, SeesKinksNearby) {
  const Function relu([](Function& f, ValueId x) { return f.apply("relu", {x}); });
  for (const double x : {-1e-4, 1e-4}) {
    const Estimate found = relu.derivative(x, loose);
    EXPECT_EQ(found.status, EstimateStatus::ok);
    expect_holds(found, x > 0 ? 1 : 0);
  }
}

TEST(EarlyLook, StaysInsideTheStatedDomain) {
  const Function inside([](Function& f, ValueId x) { return f.apply("exp", {x}); },
                        {.kind = Domain::Kind::interval, .a = 0, .b = 1});
  const Estimate found = inside.derivative(0x1p-14, loose);
  EXPECT_EQ(found.evaluations, early);
  EXPECT_LE(found.step, 0x1p-14);
  expect_holds(found, std::exp(0x1p-14));
  EXPECT_GT(inside.derivative(1, loose).evaluations, early);
}

TEST(EarlyLook, BelievesNoOperationOfUnknownScale) {
  const Function softplus([](Function& f, ValueId x) {
    return f.apply("softplus", {x, f.number("1000")});
  });
  const Estimate found = softplus.derivative(0.001, loose);
  EXPECT_GT(found.evaluations, early);
  expect_holds(found, 1 / (1 + std::exp(-1.0)));
}

TEST(Motions, ServeReferencesAtManyPoints) {
  const Function sine([](Function& f, ValueId x) { return f.apply("sin", {x}); });
  ReferenceOptions shared{.motions = motions_of(sine.program)};
  for (const double x : {0.5, 1.0, 2.0}) expect_holds(sine.derivative(x, shared), std::cos(x));
}

}  // namespace
}  // namespace verigrad::gradcheck
