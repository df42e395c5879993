// Expectations at top level, expected verdicts, and tests.
#include <fmt/format.h>

#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const char* const squares = "input x = [1, 2]\ny = sum(x ** 2)\n";

Verdict expectation(const std::string& statement) {
  return verdict_of_text(squares + statement + "\n");
}

TEST(Expectations, EveryComparisonHoldsForAllEntriesOrFails) {
  for (const char* holds :
       {"expect y == 5", "expect x == [1, 2]", "expect y != 4", "expect x != [1, 3]",
        "expect x < 3", "expect x <= 2", "expect x > 0", "expect x >= 1", "expect y ~= 5.0001",
        "expect y ~= 5.4 within 0.1", "expect x", "expect inf == inf", "expect nan == nan"})
    EXPECT_EQ(expectation(holds), Verdict::pass) << holds;
  for (const char* fails :
       {"expect y == 6", "expect x == 1", "expect x == [1, 2, 3]", "expect y != 5", "expect x < 2",
        "expect x <= 1", "expect x > 1", "expect x >= 2", "expect y ~= 5.01",
        "expect y ~= 5.4 within 0.01", "expect x - 1", "expect y == nan"})
    EXPECT_EQ(expectation(fails), Verdict::fail) << fails;
}

TEST(Expectations, AFailureShowsBothSides) {
  const auto run = check_text(std::string(squares) + "expect y == 6\n");
  const CheckResult& result = at_line(run, 3);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(result.kind, reports::Kind::expect);
  EXPECT_EQ(result.explanation.code, "G402");
  EXPECT_EQ(fact(result, "left"), "tensor(5.)");
  EXPECT_EQ(fact(result, "right"), "tensor(6.)");
}

TEST(Expectations, AFailureShowsTheFirstDifferenceWithAllItsDigits) {
  const auto close = check_text("input x = 0.1\nexpect x + 0.2 == 0.3\n");
  EXPECT_EQ(fact(at_line(close, 2), "first difference"), "0.30000000000000004 and 0.3");
  EXPECT_EQ(at_line(close, 2).explanation.label, "");
  const auto matrix = check_text("input x = [[1, 2], [3, 4]]\nexpect x ~= [1, 5]\n");
  EXPECT_EQ(fact(at_line(matrix, 2), "first difference"), "[0, 1]: 2 and 5");
  EXPECT_EQ(at_line(matrix, 2).explanation.label, "not at entry [0, 1]");
  const auto narrow = check_text("dtype f32\ninput x = 0.1\nexpect x == 0.2\n");
  EXPECT_EQ(fact(at_line(narrow, 3), "first difference"), "0.1 and 0.2");
}

TEST(Expectations, AFailureOfInequalitySaysThatBothSidesAreEqual) {
  const auto run = check_text("input x = [1, 2]\nexpect x != [1, 2]\n");
  EXPECT_EQ(at_line(run, 2).explanation.label, "both sides are equal");
  EXPECT_EQ(fact(at_line(run, 2), "first difference"), "");
}

TEST(Expectations, AFailureOfAMaskNamesItsEntry) {
  const auto run = check_text("input x = [[1, 2], [0, 4]]\nexpect x\n");
  EXPECT_EQ(at_line(run, 2).explanation.label, "entry [1, 0] is 0");
}

TEST(Expectations, NotANumberHasNoSign) {
  const auto run = check_text("input x = -1\nexpect -sqrt(x) == 2\nexpect sqrt(x) == 2\n");
  for (std::int64_t line : {2, 3})
    EXPECT_EQ(fact(at_line(run, line), "first difference"), "nan and 2");
}

TEST(Expectations, EqualityIsExactInShape) {
  EXPECT_EQ(verdict_of_text("input x = [[1, 2]]\nexpect x == [1, 2]\n"), Verdict::fail);
}

TEST(Expectations, LiteralsRoundToTheDtype) {
  EXPECT_EQ(verdict_of_text("dtype f32\ninput x = 0.1\nexpect x == 0.1\n"), Verdict::pass);
  EXPECT_EQ(verdict_of_text("dtype f32\ninput x = 0.1\nexpect x == 0.10000000149011612\n"),
            Verdict::pass);
  EXPECT_EQ(verdict_of_text("input x = 0.1\nexpect x == 0.10000000149011612\n"), Verdict::fail);
}

TEST(Expectations, HoldAtEveryPoint) {
  EXPECT_EQ(verdict_of_text("input x in [1, 2]\nexpect x ** 2 >= x\n"), Verdict::pass);
  EXPECT_EQ(verdict_of_text("input x in [1, 2]\nexpect x ** 2 > x\n"), Verdict::fail)
      << "at the end of the domain";
}

TEST(Expectations, AnErrorIsExpectedWithItsText) {
  EXPECT_EQ(expectation("expect error \"shapes\": z = x + [1, 2, 3]"), Verdict::pass);
  EXPECT_EQ(expectation("expect error \"nonsense\": z = x + [1, 2, 3]"), Verdict::fail);
  EXPECT_EQ(expectation("expect error \"anything\": z = x + 1"), Verdict::fail);
  EXPECT_EQ(expectation("expect error \"between 0 and 1\": z = bce(x, [1, 1])"), Verdict::pass);
}

