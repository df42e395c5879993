// Verdicts other than a plain pass or fail: kinks, jumps, edges, lost digits, limits.
#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using testing::HasSubstr;

TEST(Verdicts, AnySubgradientPassesAtAKink) {
  EXPECT_EQ(verdict_of_text("input x = 0\ny = relu(x)\ncheck\n"), Verdict::pass);
  EXPECT_EQ(verdict_of_text("input x = 0\ny = abs(x)\ncheck\n"), Verdict::pass);
  EXPECT_EQ(verdict_of_text("input x = 0\ny = relu(x)\ngrad x = 0.5\n"), Verdict::pass);
  EXPECT_EQ(verdict_of_text("input x = 0\ny = relu(x)\ngrad x = 1\n"), Verdict::pass);
  EXPECT_EQ(verdict_of_text("input x = 0\ny = relu(x)\ngrad x = 1.5\n"), Verdict::fail);
  EXPECT_EQ(verdict_of_text("input x = 0\ny = relu(x)\ngrad x = -0.5\n"), Verdict::fail);
}

TEST(Verdicts, AnEnginesConventionOutsideTheHullIsInconclusive) {
  // relu(x) - relu(-x) is x, whose derivative is 1; the conventions give 0 - 0.
  const auto run = check_text("input x = 0\ny = relu(x) - relu(-x)\ncheck\n");
  EXPECT_NE(at_line(run, 3).verdict, Verdict::fail) << shown(run);
  EXPECT_NE(at_line(run, 3).verdict, Verdict::pass) << shown(run);
}

TEST(Verdicts, AKinkThatRoundingMovesOntoThePointIsNoWrongRule) {
  // The double 0.1 is above 1 / 10, so that the slope is 1; the engine subtracts equal doubles, and
  // sign(0) is 0. Its gradient, products and that of f(2 t) are right but for that rounding.
  EXPECT_EQ(verdict_of_text("input x = 0.1\ny = abs(x - 0.1)\ncheck\n"), Verdict::inaccurate);
  EXPECT_EQ(verdict_of_text("input x = [0.1, 3]\ny = abs(x - 0.1)\ncheck\n"), Verdict::inaccurate);
}

TEST(Verdicts, BesideAKinkThatRoundingMovesOntoThePointSlopesBeyondBothSidesAreWrong) {
  const std::string function = "input x = 0.1\ny = abs(x - 0.1) + relu(x - 0.1)\ngrad x = ";
  EXPECT_EQ(verdict_of_text(function + "2\n"), Verdict::pass);
  EXPECT_EQ(verdict_of_text(function + "-1\n"), Verdict::inaccurate);
  EXPECT_EQ(verdict_of_text(function + "2.5\n"), Verdict::fail);
  EXPECT_EQ(verdict_of_text(function + "-1.5\n"), Verdict::fail);
}

TEST(Verdicts, AProductWithATangentThatCancelsPasses) {
  // By hand: A has rank 2, so that det(A A') = det(A) ** 2 has the derivative 2 det(A) cof(A) = 0,
  // which the engine gets as the sum of terms of about 1000.
  EXPECT_EQ(verdict_of_text("input A = [[1, 2, 3], [2, 4, 6], [1, 0, 1]]\ny = det(A @ A.T)\n"
                            "check\n"),
            Verdict::pass);
}

TEST(Verdicts, AClaimedProductWithATangentThatCancelsPasses) {
  // By hand: J u is x1 x0 - x0 x1 = 0, from terms of 0.21; the claim is 0 but for its rounding.
  EXPECT_EQ(verdict_of_text("input x = [0.3, 0.7]\ny = x[0] * x[1]\njvp(y, x, [x[0], -x[1]]) = "
                            "((x[0] * x[1] + 0.5) - 0.5) - x[0] * x[1]\n"),
            Verdict::pass);
}

TEST(Verdicts, AnEnginesConventionDoesNotAgreeWithTheTruth) {
  const auto run = check_text("input x = 0\ny = relu(x) - relu(-x)\ngrad x = 0\n");
  EXPECT_EQ(at_line(run, 3).verdict, Verdict::fail);
  EXPECT_THAT(shown(run), HasSubstr("inconclusive here"));
}

TEST(Verdicts, AnInfiniteSlopeIsInconclusive) {
  const auto run = check_text("input x = 0\ny = sqrt(x)\ncheck\n");
  EXPECT_EQ(at_line(run, 3).verdict, Verdict::inconclusive);
  EXPECT_EQ(at_line(run, 3).explanation.code, "G302");
  EXPECT_EQ(run.exit_code, 0);
}

TEST(Verdicts, AJumpIsInconclusive) {
  const auto run = check_text("input x = 0\ny = sign(x)\ncheck\n");
  EXPECT_EQ(at_line(run, 3).verdict, Verdict::inconclusive);
  EXPECT_EQ(at_line(run, 3).explanation.code, "G302");
}

