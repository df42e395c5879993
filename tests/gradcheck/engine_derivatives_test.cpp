// The engine's derivatives of a Program, as the checks ask for them.
#include "gradcheck/engine_derivatives.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace verigrad::gradcheck {
namespace {

using testing::DoubleEq;
using testing::Each;
using testing::ElementsAre;

const Operation& op(const char* name) { return *find_operation(name); }

/// y = x ** 2 * w elementwise, z = sum(y) + product of the first row: a Hessian that is not
/// diagonal.
struct Example {
  Program program;
  ValueId x, w, y, z, constant;
  Point point = {{1, 2, 3}, {2}, {5}};

  Example() {
    x = program.add_leaf({.name = "x", .shape = Shape{3}});
    w = program.add_leaf({.name = "w", .shape = Shape{}});
    const ValueId c = program.add_leaf({.name = "c", .shape = Shape{}, .differentiable = false});
    y = program.add(op("mul"), {program.add(op("square"), {x}), w});
    const AttributesRef all = make_attributes({std::monostate(), false});
    z = program.add(op("add"),
                    {program.add(op("sum"), {y}, all), program.add(op("prod"), {x}, all)});
    constant = program.add(op("exp"), {c});
  }
  std::unique_ptr<EngineDerivatives> derivatives(DType dtype = DType::f64) const {
    const ValueId roots[] = {y, z, x, constant};
    return engine_derivatives(program, point, roots, dtype);
  }
};

TEST(EngineDerivatives, GivesValuesAndJacobians) {
  const auto d = Example().derivatives();
  const Example e;
  EXPECT_THAT(d->value(e.y), ElementsAre(2, 8, 18));
  EXPECT_THAT(d->value(e.z), ElementsAre(34));
  EXPECT_THAT(d->jacobian(e.y, 0), ElementsAre(4, 0, 0, 0, 8, 0, 0, 0, 12));
  EXPECT_THAT(d->jacobian(e.y, 1), ElementsAre(1, 4, 9));
  EXPECT_THAT(d->jacobian(e.z, 0), ElementsAre(4 + 6, 8 + 3, 12 + 2));
  EXPECT_THAT(d->jacobian(e.x, 0), ElementsAre(1, 0, 0, 0, 1, 0, 0, 0, 1));
}

TEST(EngineDerivatives, GivesProductsBothWays) {
  const Example e;
  const auto d = e.derivatives();
  EXPECT_THAT(d->vjp(e.y, 0, {1, -1, 2}), ElementsAre(4, -8, 24));
  EXPECT_THAT(d->vjp(e.y, 1, {1, -1, 2}), ElementsAre(1 - 4 + 18));
  EXPECT_THAT(d->jvp(e.y, 0, {1, -1, 2}), ElementsAre(4, -8, 24));
  EXPECT_THAT(d->jvp(e.y, 1, {3}), ElementsAre(3, 12, 27));
  EXPECT_THAT(d->jvp(e.z, 0, {1, 0, -1}), ElementsAre(10 - 14));
}

TEST(EngineDerivatives, GivesHessiansAndTheirProducts) {
  const Example e;
  const auto d = e.derivatives();
  EXPECT_THAT(d->hessian(e.z, 0), ElementsAre(4, 3, 2, 3, 4, 1, 2, 1, 4));
  EXPECT_THAT(d->hvp(e.z, 0, {1, 0, -1}), ElementsAre(2, 2, -2));
  EXPECT_THAT(d->hessian(e.z, 1), ElementsAre(0));
}

TEST(EngineDerivatives, WhatDoesNotDependOnALeafHasZeros) {
  const Example e;
  const auto d = e.derivatives();
  EXPECT_THAT(d->jacobian(e.constant, 0), ElementsAre(0, 0, 0));
  EXPECT_THAT(d->vjp(e.constant, 0, {1}), ElementsAre(0, 0, 0));
  EXPECT_THAT(d->jvp(e.x, 1, {1}), ElementsAre(0, 0, 0));
  EXPECT_THAT(d->hessian(e.constant, 1), ElementsAre(0));
}

TEST(EngineDerivatives, ComputesInThePrecisionUnderTest) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = Shape{}});
  const ValueId roots[] = {program.add(op("sin"), {x})};
  const Point point = {{0.5}};
  const auto narrow = engine_derivatives(program, point, roots, DType::f32);
  const auto wide = engine_derivatives(program, point, roots, DType::f64);
  EXPECT_EQ(narrow->value(roots[0])[0], static_cast<double>(std::sin(0.5F)));
  EXPECT_EQ(narrow->jacobian(roots[0], 0)[0], static_cast<double>(std::cos(0.5F)));
  EXPECT_EQ(wide->jacobian(roots[0], 0)[0], std::cos(0.5));
}

TEST(EngineDerivatives, EmptyOutputsHaveNoRows) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = Shape{0}});
  const ValueId y = program.add(op("exp"), {x});
  const ValueId z = program.add(op("sum"), {y}, make_attributes({std::monostate(), false}));
  const ValueId roots[] = {y, z};
  const auto d = engine_derivatives(program, {{}}, roots, DType::f64);
  EXPECT_THAT(d->jacobian(y, 0), ElementsAre());
  EXPECT_THAT(d->jacobian(z, 0), ElementsAre());
  EXPECT_THAT(d->hessian(z, 0), ElementsAre());
}

TEST(EngineDerivatives, TakesInputsOfEveryRank) {
  for (std::size_t rank = 0; rank <= Shape::max_rank; ++rank) {
    std::vector<std::int64_t> sizes(rank, 1);
    if (rank > 0) sizes.back() = 2;
    Program program;
    const ValueId x = program.add_leaf({.name = "x", .shape = Shape(sizes)});
    const ValueId y = program.add(op("square"), {x});
    const ValueId z = program.add(op("sum"), {y}, make_attributes({std::monostate(), false}));
    const ValueId roots[] = {y, z};
    const std::vector<double> entries(rank > 0 ? 2 : 1, 3.0);
    const auto d = engine_derivatives(program, {entries}, roots, DType::f64);
    EXPECT_EQ(d->jacobian(y, 0)[0], 6) << rank;
    EXPECT_EQ(d->jacobian(y, 0).size(), entries.size() * entries.size());
    EXPECT_THAT(d->jacobian(z, 0), Each(DoubleEq(6)));
    EXPECT_EQ(d->hessian(z, 0)[0], 2) << rank;
    EXPECT_EQ(d->hessian(z, 0).size(), entries.size() * entries.size());
  }
}

TEST(EngineDerivatives, AsksTheSameGraphManyTimes) {
  const Example e;
  const auto d = e.derivatives();
  const auto first = d->jacobian(e.z, 0);
  d->hessian(e.z, 0);
  d->vjp(e.y, 0, {1, 1, 1});
  EXPECT_EQ(d->jacobian(e.z, 0), first);
}

}  // namespace
}  // namespace verigrad::gradcheck
