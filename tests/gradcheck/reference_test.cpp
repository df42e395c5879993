// The finite-difference reference, and how its Jacobians are combined to products.
#include "gradcheck/reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace verigrad::gradcheck {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

const Operation& op(const char* name) { return *find_operation(name); }

Truth smooth(double value, double bar = 0) {
  Truth truth;
  truth.estimate.value = truth.estimate.left = truth.estimate.right = value;
  truth.estimate.error_bar = bar;
  truth.estimate.status = EstimateStatus::ok;
  truth.scale = std::abs(value);
  return truth;
}

Truth kink(double left, double right) {
  Truth truth = smooth((left + right) / 2);
  truth.estimate.left = left;
  truth.estimate.right = right;
  truth.estimate.status = EstimateStatus::kink;
  truth.estimate.reason = "a kink";
  return truth;
}

Truth undecided(EstimateStatus status, const char* reason) {
  Truth truth;
  truth.estimate.value = std::nan("");
  truth.estimate.error_bar = inf;
  truth.estimate.status = status;
  truth.estimate.reason = reason;
  return truth;
}

TEST(Reference, VjpAddsRowsAndTheirBars) {
  // J = [[1, 2], [3, 4], [5, 6]]
  const std::vector<Truth> jacobian = {smooth(1, 0.1), smooth(2), smooth(3),
                                       smooth(4, 0.2), smooth(5), smooth(6)};
  const std::vector<Truth> product = vjp_of(jacobian, {1, -1, 2});
  ASSERT_EQ(product.size(), 2U);
  EXPECT_EQ(product[0].estimate.value, 8);
  EXPECT_EQ(product[1].estimate.value, 10);
  EXPECT_NEAR(product[0].estimate.error_bar, 0.1, 1e-14);
  EXPECT_NEAR(product[1].estimate.error_bar, 0.2, 1e-14);
  EXPECT_GT(product[0].estimate.error_bar, 0.1);  // the sum's own rounding
  EXPECT_EQ(product[0].scale, 1 + 3 + 10);
  EXPECT_EQ(product[0].estimate.status, EstimateStatus::ok);
  EXPECT_EQ(product[0].estimate.left, 8);
  EXPECT_EQ(product[0].estimate.right, 8);
}

TEST(Reference, JvpAddsColumnsAndTheirBars) {
  const std::vector<Truth> jacobian = {smooth(1), smooth(2, 0.1), smooth(3),
                                       smooth(4), smooth(5),      smooth(6)};
  const std::vector<Truth> product = jvp_of(jacobian, {1, -2, 3});
  ASSERT_EQ(product.size(), 2U);
  EXPECT_EQ(product[0].estimate.value, 6);
  EXPECT_EQ(product[1].estimate.value, 12);
  EXPECT_NEAR(product[0].estimate.error_bar, 0.2, 1e-14);
  EXPECT_EQ(product[0].scale, 1 + 4 + 9);
}

TEST(Reference, VjpKeepsTheSidesOfOneCoordinateTogether) {
  // relu(x) - relu(-x) = x at 0: derivatives (0, 1) and (-1, 0) add up to (-1 * -1 =) 1 on each
  // side.
  const std::vector<Truth> jacobian = {kink(0, 1), kink(-1, 0)};
  const std::vector<Truth> product = vjp_of(jacobian, {1, -1});
  EXPECT_EQ(product[0].estimate.left, 1);
  EXPECT_EQ(product[0].estimate.right, 1);
  EXPECT_EQ(product[0].estimate.value, 1);
  EXPECT_EQ(product[0].estimate.status, EstimateStatus::kink);
  const std::vector<Truth> scaled = vjp_of({kink(0, 1)}, {-2});
  EXPECT_EQ(scaled[0].estimate.left, 0);
  EXPECT_EQ(scaled[0].estimate.right, -2);
}

TEST(Reference, JvpAcrossCoordinatesAddsHulls) {
  const std::vector<Truth> product = jvp_of({kink(0, 1), kink(-1, 0)}, {1, -1});
  EXPECT_EQ(product[0].estimate.left, 0);
  EXPECT_EQ(product[0].estimate.right, 2);
  EXPECT_EQ(product[0].estimate.status, EstimateStatus::kink);
  const std::vector<Truth> mixed = jvp_of({kink(1, -1), smooth(5)}, {1, 2});
  EXPECT_EQ(mixed[0].estimate.left, 9);
  EXPECT_EQ(mixed[0].estimate.right, 11);
}