TEST(Verdicts, InconclusiveAndInaccurateFailUnderStrict) {
  Options strict;
  strict.strict = true;
  EXPECT_EQ(check_text("input x = 0\ny = sqrt(x)\ncheck\n", strict).exit_code, 1);
  EXPECT_EQ(
      check_text("dtype f32\ninput x = 1\ny = x\ngrad x = (x + 1e8) - 1e8\n", strict).exit_code, 1);
}

TEST(Verdicts, FloatRulesAreJudgedInDoubleAndLostDigitsAreInaccurate) {
  const auto run = check_text("dtype f32\ninput x = 1\ny = x\ngrad x = (x + 1e8) - 1e8\n");
  EXPECT_EQ(at_line(run, 4).verdict, Verdict::inaccurate);
  EXPECT_EQ(at_line(run, 4).explanation.code, "G201");
  EXPECT_EQ(at_line(run, 4).dtype, "f32");
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(verdict_of_text("dtype f32\ninput x = 1\ny = x\ngrad x = (2 * x + 1e8) - 1e8\n"),
            Verdict::fail)
      << "the rule itself is wrong";
}

TEST(Verdicts, AFloatRuleThatIsSlightlyWrongFails) {
  EXPECT_EQ(verdict_of_text("dtype f32\ninput x in [1, 2]\ny = x ** 2\ngrad x = 2.00001 * x\n"),
            Verdict::fail);
  EXPECT_EQ(verdict_of_text("dtype f32\ninput x in [1, 2]\ny = x ** 2\ngrad x = 2 * x\n"),
            Verdict::pass);
}

TEST(Verdicts, ADerivativeThatIsNoNumberFailsWhereTheTruthIsFinite) {
  const auto run = check_text("input x = 0\ny = x ** 2 + x\ngrad x = 2 * y / x\n");
  EXPECT_EQ(at_line(run, 3).verdict, Verdict::fail);
  EXPECT_EQ(at_line(run, 3).explanation.code, "G103");
}

TEST(Verdicts, AClaimThatCannotBeEvaluatedFails) {
  const auto run = check_text("input x = 2\ny = x ** 2\ngrad x = 2 * x + bce(x, 1)\n");
  EXPECT_EQ(at_line(run, 3).verdict, Verdict::fail);
  EXPECT_EQ(at_line(run, 3).explanation.code, "G104");
  EXPECT_THAT(at_line(run, 3).explanation.label, HasSubstr("between 0 and 1"));
}

TEST(Verdicts, TheWorkLimitIsInconclusiveAndNamed) {
  const auto run = check_text(
      "set method = finite-difference\ninput x : [5000] = 0.5\ny = sum(cumsum(x, 0))\ncheck\n");
  EXPECT_EQ(at_line(run, 4).verdict, Verdict::inconclusive);
  EXPECT_EQ(at_line(run, 4).explanation.code, "G304");
  EXPECT_THAT(at_line(run, 4).explanation.label, HasSubstr("limit"));
}

TEST(Verdicts, TheFlatTailOfAFunctionIsNeverAWrongVerdict) {
  EXPECT_NE(verdict_of_text("input x = 30\ny = tanh(x)\ncheck\n"), Verdict::fail);
  EXPECT_NE(verdict_of_text("input x = 40\ny = sigmoid(x)\ncheck\n"), Verdict::fail);
}

TEST(Verdicts, AFileWithoutStatementsEndsInACheckAtLineZero) {
  const auto run = check_text("input x in [1, 2]\ny = x ** 2\n");
  EXPECT_EQ(at_line(run, 0).kind, reports::Kind::check);
  EXPECT_EQ(at_line(run, 0).verdict, Verdict::pass);
  EXPECT_EQ(at_line(run, 0).id, "t.grad:0");
  EXPECT_EQ(run.exit_code, 0);
}

TEST(Verdicts, ACheckWithRespectToSomeInputsLooksAtThoseAlone) {
  const auto run =
      check_text("input x in [1, 2]\ninput z in [1, 2]\ny = x * z\ncheck\ncheck wrt z\n");
  EXPECT_EQ(at_line(run, 4).wrt, (std::vector<std::string>{"x", "z"}));
  EXPECT_EQ(at_line(run, 5).wrt, std::vector<std::string>{"z"});
  EXPECT_LT(at_line(run, 5).comparisons, at_line(run, 4).comparisons);
}

TEST(Verdicts, AVectorOutputIsCheckedEntryByEntry) {
  const auto run = check_text("input x : [3] in [1, 2]\ny = x ** 2\ncheck\n", with_samples(1));
  // 9 of the Jacobian, 3 and 3 of the products, their agreement, and 3 of the function of 2 t; at
  // the random point, at the two ends of the domain, and where two entries are equal.
  EXPECT_EQ(at_line(run, 3).comparisons, 19 * 4);
  EXPECT_EQ(at_line(run, 3).verdict, Verdict::pass);
}

TEST(Verdicts, AFileThatIsEmptyHasNothingToCheck) {
  for (const char* text : {"", "# only a comment\n", "def f(a) = a\n"}) {
    const auto run = check_text(text);
    EXPECT_THAT(run.exit_code, testing::AnyOf(2, 4)) << text << shown(run);
  }
}

}  // namespace
}  // namespace verigrad::runner
