#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

std::int64_t points_of(const reports::Run& run, const std::string& operation, double at) {
  for (const reports::MetPoint& met : run.files.at(0).coverage)
    if (met.operation == operation && met.at == at) return met.points;
  return -1;
}

TEST(Coverage, CountsThePointsAtWhichAnOperandIsSpecial) {
  const auto run = check_text("input x = [0, 3]\ny = sum(relu(x) * relu(x - 1))\ncheck\n");
  EXPECT_EQ(points_of(run, "relu", 0), 1);
  EXPECT_EQ(points_of(run, "exp", 0), -1) << "exp does not stand in the function";
}

TEST(Coverage, NamesWhatWasNotMet) {
  EXPECT_EQ(points_of(check_text("input x = 2\ny = relu(x)\ncheck\n"), "relu", 0), 0);
}

TEST(Coverage, LeavesClaimsAndExpectationsAside) {
  const auto run =
      check_text("input x = 2\ny = x * 3\ngrad x = 3 + relu(x - 2)\nexpect exp(x) > 0\n");
  EXPECT_EQ(points_of(run, "relu", 0), -1);
  EXPECT_EQ(points_of(run, "exp", 0), -1);
}

}  // namespace
}  // namespace verigrad::runner
