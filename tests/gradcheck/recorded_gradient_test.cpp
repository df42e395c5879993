// Recorded derivatives are the engine's own: of every operation of the table in every form, at the
// point of the recording and at another one, where a choice or an entry that had been written down
// as a constant would show.
#include "gradcheck/recorded_gradient.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "engine/creation.hpp"
#include "engine/functional.hpp"
#include "engine/operation_table.hpp"
#include "engine/recording.hpp"
#include "gradcheck/judge.hpp"
#include "tests/gradcheck/operation_forms.hpp"

namespace verigrad::gradcheck {
namespace {

std::vector<double> drawn(const Shape& shape, DType dtype, Random& random) {
  std::vector<double> entries;
  for (std::int64_t i = 0; i < shape.numel(); ++i)
    entries.push_back(round_to(dtype, random.uniform(-2, 2)));
  return entries;
}

template <class T>
Tensor<T> narrow(const std::vector<double>& entries, const Shape& shape) {
  return Tensor<T>(shape, std::vector<T>(entries.begin(), entries.end()));
}

template <class T>
std::vector<double> widened(const Tensor<T>& tensor) {
  return {tensor.entries().begin(), tensor.entries().end()};
}

template <class T>
std::vector<double> replayed(const RecordedGradient& recorded, const Point& point) {
  const auto leaves = leaf_tensors<T>(recorded.program, point, false);
  return widened(run<T>(recorded.program, leaves, std::span(&recorded.root, 1))[0]);
}

/// One output of a Program as the engine computes it, and a leaf that it is differentiated by.
template <class T>
struct Forward {
  Forward(const Program& program, const Point& point, ValueId output, std::size_t leaf)
      : leaves(leaf_tensors<T>(program, point, true)),
        x(leaves[leaf]),
        y(run<T>(program, leaves, std::span(&output, 1))[0]) {}

  /// vᵀJ by a backward pass that is recorded as a graph or that is not.
  std::vector<double> pulled_back(const std::vector<double>& v, bool create_graph) const {
    const Tensor<T> cotangent = narrow<T>(v, y.shape());
    return widened(grad<T>(std::span(&y, 1), std::span(&x, 1), std::span(&cotangent, 1),
                           {.create_graph = create_graph})[0]);
  }

  std::vector<Tensor<T>> leaves;
  Tensor<T> x, y;
};

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y) ||
           (std::isnan(x) && std::isnan(y));
  });
}

/// The greatest difference of entries in units of the last place of the greatest entry.
double ulps_apart(const std::vector<double>& a, const std::vector<double>& b, DType dtype) {
  double apart = 0, greatest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    apart = std::max(apart, std::abs(a[i] - b[i]));
    greatest = std::max(greatest, std::abs(b[i]));
  }
  return apart == 0 ? 0 : apart / ulp(dtype, greatest);
}

/// One derivative of one application, at two points.
struct Case {
  const Operation& operation;
  const Application& application;
  std::size_t leaf;
  Point here, there;
  std::vector<double> v;
  std::string name;
  DType dtype;
};

template <class See>
void each_case(DType dtype, See&& see) {
  std::uint64_t stream = 0;
  for (const Operation* operation : differentiable_operations())
    for (const Form& form : forms_of(*operation)) {
      Random random = Random::stream(20261129, ++stream);
      const Application application(*operation, form);
      for (std::size_t leaf = 0; leaf < form.shapes.size(); ++leaf)
        if (application.program.leaves()[leaf].differentiable)
          see(Case{*operation, application, leaf, ordinary_point(*operation, form, dtype, random),
                   ordinary_point(*operation, form, dtype, random),
                   drawn(application.program.shape(application.output), dtype, random),
                   fmt::format("{} of {}, operand {}", operation->name(), to_string(form.shapes[0]),
                               leaf),
                   dtype});
    }
}

template <class T>
void expect_replay(const Case& at) {
  const auto& [program, output] = at.application;
  const RecordedGradient recorded = record_gradient<T>(program, at.here, output, at.leaf, at.v);
  for (const Point& point : {at.here, at.there}) {
    const Forward<T> forward(program, point, output, at.leaf);
    EXPECT_TRUE(same_bits(replayed<T>(recorded, point), forward.pulled_back(at.v, true)))
        << at.name;
  }
}

TEST(RecordedGradient, OfEveryOperationIsTheEnginesBitForBit) {
  each_case(DType::f64, expect_replay<double>);
  each_case(DType::f32, expect_replay<float>);
}

