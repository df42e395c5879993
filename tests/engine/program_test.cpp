// Programs: building, shapes, reachability, running, kinks.
#include "engine/program.hpp"

#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::ElementsAre;

const Operation& op(const char* name) { return *find_operation(name); }

/// y = sum(w * x + 0.5), with an unused value beside it.
struct Example {
  Program program;
  ValueId x, w, half, product, shifted, total, unused;

  Example() {
    x = program.add_leaf({.name = "x", .shape = Shape{3}});
    w = program.add_leaf({.name = "w", .shape = Shape{}, .differentiable = false});
    half = program.add_number("0.5", 0.5);
    product = program.add(op("mul"), {w, x});
    shifted = program.add(op("add"), {product, half});
    total = program.add(op("sum"), {shifted}, make_attributes({std::monostate(), false}));
    unused = program.add(op("log"), {x});
  }
};

TEST(Program, KnowsShapesLeavesAndNumbers) {
  const Example e;
  EXPECT_EQ(e.program.shape(e.shifted), (Shape{3}));
  EXPECT_EQ(e.program.shape(e.total), Shape{});
  EXPECT_EQ(e.program.leaf_value(1), e.w);
  EXPECT_EQ(e.program.find_leaf("w"), std::optional<std::size_t>(1));
  EXPECT_EQ(e.program.find_leaf("v"), std::nullopt);
  EXPECT_TRUE(e.program[e.half].is_number);
  EXPECT_FALSE(e.program[e.w].is_number);
  EXPECT_EQ(e.program[e.product].operation->name(), "mul");
}

TEST(Program, NumbersStayNumbersThroughElementwiseOperationsOnly) {
  Program program;
  const ValueId two = program.add_number("2", 2);
  const ValueId root = program.add(op("sqrt"), {two});
  const ValueId power = program.add(op("pow"), {two, root});
  const ValueId total = program.add(op("sum"), {two}, make_attributes({std::monostate(), false}));
  EXPECT_TRUE(program[root].is_number);
  EXPECT_TRUE(program[power].is_number);
  EXPECT_FALSE(program[total].is_number);
  EXPECT_FALSE(program[program.add_entries(Shape{}, {2})].is_number);
}

TEST(Program, RefusesOperandsThatDoNotFit) {
  Program program;
  const ValueId a = program.add_leaf({.name = "a", .shape = Shape{2}});
  const ValueId b = program.add_leaf({.name = "b", .shape = Shape{3}});
  EXPECT_THROW(program.add(op("add"), {a, b}), ShapeError);
  EXPECT_THROW(program.add(op("softmax"), {a}, make_attributes({std::int64_t{1}})), IndexError);
  EXPECT_EQ(program.values().size(), 2U);
}

TEST(Program, ReachesWhatARootDependsOn) {
  const Example e;
  const ValueId roots[] = {e.product};
  const std::vector<bool> reached = e.program.reachable(roots);
  EXPECT_THAT(reached, ElementsAre(true, true, false, true, false, false, false));
}

TEST(Program, RunsOnTheEngine) {
  const Example e;
  const Point point = {{1, 2, 3}, {10}};
  const auto leaves = leaf_tensors<double>(e.program, point, true);
  EXPECT_TRUE(leaves[0].requires_grad());
  EXPECT_FALSE(leaves[1].requires_grad());
  const ValueId roots[] = {e.total, e.product, e.x};
  const auto values = run<double>(e.program, leaves, roots);
  EXPECT_EQ(values[0].item(), 61.5);
  EXPECT_THAT(values[1].entries(), ElementsAre(10, 20, 30));
  EXPECT_TRUE(values[2].is(leaves[0]));
  EXPECT_EQ(values[0].grad_fn(), "SumBackward0");
  values[0].backward();
  EXPECT_THAT(leaves[0].grad().entries(), ElementsAre(10, 10, 10));
}

TEST(Program, RunsInEitherPrecision) {
  const Example e;
  const Point point = {{0.1, 0.2, 0.3}, {0.1}};
  const ValueId roots[] = {e.product};
  const auto leaves = leaf_tensors<float>(e.program, point, false);
  EXPECT_FALSE(leaves[0].requires_grad());
  EXPECT_EQ(run<float>(e.program, leaves, roots)[0][0], 0.1F * 0.1F);
}

TEST(Program, KeepsAValueThatIsUsedTwiceByOneOperation) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = Shape{}});
  const ValueId s = program.add(op("sin"), {x}), square = program.add(op("mul"), {s, s});
  const ValueId again = program.add(op("add"), {square, s});
  const ValueId roots[] = {again, again, s};
  const auto values = run<double>(program, leaf_tensors<double>(program, {{0.5}}, true), roots);
  const double sine = std::sin(0.5);
  EXPECT_EQ(values[0].item(), sine * sine + sine);
  EXPECT_EQ(values[1].item(), sine * sine + sine);
  EXPECT_EQ(values[2].item(), sine);
}

