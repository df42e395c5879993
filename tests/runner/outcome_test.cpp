// Which entry of a statement stands for it, and what is said of it.
#include "runner/outcome.hpp"

#include <cmath>

#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using testing::HasSubstr;
using testing::Not;

WorstComparison entry(const std::string& what, Verdict verdict, double error) {
  WorstComparison result;
  result.what = what;
  result.verdict.verdict = verdict;
  result.verdict.relative_error = error;
  result.verdict.digits = -std::log10(error);
  return result;
}

TEST(Worst, IsAnEntryOfTheDerivativeRatherThanAProductOfTheSameVerdict) {
  for (Verdict verdict : {Verdict::pass, Verdict::fail}) {
    Outcome outcome;
    outcome.add(entry("vector-Jacobian product", verdict, 1e-8));
    outcome.add(entry("Jacobian", verdict, 1e-12));
    outcome.add(entry("Jacobian-vector product", verdict, 1e-6));
    outcome.add(entry("Jacobian", verdict, 1e-10));
    ASSERT_TRUE(outcome.worst);
    EXPECT_EQ(outcome.worst->what, "Jacobian");
    EXPECT_EQ(outcome.worst->verdict.relative_error, 1e-10);
    EXPECT_EQ(outcome.comparisons, 4);
  }
}

TEST(Worst, IsAProductWhereOnlyTheProductFails) {
  Outcome outcome;
  outcome.add(entry("gradient", Verdict::pass, 1e-4));
  outcome.add(entry("vector-Jacobian product", Verdict::fail, 1e-5));
  EXPECT_TRUE(outcome.worst->is_product());
  EXPECT_EQ(outcome.verdict, Verdict::fail);
}

TEST(Worst, OfAClaimedProductIsItsWorstEntry) {
  Outcome outcome;
  outcome.add(entry("vector-Jacobian product", Verdict::pass, 1e-12));
  outcome.add(entry("vector-Jacobian product", Verdict::pass, 1e-8));
  EXPECT_EQ(outcome.worst->verdict.relative_error, 1e-8);
}

TEST(Worst, DoesNotHideTheFewerDigitsOfAProduct) {
  const auto run =
      check_text("dtype f32\ninput x : [4] in [-2, 2]\ny = sum(exp(x) * sin(x))\ncheck\n");
  const CheckResult& result = at_line(run, 4);
  ASSERT_EQ(result.verdict, Verdict::pass);
  ASSERT_TRUE(result.fewest_digits && result.worst && result.worst->digits);
  EXPECT_LE(*result.fewest_digits, *result.worst->digits);
}

TEST(Messages, ShowNotANumberWithoutASign) {
  const auto run =
      check_text("input x = 0.5\ny = x ** 2\ngrad x = sqrt(x - 1)\ngrad x = -sqrt(x - 1)\n");
  for (std::int64_t line : {3, 4}) {
    EXPECT_EQ(at_line(run, line).verdict, Verdict::fail);
    EXPECT_EQ(fact(at_line(run, line), "claimed"), "nan");
    EXPECT_THAT(at_line(run, line).explanation.label, HasSubstr("is nan, true 1 "));
  }
  EXPECT_THAT(shown(run), Not(HasSubstr("-nan")));
}

TEST(Messages, HaveTheirReasonInTheDiagnosisToo) {
  const auto run = check_text("input x = 0\ny = sqrt(x)\ncheck\n");
  const CheckResult& result = at_line(run, 3);
  ASSERT_FALSE(result.diagnosis.empty());
  const std::string because = fact(result, "because");
  ASSERT_FALSE(because.empty());
  EXPECT_EQ(result.diagnosis[0].message, result.explanation.message + ": " + because);
}

}  // namespace
}  // namespace verigrad::runner