/// What a rule applies stems from the operation that it is the rule of; what adds up cotangents,
/// from an operand of it.
template <class T>
void expect_origins(const Case& at) {
  const auto& [program, output] = at.application;
  const RecordedGradient recorded = record_gradient<T>(program, at.here, output, at.leaf, at.v);
  ASSERT_EQ(recorded.origins.size(), recorded.program.values().size()) << at.name;
  for (ValueId id = 0; id <= recorded.root; ++id) {
    const Value& value = recorded.program[id];
    // A reshape, which rounds nothing, may belong to a constant, or to the root.
    if (value.operation == nullptr || value.operation->name() == "reshape") continue;
    const ValueId origin = recorded.origins[static_cast<std::size_t>(id)];
    ASSERT_NE(origin, no_value) << at.name << " " << value.operation->name();
    if (id <= recorded.output) {
      EXPECT_EQ(value.operation, program[origin].operation) << at.name;
    }
  }
}

TEST(RecordedGradient, KnowsTheOriginOfEveryOperation) {
  each_case(DType::f64, expect_origins<double>);
  each_case(DType::f32, expect_origins<float>);
}

/// d(e sin(e)) / dx with e = exp(x), by hand: the product's rule gives e and sin(e) their shares,
/// the sine's rule another one to e, where both are added, and the rule of exp multiplies by e.
TEST(RecordedGradient, KnowsWhoseRuleOrSumAnOperationIs) {
  Program program;
  const auto apply = [&](const char* name, std::vector<ValueId> operands) {
    return program.add(*OperationTable::standard().find(name), std::move(operands));
  };
  const ValueId x = program.add_leaf({.name = "x", .shape = {}});
  const ValueId e = apply("exp", {x}), s = apply("sin", {e}), y = apply("mul", {e, s});
  const RecordedGradient recorded = record_gradient<double>(program, {{0.5}}, y, 0, {1});
  std::vector<std::pair<std::string, ValueId>> backward;
  for (ValueId id = recorded.output + 1; id <= recorded.root; ++id)
    if (const Value& value = recorded.program[id]; value.operation != nullptr)
      backward.emplace_back(value.operation->name(),
                            recorded.origins[static_cast<std::size_t>(id)]);
  EXPECT_THAT(backward, testing::UnorderedElementsAre(std::pair("mul", y), std::pair("mul", y),
                                                      std::pair("cos", s), std::pair("mul", s),
                                                      std::pair("add", e), std::pair("mul", e)));
}

/// Those whose ordinary backward pass accumulates in double what the recorded one multiplies and
/// adds by operations.
bool rounds_otherwise(const Operation& operation) {
  for (const char* name : {"prod", "cumprod", "softmax", "matmul", "adjugate"})
    if (operation.name() == name) return true;
  return false;
}

template <class T>
void expect_same_as_fused(const Case& at) {
  const auto& [program, output] = at.application;
  const Forward<T> forward(program, at.here, output, at.leaf);
  const auto recorded = forward.pulled_back(at.v, true);
  const auto fused = forward.pulled_back(at.v, false);
  if (rounds_otherwise(at.operation)) {
    EXPECT_LE(ulps_apart(recorded, fused, at.dtype), 4) << at.name;
  } else {
    EXPECT_TRUE(same_bits(recorded, fused)) << at.name;
  }
}

TEST(RecordedGradient, IsThatOfAnOrdinaryBackwardPass) {
  each_case(DType::f64, expect_same_as_fused<double>);
  each_case(DType::f32, expect_same_as_fused<float>);
}

/// The derivative of sum(w * operation(…)) in a direction, and along one.
template <class T>
void expect_second_order(const Case& at) {
  const auto& [program, output] = at.application;
  Random random(3);
  Program scalar = program;
  const ValueId weights = scalar.add_entries(program.shape(output), at.v);
  const ValueId weighed = scalar.add(*find_operation("mul"), {output, weights});
  const ValueId loss =
      scalar.add(*find_operation("sum"), {weighed}, make_attributes({std::monostate(), false}));
  const Shape shape = program.leaves()[at.leaf].shape;
  const std::vector<double> u = drawn(shape, at.dtype, random);
  const auto curved = record_hvp<T>(scalar, at.here, loss, at.leaf, u);
  const auto pushed = record_jvp<T>(program, at.here, output, at.leaf, u);
  for (const Point& point : {at.here, at.there}) {
    const Forward<T> second(scalar, point, loss, at.leaf);
    const auto direction = narrow<T>(u, shape);
    // Both passes with create_graph, as in the recording.
    const Tensor<T> gradient = grad<T>(second.y, {second.x}, {.create_graph = true})[0];
    std::vector<double> expected(u.size(), 0);
    if (gradient.requires_grad())
      if (const Tensor<T> product =
              grad<T>(std::span(&gradient, 1), std::span(&second.x, 1), std::span(&direction, 1),
                      {.create_graph = true}, true)[0];
          product.defined())
        expected = widened(product);
    EXPECT_TRUE(same_bits(replayed<T>(curved, point), expected)) << at.name;
    const Forward<T> first(program, point, output, at.leaf);
    EXPECT_LE(
        ulps_apart(replayed<T>(pushed, point), widened(jvp(first.y, first.x, direction)), at.dtype),
        4)
        << at.name;
  }
}