TEST(Reference, ProductsAreAsDoubtfulAsTheirWorstTerm) {
  const std::vector<Truth> jacobian = {smooth(1), kink(0, 1),
                                       undecided(EstimateStatus::jump, "a jump"),
                                       undecided(EstimateStatus::edge, "an edge")};
  const Truth all = vjp_of(jacobian, {1, 1, 1, 1})[0];
  EXPECT_EQ(all.estimate.status, EstimateStatus::jump);
  EXPECT_EQ(all.estimate.reason, "a jump");
  EXPECT_EQ(jvp_of(jacobian, {1, 1, 0, 1})[0].estimate.status, EstimateStatus::edge);
  EXPECT_EQ(jvp_of(jacobian, {1, 1, 0, 0})[0].estimate.status, EstimateStatus::kink);
  const Truth sure = jvp_of(jacobian, {2, 0, 0, 0})[0];
  EXPECT_EQ(sure.estimate.status, EstimateStatus::ok);
  EXPECT_EQ(sure.estimate.value, 2);
}

TEST(Reference, ProductsWithNothingAreNothing) {
  EXPECT_TRUE(vjp_of({}, {}).empty());
  EXPECT_TRUE(jvp_of({}, {}).empty());
  EXPECT_TRUE(vjp_of({}, {1, 2}).empty());
  EXPECT_TRUE(jvp_of({}, {1, 2}).empty());
}

/// y = exp(x) * w, z = sum(y).
struct Example {
  Program program;
  ValueId y, z;
  Point point = {{0.5, 1}, {3}};

  Example() {
    const ValueId x = program.add_leaf({.name = "x", .shape = Shape{2}});
    const ValueId w = program.add_leaf({.name = "w", .shape = Shape{}});
    y = program.add(op("mul"), {program.add(op("exp"), {x}), w});
    z = program.add(op("sum"), {y}, make_attributes({std::monostate(), false}));
  }
};

void expect_covers(const Truth& truth, double expected) {
  EXPECT_EQ(truth.estimate.status, EstimateStatus::ok);
  EXPECT_LE(std::abs(truth.estimate.value - expected), truth.estimate.error_bar);
  EXPECT_LE(truth.estimate.error_bar, 1e-7 * std::max(1.0, std::abs(expected)));
}

TEST(Reference, JacobiansAreRowMajor) {
  const Example e;
  const auto reference = finite_difference_reference(e.program, e.point);
  EXPECT_EQ(reference->method(), "finite-difference");
  const auto& jacobian = reference->jacobian(e.y, 0);
  ASSERT_EQ(jacobian.size(), 4U);
  expect_covers(jacobian[0], 3 * std::exp(0.5));
  expect_covers(jacobian[1], 0);
  expect_covers(jacobian[2], 0);
  expect_covers(jacobian[3], 3 * std::exp(1));
  const auto& by_w = reference->jacobian(e.y, 1);
  ASSERT_EQ(by_w.size(), 2U);
  expect_covers(by_w[1], std::exp(1));
  EXPECT_EQ(&reference->jacobian(e.y, 0), &jacobian);
}

TEST(Reference, HessiansAreSymmetricAndMeasureTheirZerosAgainstTheRest) {
  const Example e;
  const auto reference = finite_difference_reference(e.program, e.point);
  const auto& hessian = reference->hessian(e.z, 0);
  ASSERT_EQ(hessian.size(), 4U);
  EXPECT_NEAR(hessian[0].estimate.value, 3 * std::exp(0.5), 1e-4);
  EXPECT_NEAR(hessian[3].estimate.value, 3 * std::exp(1), 1e-4);
  EXPECT_EQ(hessian[1].estimate.value, hessian[2].estimate.value);
  EXPECT_GE(hessian[1].scale, 8);
}

TEST(Reference, StaysInsideTheDomainOfALeaf) {
  Program program;
  const ValueId x = program.add_leaf(
      {.name = "x", .shape = Shape{}, .domain = {.kind = Domain::Kind::interval, .a = 0, .b = 1}});
  const ValueId y = program.add(op("asin"), {program.add(op("sqrt"), {x})});
  const ValueId z = program.add(op("square"), {program.add(op("sqrt"), {x})});
  const auto inside = finite_difference_reference(program, {{0.25}});
  expect_covers(inside->jacobian(y, 0)[0], 1 / (2 * std::sqrt(0.25 * 0.75)));
  const auto end = finite_difference_reference(program, {{1}});
  EXPECT_EQ(end->jacobian(y, 0)[0].estimate.status, EstimateStatus::edge);
  EXPECT_NEAR(end->jacobian(z, 0)[0].estimate.value, 1, 1e-6);
}

