// What is counted of a program, and that the suite's programs fill every cell that is required.
#include "properties/coverage.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "properties/fuzz.hpp"
#include "properties/instructions.hpp"

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
  EXPECT_TRUE(asked("used twice"));
  EXPECT_FALSE(asked("recorded")) << "no such law was tried";
}

/// The suite's own programs: all operations in every class of shapes that they take, every fan-out,
/// region and mode, and each in at least 1 % of the programs.
TEST(RequiredCells, AreAllFilledByTheSuite) {
  FuzzOptions options;
  options.cases = 200000;
  options.search.laws = {&law("homogeneity"), &law("recorded backward"), &law("accumulation")};
  options.jobs = 2;
  const FuzzResult result = fuzz(options);
  EXPECT_TRUE(result.findings.empty());
  std::vector<const Operation*> operations;
  for (const Operation* operation : instructions(operation_table()))
    if (operation != nullptr && std::ranges::find(operations, operation) == operations.end())
      operations.push_back(operation);
  for (const Operation* operation : operations)
    EXPECT_GE(result.coverage.programs_with(*operation), options.cases / 100) << operation->name();
  const unsigned modes =
      plain | static_cast<unsigned>(Mode::recorded) | static_cast<unsigned>(Mode::accumulated);
  for (const Cell& cell : required_cells(result.coverage, operations, modes))
    EXPECT_GT(cell.count, 0U) << cell.operation->name() << ' ' << cell.what;
}

}  // namespace
}  // namespace verigrad::properties
