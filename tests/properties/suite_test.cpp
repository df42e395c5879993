// What the suite's programs cover. Takes a few hundred thousand programs, so not under sanitizers.
#include <gtest/gtest.h>

#include <algorithm>

#include "properties/fuzz.hpp"
#include "properties/instructions.hpp"

namespace verigrad::properties {
namespace {

constexpr unsigned plain = static_cast<unsigned>(Mode::plain);

/// The suite's own programs: all operations in every class of shapes that they take, every fan-out,
/// region and mode, and each in at least 1 % of the programs.
TEST(RequiredCells, AreAllFilledByTheSuite) {
  FuzzOptions options;
  options.cases = 200000;
  options.search.laws = {&law("homogeneity"), &law("recorded backward"), &law("accumulation")};
  options.jobs = 2;
  const FuzzResult result = fuzz(options);
  EXPECT_TRUE(result.findings.empty());
  const std::vector<const Operation*> operations = drawn_operations(operation_table());
  for (const Operation* operation : operations)
    EXPECT_GE(result.coverage.programs_with(*operation), options.cases / 100) << operation->name();
  const unsigned modes =
      plain | static_cast<unsigned>(Mode::recorded) | static_cast<unsigned>(Mode::accumulated);
  for (const Cell& cell : required_cells(result.coverage, operations, modes))
    EXPECT_GT(cell.count, 0U) << cell.operation->name() << ' ' << cell.what;
}

}  // namespace
}  // namespace verigrad::properties