TEST(Program, EntriesAndNumbersAreConstants) {
  Program program;
  const ValueId entries = program.add_entries(Shape{2}, {0.1, 2}), x = program.add_number("3", 3);
  const ValueId roots[] = {program.add(op("mul"), {entries, x}), x};
  const auto values = run<float>(program, {}, roots);
  EXPECT_EQ(values[0][0], 0.1F * 3);
  EXPECT_TRUE(values[1].is_number());
}

std::uint64_t sides(const char* name, std::vector<double> operands) {
  Program program;
  std::vector<ValueId> ids;
  Point point;
  for (const double x : operands) {
    ids.push_back(program.add_leaf({.name = "x" + std::to_string(ids.size()), .shape = Shape{}}));
    point.push_back({x});
  }
  const ValueId roots[] = {program.add(op(name), ids)};
  Branches branches;
  run<double>(program, leaf_tensors<double>(program, point, false), roots, &branches);
  return branches.hash();
}

TEST(Program, BranchesTellTheSidesOfKinksApart) {
  for (const char* name : {"relu", "abs", "sign", "leaky_relu", "elu"}) {
    const std::vector<double> parameter = find_operation(name)->signature.operand_count() == 2
                                              ? std::vector<double>{0.5}
                                              : std::vector<double>{};
    const auto at = [&](double x) {
      std::vector<double> operands = {x};
      operands.insert(operands.end(), parameter.begin(), parameter.end());
      return sides(name, operands);
    };
    EXPECT_EQ(at(1), at(2)) << name;
    EXPECT_NE(at(1), at(-1)) << name;
    EXPECT_NE(at(1), at(0)) << name;
    EXPECT_EQ(at(0), at(-0.0)) << name;
  }
  EXPECT_EQ(sides("floor", {1.2}), sides("floor", {1.9}));
  EXPECT_NE(sides("floor", {1.9}), sides("floor", {2.1}));
  EXPECT_EQ(sides("round", {1.6}), sides("round", {2.4}));
  EXPECT_NE(sides("round", {2.4}), sides("round", {2.6}));
  EXPECT_NE(sides("maximum", {1, 2}), sides("maximum", {2, 1}));
  EXPECT_NE(sides("maximum", {1, 1}), sides("maximum", {2, 1}));
  EXPECT_NE(sides("clamp", {0, -1, 1}), sides("clamp", {2, -1, 1}));
  EXPECT_NE(sides("clamp", {0, -1, 1}), sides("clamp", {-2, -1, 1}));
  EXPECT_NE(sides("lt", {0, 1}), sides("lt", {1, 0}));
  EXPECT_NE(sides("atan2", {1e-3, -1}), sides("atan2", {-1e-3, -1}));
  EXPECT_EQ(sides("atan2", {1e-3, 1}), sides("atan2", {-1e-3, 1}));
  EXPECT_EQ(sides("sin", {1}), sides("sin", {-1}));
}

TEST(Program, EqualityIsOfEverythingThatAProgramSays) {
  const Example a, b;
  EXPECT_EQ(a.program, b.program);
  Example c;
  c.program.set_name(c.total, "loss");
  EXPECT_FALSE(a.program == c.program);
  Example d;
  d.program.dtype = DType::f32;
  EXPECT_FALSE(a.program == d.program);
  Program keep, drop;
  for (auto& [program, flag] : {std::pair<Program&, bool>(keep, true), {drop, false}}) {
    const ValueId x = program.add_leaf({.name = "x", .shape = Shape{3}});
    program.add(op("sum"), {x}, make_attributes({Integers{0}, flag}));
  }
  EXPECT_FALSE(keep == drop);
  Program minus, plus, not_a_number, also;
  minus.add_number("0", -0.0);
  plus.add_number("0", 0.0);
  not_a_number.add_entries(Shape{}, {nan});
  also.add_entries(Shape{}, {nan});
  EXPECT_FALSE(minus == plus);
  EXPECT_EQ(not_a_number, also);
}

TEST(Program, PrecisionsRoundAndHaveTheirUnit) {
  EXPECT_EQ(unit_roundoff(DType::f32), std::ldexp(1, -24));
  EXPECT_EQ(unit_roundoff(DType::f64), std::ldexp(1, -53));
  EXPECT_EQ(round_to(DType::f32, 0.1), static_cast<double>(0.1F));
  EXPECT_EQ(round_to(DType::f64, 0.1), 0.1);
  EXPECT_EQ(round_to(DType::f32, 1e300), inf);
}

}  // namespace
}  // namespace verigrad
