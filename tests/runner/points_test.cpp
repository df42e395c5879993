// Where a file is judged: samples, special points, dims, rejected draws, seeds.
#include <fmt/format.h>

#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

TEST(Points, AFileWithAllValuesGivenHasOne) {
  const auto run = check_text("input x = [1, 2]\nconst c = 3\ny = sum(c * x ** 2)\ncheck\n");
  EXPECT_EQ(at_line(run, 4).points, 1);
  // 2 gradient entries, 2 of the vector-Jacobian product, 1 of the Jacobian-vector product,
  // their agreement, and 2 entries of the function of 2 t.
  EXPECT_EQ(at_line(run, 4).comparisons, 8);
}

TEST(Points, TwentyRandomOnesAreTheDefault) {
  // Neither a domain's end nor a kink: nothing special but 0, 1 and -1, which lie outside.
  EXPECT_EQ(at_line(check_text("input x in (2, 3)\ny = x ** 2\ncheck\n"), 3).points, 20);
  EXPECT_EQ(
      at_line(check_text("input x in (2, 3)\ny = x ** 2\ncheck\n", with_samples(7)), 3).points, 7);
}

TEST(Points, ClosedEndsZeroAndOnesAreSpecial) {
  EXPECT_EQ(
      at_line(check_text("input x in [2, 3]\ny = x ** 2\ncheck\n", with_samples(5)), 3).points, 7);
  EXPECT_EQ(
      at_line(check_text("input x in [2, 3)\ny = x ** 2\ncheck\n", with_samples(5)), 3).points, 6);
  // 0, 1, -1, -0, and 0.5 of pow's table, whose 2 and 3 lie outside or, of a normal input, inside.
  EXPECT_EQ(
      at_line(check_text("input x in (-2, 2)\ny = x ** 2\ncheck\n", with_samples(5)), 3).points,
      10);
  EXPECT_EQ(at_line(check_text("input x\ny = x ** 2\ncheck\n", with_samples(5)), 3).points, 12);
}

TEST(Points, AKinkOfAnOperationIsSpecialAndSoAreItsNeighbours) {
  // 1 and -1 lie outside; inside are 0, -0 and the smallest numbers of either sign.
  const auto run = check_text("input x in (-0.5, 0.5)\ny = relu(x)\ncheck\n", with_samples(5));
  EXPECT_EQ(at_line(run, 3).points, 9);
  EXPECT_EQ(at_line(run, 3).verdict, Verdict::pass);
}

TEST(Points, TiesOfTwoEntriesAreSpecial) {
  const auto run =
      check_text("input x : [2] in (2, 3)\ny = amax(x)\ngrad x = [x[0] > x[1], x[0] < x[1]]\n");
  EXPECT_EQ(run.files[0].errors.size(), 1U) << "comparisons stand inside where alone";
  const auto tie = check_text(
      "input x : [2] in (2, 3)\ny = amax(x)\n"
      "grad x = [where(x[0] > x[1], 1, 0), where(x[0] < x[1], 1, 0)]\n");
  EXPECT_EQ(at_line(tie, 3).points, 21);
  EXPECT_EQ(at_line(tie, 3).verdict, Verdict::pass) << "0 is between both sides at the tie";
}

TEST(Points, TailsThatADomainReachesAreSpecial) {
  const std::string text = "\ny = sigmoid(x)\ngrad x = y * (1 - y)\n";
  EXPECT_EQ(verdict_of_text("input x in [-2, 2]" + text), Verdict::pass);
  EXPECT_EQ(verdict_of_text("input x in [-100, 100]" + text), Verdict::inaccurate);
}

TEST(Points, SpecialOnesFindWhatRandomOnesMiss) {
  const auto run = check_text("input x in [-1, 1]\ny = abs(x) * 2\ngrad x = 2 * x / abs(x)\n");
  EXPECT_EQ(at_line(run, 3).worst->inputs.at(0).second.data.at(0), 0) << "NaN only at 0";
}

TEST(Points, DimsIncludeTheSmallestAndTheLargestSize) {
  const std::string text = "dim n in 3..1000\nconst c : [n]\nexpect 2 < sum(c * 0 + 1)\n";
  for (int bound : {3, 1000}) {
    const auto run = check_text(
        fmt::format("dim n in 3..1000\nconst c : [n]\nexpect sum(c * 0 + 1) != {}\n", bound),
        with_samples(2));
    EXPECT_EQ(at_line(run, 3).verdict, Verdict::fail) << bound;
  }
  EXPECT_EQ(check_text(text).exit_code, 0);
}

TEST(Points, EverySizeIsWithinItsRange) {
  const auto run = check_text(
      "dim n in 2..4\nconst c : [n]\nexpect n >= 2\nexpect n <= 4\nexpect sum(c * 0 + 1) == n\n");
  EXPECT_EQ(run.exit_code, 0) << shown(run);
}

TEST(Points, ASizeOfZeroMakesAnEmptyTensorThatPasses) {
  const auto run =
      check_text("dim n in 0..2\ninput x : [n]\ny = sum(x ** 2)\ncheck\ngrad x = 2 * x\n");
  EXPECT_EQ(at_line(run, 4).verdict, Verdict::pass) << shown(run);
  EXPECT_EQ(at_line(run, 5).verdict, Verdict::pass);
}

