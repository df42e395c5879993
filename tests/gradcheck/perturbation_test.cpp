// Values of Programs by what moves alone, against the engine's evaluation of the whole Program at
// the displaced point.
#include "gradcheck/perturbation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/random.hpp"
#include "gradcheck/cost.hpp"

namespace verigrad::gradcheck::detail {
namespace {

const AttributesRef mean_word = make_attributes({std::string("mean")});
const AttributesRef over_all = make_attributes({std::monostate(), false});

/// A Program under construction, with random leaves.
struct Sketch {
  Program program;
  Point point;
  Random random{7};

  ValueId leaf(const Shape& shape, double low = -1, double high = 1) {
    point.emplace_back();
    for (std::int64_t i = 0; i < shape.numel(); ++i)
      point.back().push_back(random.uniform(low, high));
    return program.add_leaf({.name = "x" + std::to_string(point.size()), .shape = shape});
  }
  ValueId apply(const char* name, std::vector<ValueId> operands,
                AttributesRef attributes = nullptr) {
    return program.add(*find_operation(name), std::move(operands), std::move(attributes));
  }
  std::vector<double> at(const Point& moved, ValueId output) const {
    const NoGrad values_only;
    const Tensor<double> result =
        run<double>(program, leaf_tensors<double>(program, moved, false), {&output, 1})[0];
    return {result.entries().begin(), result.entries().end()};
  }
};

void expect_same(const std::vector<double>& expected, const Perturbation& perturbation,
                 std::size_t lane, const std::vector<double>& here) {
  std::vector<double> found = here;
  for (std::size_t i = 0; i < perturbation.outputs(); ++i)
    found[perturbation.place(i)] = perturbation.value(lane, i);
  double size = 0;
  for (const double x : expected) size = std::max(size, std::abs(x));
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(found[i], expected[i], 64 * 0x1p-53 * (1 + size)) << "entry " << i;
}

constexpr std::array<double, 4> steps{0.25, -0.25, 0.5, -0.75};

/// Every entry of every leaf, and a line through all of them.
void expect_engine_values(const Sketch& sketch, ValueId output) {
  const Schedule schedule = schedule_of(sketch.program, output);
  BaseValues base(sketch.program, schedule, sketch.point);
  const std::vector<double> here = sketch.at(sketch.point, output);
  std::vector<std::size_t> leaves;
  for (std::size_t leaf = 0; leaf < sketch.point.size(); ++leaf) {
    leaves.push_back(leaf);
    const Shape& shape = sketch.program.leaves()[leaf].shape;
    const Motion motion = entry_motion(sketch.program, output, leaf);
    ASSERT_TRUE(motion.reaches_output());
    Perturbation perturbation(motion, base);
    for (std::size_t entry = 0; entry < sketch.point[leaf].size(); ++entry) {
      SCOPED_TRACE("leaf " + std::to_string(leaf) + ", entry " + std::to_string(entry));
      std::vector<std::int64_t> index(shape.rank());
      auto rest = static_cast<std::int64_t>(entry);
      for (std::size_t d = shape.rank(); d-- > 0; rest /= shape[d]) index[d] = rest % shape[d];
      perturbation.evaluate(index, steps);
      for (std::size_t lane = 0; lane < steps.size(); ++lane) {
        Point moved = sketch.point;
        moved[leaf][entry] += steps[lane];
        expect_same(sketch.at(moved, output), perturbation, lane, here);
      }
    }
  }
  const Motion motion = line_motion(sketch.program, output, leaves);
  Perturbation perturbation(motion, base);
  for (const std::size_t leaf : leaves) perturbation.set_direction(leaf, sketch.point[leaf]);
  perturbation.evaluate({}, steps);
  for (std::size_t lane = 0; lane < steps.size(); ++lane) {
    SCOPED_TRACE("along a line");
    Point moved = sketch.point;
    for (std::vector<double>& entries : moved)
      for (double& x : entries) x += steps[lane] * x;
    expect_same(sketch.at(moved, output), perturbation, lane, here);
  }
}

TEST(Perturbation, FollowsAPerceptron) {
  Sketch s;
  const ValueId X = s.leaf({3, 2}), W = s.leaf({2, 5}), b = s.leaf({5}), V = s.leaf({5, 1}),
                c = s.leaf({1}), y = s.leaf({3, 1}, 0, 1);
  const ValueId units = s.apply("tanh", {s.apply("add", {s.apply("matmul", {X, W}), b})});
  const ValueId p = s.apply("sigmoid", {s.apply("add", {s.apply("matmul", {units, V}), c})});
  const ValueId one = s.program.add_number("1", 1);
  expect_engine_values(s, s.apply("bce", {p, y, one}, mean_word));
  expect_engine_values(s, s.apply("bce", {p, y, one}, make_attributes({std::string("none")})));
  expect_engine_values(s, s.apply("mse", {p, y}, make_attributes({std::string("sum")})));
}

TEST(Perturbation, FollowsLayersOfEveryRank) {
  for (const bool rows : {false, true})
    for (const bool columns : {false, true})
      for (const bool bias : {false, true}) {
        Sketch s;
        const ValueId x = s.leaf(rows ? Shape{3, 4} : Shape{4}),
                      w = s.leaf(columns ? Shape{2, 4} : Shape{4});
        const ValueId b =
            bias ? s.leaf(columns ? Shape{2} : Shape{}) : s.program.add_number("0", 0);
        const ValueId first = s.apply("linear", {x, w, b});
        expect_engine_values(s, first);
        expect_engine_values(s, s.apply("linear", {s.apply("sin", {x}), w, b}));
        expect_engine_values(s, s.apply("linear", {x, s.apply("exp", {w}), b}));
        expect_engine_values(s, s.apply("linear", {s.apply("sin", {x}), s.apply("exp", {w}), b}));
      }
}

TEST(Perturbation, FollowsProductsOfEveryRank) {
  for (const Shape& left : {Shape{3, 4}, Shape{4}})
    for (const Shape& right : {Shape{4, 2}, Shape{4}}) {
      Sketch s;
      const ValueId a = s.leaf(left), b = s.leaf(right);
      expect_engine_values(s, s.apply("matmul", {a, b}));
      expect_engine_values(s, s.apply("matmul", {s.apply("cos", {a}), b}));
      expect_engine_values(s, s.apply("matmul", {a, s.apply("cos", {b})}));
    }
}

TEST(Perturbation, FollowsBroadcastsSumsAndDifferences) {
  Sketch s;
  const ValueId a = s.leaf({3, 1}), b = s.leaf({4}), c = s.leaf({2, 3, 4}, 1, 2), d = s.leaf({});
  const ValueId x = s.apply("sub", {s.apply("neg", {a}), s.apply("sub", {b, s.apply("neg", {d})})});
  expect_engine_values(s, s.apply("mul", {s.apply("div", {x, c}), s.apply("add", {x, x})}));
  expect_engine_values(s, s.apply("sum", {s.apply("mul", {x, c})}, over_all));
  expect_engine_values(s, s.apply("mean", {s.apply("exp", {s.apply("add", {x, c})})}, over_all));
}

TEST(Perturbation, EvaluatesOtherOperationsAsAWhole) {
  Sketch s;
  const ValueId a = s.leaf({3, 3});
  const ValueId wide = s.apply("add", {s.apply("matmul", {a, a}), a});
  expect_engine_values(s, wide);
  expect_engine_values(
      s, s.apply("sin", {s.apply("cumsum", {wide}, make_attributes({std::int64_t{1}}))}));
  expect_engine_values(
      s, s.apply("sum", {s.apply("exp", {wide})}, make_attributes({Integers{0}, true})));
}

TEST(Perturbation, TellsWhichLanesTakeOtherSidesOfKinks) {
  Sketch s;
  const ValueId x = s.leaf({2}, 0.3, 0.4);
  const ValueId y = s.apply("relu", {x});
  const Schedule schedule = schedule_of(s.program, y);
  BaseValues base(s.program, schedule, s.point);
  const Motion motion = entry_motion(s.program, y, 0);
  Perturbation perturbation(motion, base);
  const std::int64_t index[] = {1};
  perturbation.evaluate(index, steps);
  EXPECT_EQ(perturbation.branch(0), 0U);
  EXPECT_EQ(perturbation.branch(1), 0U);
  EXPECT_EQ(perturbation.branch(2), 0U);
  EXPECT_NE(perturbation.branch(3), 0U);
}

/// What bce refuses has entries that are NaN; cholesky is evaluated as a whole.
TEST(Perturbation, IsNotDefinedWhereAnOperationRefusesItsOperands) {
  Sketch s;
  const ValueId x = s.leaf({2}, 0.3, 0.4), square = s.leaf({1, 1}, 0.3, 0.4);
  const ValueId one = s.program.add_number("1", 1);
  const ValueId y = s.apply("bce", {x, one, one}, mean_word);
  const Schedule schedule = schedule_of(s.program, y);
  BaseValues base(s.program, schedule, s.point);
  const Motion motion = entry_motion(s.program, y, 0);
  Perturbation perturbation(motion, base);
  const std::int64_t index[] = {0};
  perturbation.evaluate(index, steps);
  EXPECT_TRUE(std::isfinite(perturbation.value(0, 0)));
  EXPECT_TRUE(std::isnan(perturbation.value(3, 0)));

  const ValueId root = s.apply("cholesky", {square}, make_attributes({false}));
  const Schedule whole_schedule = schedule_of(s.program, root);
  BaseValues whole_base(s.program, whole_schedule, s.point);
  const Motion whole_motion = entry_motion(s.program, root, 1);
  Perturbation whole(whole_motion, whole_base);
  const std::int64_t only[] = {0, 0};
  whole.evaluate(only, steps);
  EXPECT_TRUE(whole.defined(0));
  EXPECT_FALSE(whole.defined(3));
}

TEST(Motion, OneWeightMovesOneColumnOfUnits) {
  Sketch s;
  const ValueId X = s.leaf({16, 4}), W = s.leaf({4, 8});
  const ValueId y = s.apply("tanh", {s.apply("matmul", {X, W})});
  const Motion by_weight = entry_motion(s.program, y, 1), by_input = entry_motion(s.program, y, 0);
  EXPECT_EQ(by_weight.values.back().places.count(), 16U);
  EXPECT_EQ(by_input.values.back().places.count(), 8U);
  EXPECT_LT(by_weight.cost, evaluation_cost(s.program, y) / 2);
  EXPECT_TRUE(by_weight.understood);
}

TEST(Motion, IsNotUnderstoodBeyondDegreeFourAndThroughUnknownOperations) {
  Sketch s;
  const ValueId x = s.leaf({2});
  const ValueId fourth = s.apply("square", {s.apply("square", {x})});
  EXPECT_TRUE(entry_motion(s.program, fourth, 0).understood);
  EXPECT_FALSE(entry_motion(s.program, s.apply("mul", {fourth, x}), 0).understood);
  EXPECT_FALSE(
      entry_motion(s.program, s.apply("cumsum", {x}, make_attributes({std::int64_t{0}})), 0)
          .understood);
}

TEST(Motion, EndsWhereTheOutputDoesNotDependOnTheLeaf) {
  Sketch s;
  const ValueId x = s.leaf({2});
  s.leaf({3});
  const ValueId y = s.apply("sin", {x});
  EXPECT_TRUE(entry_motion(s.program, y, 0).reaches_output());
  EXPECT_FALSE(entry_motion(s.program, y, 1).reaches_output());
}

}  // namespace
}  // namespace verigrad::gradcheck::detail
