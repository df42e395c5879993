// Gradients along random lines: what passes, and that a planted slip fails.
#include "gradcheck/projected_check.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/error.hpp"
#include "engine/functions.hpp"
#include "engine/operation_table.hpp"
#include "engine/random.hpp"

namespace verigrad::gradcheck {
namespace {

/// sum(tanh(X W + b) V), or without the sum.
struct Network {
  Program program;
  ValueId units, open, sum;
  Point point;

  explicit Network(const OperationTable& table = operation_table(), DType dtype = DType::f64,
                   Domain domain = {}) {
    program.dtype = dtype;
    Random random(5);
    const auto leaf = [&](const char* name, const Shape& shape) {
      point.emplace_back();
      for (std::int64_t i = 0; i < shape.numel(); ++i)
        point.back().push_back(round_to(dtype, random.uniform(0.1, 0.9)));
      return program.add_leaf({.name = name, .shape = shape, .domain = domain});
    };
    const ValueId X = leaf("X", {3, 2}), W = leaf("W", {2, 4}), b = leaf("b", {4}),
                  V = leaf("V", {4, 2});
    const auto apply = [&](const char* name, std::vector<ValueId> operands,
                           AttributesRef attributes = nullptr) {
      return program.add(*table.find(name), std::move(operands), std::move(attributes));
    };
    units = apply("tanh", {apply("add", {apply("matmul", {X, W}), b})});
    open = apply("matmul", {units, V});
    sum = apply("sum", {open}, make_attributes({std::monostate(), false}));
  }
};

TEST(ProjectedCheck, PassesRightGradients) {
  const Network network;
  for (const ValueId output : {network.sum, network.open, network.units}) {
    const auto found = projected_check(network.program, network.point, output, {.projections = 5});
    ASSERT_EQ(found.size(), 5U);
    for (const Projection& each : found) {
      EXPECT_EQ(each.verdict.verdict, Verdict::pass) << each.verdict.reason;
      EXPECT_EQ(each.truth.estimate.evaluations, 4);
      EXPECT_LE(std::abs(each.candidate.value - each.truth.estimate.value),
                each.truth.estimate.error_bar);
      EXPECT_GE(each.verdict.digits, 5);
    }
  }
}

TEST(ProjectedCheck, DrawsTheSameLinesFromTheSameSeed) {
  const Network n;
  const auto value = [&](std::uint64_t seed) {
    return projected_check(n.program, n.point, n.sum, {.seed = seed})[0].candidate.value;
  };
  EXPECT_EQ(value(1), value(1));
  EXPECT_NE(value(1), value(2));
}

template <int per_million>
Tensor<double> slipped(const Saved<double>& saved, const Tensor<double>& g, std::size_t operand) {
  static const auto right = OperationTable::standard().find("tanh")->f64.vjp;
  return right(saved, g, operand) * Tensor<double>(1 + per_million * 1e-6);
}

TEST(ProjectedCheck, FailsASlipOfTenInAMillion) {
  Operation wrong = *operation_table().find("tanh");
  wrong.f64.vjp = &slipped<10>;
  const OperationTable faulty = operation_table().replace("tanh", wrong);
  const Network network(faulty);
  const auto found =
      projected_check(network.program, network.point, network.sum, {.projections = 5});
  for (const Projection& each : found) EXPECT_EQ(each.verdict.verdict, Verdict::fail);
}

TEST(ProjectedCheck, JudgesFloatByItsDigits) {
  const Network network(operation_table(), DType::f32);
  const auto found = projected_check(network.program, network.point, network.sum);
  EXPECT_EQ(found[0].verdict.verdict, Verdict::pass) << found[0].verdict.reason;
  EXPECT_NE(found[0].candidate.value, found[0].candidate.in_double);
}

TEST(ProjectedCheck, FollowsALineNoFurtherThanTheDomain) {
  const double nearest = 0x1p-12;
  Network network(operation_table(), DType::f64, {.kind = Domain::Kind::interval, .a = 0, .b = 1});
  network.point[1][0] = nearest;
  const Projection found = projected_check(network.program, network.point, network.sum)[0];
  EXPECT_EQ(found.verdict.verdict, Verdict::pass) << found.verdict.reason;
  EXPECT_LE(found.truth.estimate.step, nearest);
}

/// At a kink, lines see one-sided derivatives; an operation that no plan follows is analysed in
/// full.
TEST(ProjectedCheck, AnalysesWhatIsNotSmoothInFull) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {2}});
  const ValueId y = program.add(*find_operation("relu"), {x});
  const ValueId z = program.add(*find_operation("cumsum"), {x}, make_attributes({std::int64_t{0}}));
  const Projection kink = projected_check(program, {{0, 0.5}}, y)[0];
  EXPECT_EQ(kink.truth.estimate.status, EstimateStatus::kink);
  const Projection sums = projected_check(program, {{0.25, 0.5}}, z)[0];
  EXPECT_GT(sums.truth.estimate.evaluations, 4);
  EXPECT_EQ(sums.verdict.verdict, Verdict::pass) << sums.verdict.reason;
}

/// 1 / x is infinite at 0, where the other branch is taken.
TEST(ProjectedCheck, EvaluatesWholeProgramsWhereValuesAreNotFinite) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {}});
  const ValueId zero = program.add_leaf({.name = "zero", .shape = {}, .differentiable = false});
  const ValueId infinite = program.add(*find_operation("reciprocal"), {zero});
  const ValueId bounded =
      program.add(*find_operation("minimum"), {infinite, program.add(*find_operation("exp"), {x})});
  const Projection found = projected_check(program, {{0.5}, {0}}, bounded)[0];
  EXPECT_EQ(found.verdict.verdict, Verdict::pass) << found.verdict.reason;
  EXPECT_NEAR(std::abs(found.truth.estimate.value), std::exp(0.5), 1e-9);
}

TEST(ProjectedCheck, HasNothingToSayWithoutInputsAndRefusesWhatTheEngineDoes) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {2}});
  const ValueId one = program.add_number("1", 1);
  const ValueId constant = program.add(*find_operation("exp"), {one});
  EXPECT_TRUE(projected_check(program, {{1, 2}}, constant).empty());
  const ValueId loss =
      program.add(*find_operation("bce"), {x, one, one}, make_attributes({std::string("mean")}));
  EXPECT_THROW(projected_check(program, {{1, 2}}, loss), Error);
}

}  // namespace
}  // namespace verigrad::gradcheck
