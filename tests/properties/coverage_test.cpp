// What is counted of a program, and that the suite's programs fill every cell that is required.
#include "properties/coverage.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace verigrad::properties {
namespace {

constexpr unsigned plain = static_cast<unsigned>(Mode::plain);

/// y = sin(x) used twice, in a product with itself that is the output.
struct Square {
  Specimen specimen;
  const Operation& sin = *find_operation("sin");
  const Operation& mul = *find_operation("mul");

  Square() {
    const ValueId x = specimen.program.add_leaf({.name = "x", .shape = {1, 3}});
    const ValueId y = specimen.program.add(sin, {x});
    specimen.output = specimen.program.add(mul, {y, y});
    specimen.point = {{1, 2, 3}};
  }
};

TEST(Coverage, CountsApplicationsByShapeFanOutRegionAndMode) {
  const Square square;
  Coverage coverage;
  coverage.add(square.specimen, Stratum::ties, plain | static_cast<unsigned>(Mode::recorded));
  coverage.add(square.specimen, Stratum::regular, plain);
  EXPECT_EQ(coverage.programs(), 2U);
  EXPECT_EQ(coverage.programs_with(square.sin), 2U);
  EXPECT_EQ(coverage.count(square.sin, {}), 2U);
  EXPECT_EQ(coverage.count(square.sin, {.shape = ShapeClass::row}), 2U);
  EXPECT_EQ(coverage.count(square.sin, {.shape = ShapeClass::square}), 0U);
  EXPECT_EQ(coverage.count(square.sin, {.fan_out = FanOut::two}), 2U);
  EXPECT_EQ(coverage.count(square.mul, {.fan_out = FanOut::one}), 2U) << "the output is used once";
  EXPECT_EQ(coverage.count(square.sin, {.region = Region::boundary}), 1U);
  EXPECT_EQ(coverage.count(square.sin, {.mode = Mode::recorded}), 1U);
  EXPECT_EQ(coverage.count(*find_operation("exp"), {}), 0U);
}

TEST(Coverage, AddsUpOverRuns) {
  const Square square;
  Coverage one, two;
  one.add(square.specimen, Stratum::regular, plain);
  two.add(square.specimen, Stratum::saturated, plain);
  one.merge(two);
  EXPECT_EQ(one.programs(), 2U);
  EXPECT_EQ(one.programs_with(square.mul), 2U);
  EXPECT_EQ(one.count(square.mul, {.region = Region::saturated}), 1U);
}

TEST(ShapeClass, OfEveryKindOfShape) {
  EXPECT_EQ(shape_class({}), ShapeClass::scalar);
  EXPECT_EQ(shape_class({1, 1}), ShapeClass::single);
  EXPECT_EQ(shape_class({3}), ShapeClass::vector);
  EXPECT_EQ(shape_class({1, 3}), ShapeClass::row);
  EXPECT_EQ(shape_class({3, 1}), ShapeClass::column);
  EXPECT_EQ(shape_class({2, 2}), ShapeClass::square);
  EXPECT_EQ(shape_class({2, 3}), ShapeClass::rectangle);
  EXPECT_EQ(shape_class({2, 1, 2}), ShapeClass::stack);
  EXPECT_EQ(shape_class({0, 3}), ShapeClass::empty);
}

TEST(RequiredCells, AreThoseThatAnOperationCanHave) {
  const Square square;
  Coverage coverage;
  coverage.add(square.specimen, Stratum::regular, plain);
  const auto cells = required_cells(coverage, {find_operation("det")}, plain);
  const auto asked = [&](std::string_view what) {
    return std::ranges::find(cells, what, &Cell::what) != cells.end();
  };
  EXPECT_TRUE(asked("square"));
  EXPECT_FALSE(asked("rectangle")) << "a rectangle has no determinant";
  EXPECT_TRUE(asked("used once"));
  EXPECT_FALSE(asked("used twice")) << "det reads one value, and gives the output one";
  EXPECT_FALSE(asked("recorded")) << "no such law was tried";
  const auto joined =
      required_cells(coverage, {find_operation("det"), find_operation("mul")}, plain);
  EXPECT_EQ(std::ranges::count(joined, "used twice", &Cell::what), 2);
}

}  // namespace
}  // namespace verigrad::properties