TEST(Points, DerivativesOfAndByEmptyTensorsAreEmpty) {
  for (const char* statement : {"check y", "jacobian(y, x) = zeros(0, 3)",
                                "vjp(y, x, zeros(0)) = zeros(3)", "jvp(y, x, ones(3)) = zeros(0)"})
    EXPECT_EQ(verdict_of_text(fmt::format("input x : [3] in [1, 2]\ny = x[0:0]\n{}\n", statement)),
              Verdict::pass)
        << statement;
  for (const char* statement :
       {"check y", "jacobian(y, x) = zeros(3, 0)", "vjp(y, x, ones(3)) = zeros(0)",
        "jvp(y, x, zeros(0)) = zeros(3)", "hessian(sum(y), x) = zeros(0, 0)",
        "hvp(sum(y), x, zeros(0)) = zeros(0)", "grad(sum(y), x) = zeros(0)"})
    EXPECT_EQ(verdict_of_text(fmt::format(
                  "input x : [0]\nconst c : [3] in [1, 2]\ny = c + sum(x)\n{}\n", statement)),
              Verdict::pass)
        << statement;
}

TEST(Points, RejectedDrawsAreCounted) {
  const auto run = check_text("input x in (-1, 1)\ny = log(x)\ncheck\n");
  const CheckResult& check = at_line(run, 3);
  EXPECT_EQ(check.verdict, Verdict::pass);
  EXPECT_EQ(check.points, 21) << "0 lies outside of the logarithm's domain, 1e-300 inside";
  EXPECT_GT(check.rejected, 5);
  EXPECT_LT(check.rejected, 60);
}

TEST(Points, AThousandRejectedDrawsAreInconclusive) {
  const auto run = check_text("input x in (-2, -1)\ny = log(x)\ncheck\n", with_samples(1));
  const CheckResult& check = at_line(run, 3);
  EXPECT_EQ(check.verdict, Verdict::inconclusive);
  EXPECT_EQ(check.rejected, 1000);
  EXPECT_EQ(check.points, 0);
  EXPECT_EQ(check.explanation.code, "G303");
  EXPECT_THAT(check.explanation.label, testing::HasSubstr("1000 draws"));
}

TEST(Points, TheOnlyPointOutsideTheDomainIsInconclusive) {
  const auto run = check_text("input x = -1\ny = log(x)\ncheck\n");
  EXPECT_EQ(at_line(run, 3).verdict, Verdict::inconclusive);
  EXPECT_EQ(at_line(run, 3).rejected, 1);
  EXPECT_EQ(at_line(run, 3).explanation.code, "G303");
}

TEST(Points, PreconditionsRejectDraws) {
  const TemporaryDirectory directory;
  directory.write("c.fpcore", "(FPCore half (x) :pre (and (< 0 x 1) (< x 1/4)) (sqrt x))\n");
  const auto path = directory.write("use.grad", "use fpcore \"c.fpcore\" name \"half\"\n");
  const auto run = check_file(path);
  ASSERT_TRUE(run.files[0].errors.empty()) << shown(run);
  EXPECT_EQ(run.files[0].checks.at(0).verdict, Verdict::pass) << shown(run);
  const CheckResult& check = run.files[0].checks[0];
  ASSERT_TRUE(check.worst);
  EXPECT_LT(check.worst->inputs.at(0).second.data.at(0), 0.25);
}

TEST(Points, APreconditionThatNeverHoldsIsInconclusive) {
  const TemporaryDirectory directory;
  directory.write("c.fpcore", "(FPCore none (x) :pre (and (<= 1 x 2) (< (* x x) 0)) (* x x))\n");
  const auto run =
      check_file(directory.write("use.grad", "use fpcore \"c.fpcore\" name \"none\"\n"));
  ASSERT_TRUE(run.files[0].errors.empty()) << shown(run);
  EXPECT_EQ(run.files[0].checks.at(0).verdict, Verdict::inconclusive);
  EXPECT_THAT(shown(run), testing::HasSubstr("precondition"));
}

TEST(Points, OnlyTheFunctionRejectsNeverAClaim) {
  const auto run = check_text("input x in (-2, -1)\ny = x ** 2\ngrad x = 2 * x + 0 * log(x)\n");
  EXPECT_EQ(at_line(run, 3).verdict, Verdict::fail);
  EXPECT_EQ(at_line(run, 3).rejected, 0);
  EXPECT_EQ(at_line(run, 3).explanation.code, "G103");
}

const char* const random_file =
    "dim n in 1..5\ninput x : [n] in [-2, 2]\nconst c : [n]\ny = sum(c * sin(x))\n"
    "check\ngrad x = cos(x)\nexpect sum(x) < 100\ntest \"drawn\":\n    print x\n    print "
    "rand(2)\n";

TEST(Points, TheSameSeedGivesTheSameResults) {
  const auto first = check_text(random_file), second = check_text(random_file);
  EXPECT_EQ(first, second);
  Options other;
  other.seed = 7;
  const auto third = check_text(random_file, other);
  EXPECT_EQ(third.seed, 7u);
  EXPECT_NE(first.files[0].checks, third.files[0].checks);
}

TEST(Points, ResultsDoNotDependOnTheNumberOfThreads) {
  Options one;
  one.samples = 40;
  const auto alone = check_text(random_file, one);
  for (int jobs : {2, 4}) {
    Options several = one;
    several.jobs = jobs;
    EXPECT_EQ(check_text(random_file, several), alone) << jobs;
  }
}

TEST(Points, MoreSamplesKeepTheFirstOnes) {
  const char* text = "input x in (2, 3)\ny = x ** 2\nexpect x < 2\n";
  EXPECT_EQ(at_line(check_text(text, with_samples(1)), 3).explanation.facts.at(0).text,
            at_line(check_text(text, with_samples(9)), 3).explanation.facts.at(0).text);
}

}  // namespace
}  // namespace verigrad::runner