TEST(Reference, RefusedOperandsAreOutsideTheDomain) {
  Program program;
  const ValueId p = program.add_leaf({.name = "p", .shape = Shape{}});
  const ValueId one = program.add_number("1", 1);
  const ValueId y = program.add(op("bce"), {p, one, one}, make_attributes({std::string("mean")}));
  const auto inside = finite_difference_reference(program, {{0.5}});
  expect_covers(inside->jacobian(y, 0)[0], -2);
  const auto end = finite_difference_reference(program, {{1}});
  EXPECT_NEAR(end->jacobian(y, 0)[0].estimate.value, -1, 1e-5);
  const auto outside = finite_difference_reference(program, {{1.5}});
  EXPECT_EQ(outside->jacobian(y, 0)[0].estimate.status, EstimateStatus::undefined);
}

TEST(Reference, EmptyOutputsAndLeavesHaveEmptyDerivatives) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = Shape{0}});
  const ValueId y = program.add(op("exp"), {x});
  const ValueId z = program.add(op("sum"), {x}, make_attributes({std::monostate(), false}));
  const auto reference = finite_difference_reference(program, {{}});
  EXPECT_TRUE(reference->jacobian(y, 0).empty());
  EXPECT_TRUE(reference->jacobian(z, 0).empty());
  EXPECT_TRUE(reference->hessian(z, 0).empty());
}

TEST(Reference, SaysWhenItsWorkIsExhaustedEveryTime) {
  const Example e;
  const auto reference = finite_difference_reference(e.program, e.point, {.work_limit = 1000});
  EXPECT_THROW(reference->jacobian(e.y, 0), WorkExhausted);
  EXPECT_THROW(reference->jacobian(e.y, 0), WorkExhausted);
  EXPECT_THROW(reference->hessian(e.z, 0), WorkExhausted);
}

TEST(Reference, ShowsBothSidesOfAKinkAndTheJumpOfAStep) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = Shape{}});
  const ValueId r = program.add(op("relu"), {x}), s = program.add(op("sign"), {x});
  const ValueId q = program.add(op("sqrt"), {x});
  const auto reference = finite_difference_reference(program, {{0}});
  const Estimate& relu = reference->jacobian(r, 0)[0].estimate;
  EXPECT_EQ(relu.status, EstimateStatus::kink);
  EXPECT_NEAR(relu.left, 0, 1e-9);
  EXPECT_NEAR(relu.right, 1, 1e-9);
  EXPECT_EQ(reference->jacobian(s, 0)[0].estimate.status, EstimateStatus::jump);
  EXPECT_EQ(reference->jacobian(q, 0)[0].estimate.status, EstimateStatus::edge);
}

/// sin, and how often it has been called. Operations without a known rule for entries are evaluated
/// as a whole.
int sines = 0;
Operation counted_sine() {
  Operation sine = op("sin");
  sine.f64.forward = [](Operands<double> operands, const Attributes&, const Shape&) {
    ++sines;
    return Tensor<double>(std::sin(operands[0].item()));
  };
  return sine;
}

TEST(Reference, CountsEveryEvaluation) {
  const Operation sine = counted_sine();
  for (const double x : {0.5, 1e-3, 1e5}) {
    Program program;
    const ValueId y = program.add(sine, {program.add_leaf({.name = "x", .shape = {}})});
    const auto reference = finite_difference_reference(program, {{x}});
    EXPECT_EQ(reference->evaluations(), 0);
    sines = 0;
    reference->jacobian(y, 0);
    EXPECT_GT(sines, 10);
    EXPECT_EQ(reference->evaluations(), sines) << x;
  }
}

TEST(Reference, CountsTheEvaluationsOfAFirstLook) {
  // f(x), f(x ± h) and f(x ± 2h) settle e^x; for a better bar there is a second look at least.
  Program program;
  const ValueId y = program.add(op("exp"), {program.add_leaf({.name = "x", .shape = {}})});
  const auto evaluations = [&](double enough) {
    const auto reference =
        finite_difference_reference(program, {{1.5}}, {.enough = enough, .enough_in_noise = 1e-6});
    reference->jacobian(y, 0);
    return reference->evaluations();
  };
  EXPECT_EQ(evaluations(1e-6), 5);
  EXPECT_GE(evaluations(1e-11), 9);
}

}  // namespace
}  // namespace verigrad::gradcheck