TEST(Expectations, AWarningThatDoesNotComeFails) {
  EXPECT_EQ(expectation("expect warning \"anything\": z = x + 1"), Verdict::fail);
}

TEST(Expectations, AnExpectedVerdictPassesAndAnotherOneFails) {
  EXPECT_EQ(expectation("expect fail: grad x = 3 * x"), Verdict::pass);
  EXPECT_EQ(expectation("expect pass: grad x = 2 * x"), Verdict::pass);
  EXPECT_EQ(expectation("expect pass: check y"), Verdict::pass);
  EXPECT_EQ(expectation("expect fail: grad x = 2 * x"), Verdict::fail);
  EXPECT_EQ(expectation("expect pass: grad x = 3 * x"), Verdict::fail);
  EXPECT_EQ(expectation("expect inconclusive: grad x = 2 * x"), Verdict::fail);
  EXPECT_EQ(verdict_of_text("input x = 0\ny = sqrt(x)\nexpect inconclusive: check\n"),
            Verdict::pass);
  EXPECT_EQ(verdict_of_text("dtype f32\ninput x = 1\ny = x\n"
                            "expect inaccurate: grad x = (x + 1e8) - 1e8\n"),
            Verdict::pass);
}

TEST(Expectations, AnotherVerdictNamesBoth) {
  const auto run = check_text(std::string(squares) + "expect fail: grad x = 2 * x\n");
  EXPECT_EQ(at_line(run, 3).explanation.code, "G401");
  EXPECT_THAT(at_line(run, 3).explanation.message, HasSubstr("expected the verdict fail"));
  EXPECT_THAT(at_line(run, 3).explanation.message, HasSubstr("it is pass"));
  EXPECT_EQ(run.exit_code, 1);
}

TEST(Tests, RunOnceAndCountTheirExpectations) {
  const auto run = check_text(
      "input x in [1, 2]\ny = x ** 2\ntest \"two\":\n    expect x >= 1\n    expect x <= 2\n");
  EXPECT_EQ(at_line(run, 3).points, 1);
  EXPECT_EQ(at_line(run, 3).comparisons, 2);
  EXPECT_EQ(at_line(run, 3).name, "two");
  EXPECT_EQ(at_line(run, 3).kind, reports::Kind::test);
  EXPECT_EQ(run.files[0].checks.size(), 1u) << "no implicit check beside a test";
}

TEST(Tests, StartFromFreshLeavesAndAFreshGraph) {
  const auto run = check_text(
      "input x = 2\ny = x ** 2\n"
      "test \"one\":\n    y.backward()\n    with no_grad():\n        x.add_(1)\n"
      "test \"two\":\n    expect x.grad == None\n    expect x == 2\n    y.backward()\n");
  EXPECT_EQ(run.exit_code, 0) << shown(run);
}

TEST(Tests, WhatTheyPrintAndWarnIsRecorded) {
  const auto run = check_text(
      "input x = 2\ny = x ** 2\ntest \"talks\":\n    print x\n    y.backward()\n    print x.grad\n"
      "    g = y.grad\n");
  EXPECT_THAT(at_line(run, 3).printed, ElementsAre("tensor(2., requires_grad=True)", "tensor(4.)"));
  ASSERT_EQ(at_line(run, 3).warnings.size(), 1u);
  EXPECT_THAT(at_line(run, 3).warnings[0], HasSubstr("not a leaf"));
}

TEST(Tests, AFailureNamesTheLineWithinTheTest) {
  const auto run = check_text(
      "input x = 2\ny = x ** 2\ntest \"wrong\":\n    y.backward()\n    expect x.grad == 5\n    "
      "print x\n");
  const CheckResult& result = at_line(run, 3);
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_EQ(result.explanation.line, 5u);
  EXPECT_EQ(result.explanation.code, "G402");
  EXPECT_EQ(fact(result, "left"), "tensor(4.)");
  EXPECT_TRUE(result.printed.empty()) << "it stops there";
  EXPECT_EQ(run.exit_code, 1);
}

TEST(Tests, OneThatThrowsFails) {
  const auto run =
      check_text("input x = 2\ny = x ** 2\ntest \"throws\":\n    y.backward()\n    y.backward()\n");
  EXPECT_EQ(at_line(run, 3).verdict, Verdict::fail);
  EXPECT_THAT(at_line(run, 3).explanation.message, HasSubstr("second time"));
  EXPECT_EQ(run.exit_code, 1);
}

TEST(Tests, FailuresDoNotStopTheOtherTests) {
  const auto run = check_text(
      "input x = 2\ny = x ** 2\ntest \"a\":\n    expect y == 1\ntest \"b\":\n    expect y == 4\n");
  EXPECT_EQ(at_line(run, 3).verdict, Verdict::fail);
  EXPECT_EQ(at_line(run, 5).verdict, Verdict::pass);
}

}  // namespace
}  // namespace verigrad::runner
