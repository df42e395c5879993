#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/functions.hpp"
#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using testing::HasSubstr;

Options fast() {
  Options options;
  options.fast = true;
  return options;
}

const std::string network =
    "const X : [6, 4]\ninput W : [4, 5]\ninput v : [5]\nloss = mean((tanh(X @ W) @ v) ** "
    "2)\ncheck\n";

TEST(Fast, ChecksByFourteenLinesAPointWhateverTheSize) {
  const auto run = check_text(network, fast());
  const reports::CheckResult& check = at_line(run, 5);
  EXPECT_EQ(check.verdict, Verdict::pass) << shown(run);
  EXPECT_EQ(check.method, "finite-difference");
  EXPECT_EQ(check.comparisons, 14 * check.points);
}

TEST(Fast, AWrongRuleIsFoundAndTheEntryNamed) {
  Operation wrong = *OperationTable::standard().find("tanh");
  wrong.f64.vjp = [](const Saved<double>&, const Tensor<double>& g, std::size_t) { return g; };
  const OperationTable faulty = OperationTable::standard().replace("tanh", wrong);
  Options options = fast();
  options.overrides.operations = &faulty;
  const auto run = check_text(network, options);
  EXPECT_EQ(at_line(run, 5).verdict, Verdict::fail);
  EXPECT_THAT(shown(run), HasSubstr("W["));
  EXPECT_THAT(shown(run), HasSubstr("the rule of tanh("));
}

TEST(Fast, LeavesClaimsToProofs) {
  const auto run = check_text("input x = 2\ny = x ** 2\ngrad x = 2 * x\n", fast());
  EXPECT_EQ(at_line(run, 3).method, "enclosure");
}

}  // namespace
}  // namespace verigrad::runner