TEST(RecordedGradient, OfSecondOrderAndForwardProductsAreTheEngines) {
  each_case(DType::f64, expect_second_order<double>);
}

/// Recorded where nothing is met, replayed where sides of comparisons and ties are.
TEST(RecordedGradient, ChoosesAtKinksAndTiesAsTheEngineDoes) {
  const Point smooth{{1, -2, 3, 0.5}, {-0.25}, {2.5}};
  for (const char* name : {"relu", "abs", "maximum", "minimum", "clamp", "max", "min", "median",
                           "amax", "amin", "softmax", "log_softmax", "cumprod", "std", "prod"}) {
    const Operation& operation = *find_operation(name);
    const std::size_t operands = operation.signature.operand_count();
    std::vector<Shape> shapes(operands, Shape());
    shapes[0] = Shape{4};
    const Application application(operation, {shapes, forms_of(operation).front().attributes});
    const auto at = [&](std::vector<double> entries) {
      Point point(smooth.begin(), smooth.begin() + static_cast<std::ptrdiff_t>(operands));
      point[0] = std::move(entries);
      return point;
    };
    Random random(11);
    const auto v = drawn(application.program.shape(application.output), DType::f64, random);
    const auto recorded =
        record_gradient<double>(application.program, at(smooth[0]), application.output, 0, v);
    for (const Point& point :
         {at({0, 0, 0, 0}), at({-0.0, -0.25, -0.25, 2.5}), at({2, 2, -2, 2})}) {
      const Forward<double> forward(application.program, point, application.output, 0);
      EXPECT_TRUE(same_bits(replayed<double>(recorded, point), forward.pulled_back(v, true)))
          << name;
    }
  }
}

/// sum 0.1 r² c broadcast both ways: 0.2 r (5 + 7) by r, 0.1 (1 + 4 + 9) by c.
TEST(RecordedGradient, CountsAnOperandThatIsUsedTwiceAndSumsWhatWasBroadcast) {
  Program program;
  const ValueId row = program.add_leaf({.name = "row", .shape = Shape{1, 3}});
  const ValueId column = program.add_leaf({.name = "column", .shape = Shape{2, 1}});
  const ValueId tenth = program.add_number("0.1", 0.1);
  const auto add = [&](const char* name, ValueId a, ValueId b) {
    return program.add(*find_operation(name), {a, b});
  };
  const ValueId square = add("mul", row, row);
  const ValueId output = add("mul", add("mul", square, column), tenth);
  const Point point{{1, 2, 3}, {5, 7}};
  const std::vector<double> ones(6, 1.0);
  const auto by_row = record_gradient<double>(program, point, output, 0, ones);
  const auto by_column = record_gradient<double>(program, point, output, 1, ones);
  const std::vector<double> rows = replayed<double>(by_row, point);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(rows[i], 2 * point[0][i] * (5 + 7) * 0.1, 1e-14);
  for (const double entry : replayed<double>(by_column, point)) EXPECT_NEAR(entry, 1.4, 1e-14);
  std::size_t numbers = 0;
  for (const Value& value : by_row.program.values())
    if (value.kind == Value::Kind::number) {
      ++numbers;
      EXPECT_EQ(value.text, "0.1");
    }
  EXPECT_EQ(numbers, 1U);
  ASSERT_EQ(by_row.program.leaves().size(), 2U);
  EXPECT_EQ(by_row.program.leaves()[1].name, "column");
}

TEST(RecordedGradient, IsZerosWhereNothingDepends) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = Shape{2}});
  program.add_leaf({.name = "y", .shape = Shape{3}});
  const ValueId output = program.add(*find_operation("sin"), {x});
  const Point point{{1, 2}, {3, 4, 5}};
  const auto recorded = record_gradient<double>(program, point, output, 1, {1, 1});
  EXPECT_EQ(replayed<double>(recorded, point), std::vector<double>(3, 0.0));
  EXPECT_EQ(replayed<double>(record_jvp<double>(program, point, output, 1, {1, 1, 1}), point),
            std::vector<double>(2, 0.0));
}

TEST(RecordedGradient, RefusesALeafThatTakesNoGradient) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = Shape{}});
  program.add_leaf({.name = "c", .shape = Shape{}, .differentiable = false});
  EXPECT_THROW(record_gradient<double>(program, {{1}, {2}}, x, 1, {1}), Error);
}

}  // namespace
}  // namespace verigrad::gradcheck
