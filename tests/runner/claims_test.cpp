// Claims are judged three ways: what is claimed, what the engine says, what is true.
#include <fmt/format.h>

#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const char* const cubes = "input x : [4] in [0.5, 2]\ny = sum(x ** 3)\n";

CheckResult claim(const std::string& before, const std::string& statement) {
  const auto run = check_text(before + statement + "\n");
  EXPECT_TRUE(run.files[0].errors.empty()) << shown(run);
  EXPECT_EQ(run.files[0].checks.size(), 1u) << shown(run);
  return run.files[0].checks.empty() ? CheckResult() : run.files[0].checks[0];
}

TEST(Claims, ARightGradientPassesWithVerifiedDigits) {
  const CheckResult result = claim(cubes, "grad x = 3 * x ** 2");
  EXPECT_EQ(result.verdict, Verdict::pass);
  ASSERT_TRUE(result.worst);
  EXPECT_GT(*result.worst->digits, 6);
  EXPECT_EQ(result.kind, reports::Kind::grad);
  EXPECT_EQ(result.output, "y");
  EXPECT_EQ(result.wrt, std::vector<std::string>{"x"});
  EXPECT_EQ(result.method, "enclosure");
}

TEST(Claims, AWrongOneFailsAndTheEngineIsNotBlamed) {
  const CheckResult result = claim(cubes, "grad x = x ** 2");
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_EQ(result.explanation.code, "G101");
  EXPECT_THAT(fact(result, "engine"), HasSubstr("agrees: the claim is at fault"));
  EXPECT_FALSE(fact(result, "claimed").empty());
  EXPECT_THAT(fact(result, "true"), HasSubstr("proven"));
  EXPECT_THAT(fact(result, "again"), HasSubstr(*result.repro));
}

TEST(Claims, AnEngineThatDisagreesAsWellIsNamed) {
  // bce clamps its logarithms at -100; the engine's gradient is that without the clamp.
  const auto run = check_text(
      "set method = finite-difference  # of the clamped logarithm\ninput p in [1e-46, 1e-44]\n"
      "y = bce(p, 1)\ngrad p = 1e61\ncheck\n");
  EXPECT_EQ(at_line(run, 4).verdict, Verdict::fail);
  EXPECT_THAT(fact(at_line(run, 4), "engine"), HasSubstr("disagrees as well"));
  EXPECT_EQ(at_line(run, 5).explanation.code, "G102");
}

TEST(Claims, AConstantFactorIsNamedAndMended) {
  const CheckResult result = claim(cubes, "grad x = x ** 2");
  EXPECT_THAT(fact(result, "pattern"),
              AllOf(HasSubstr("1 / 3"), HasSubstr("a factor 3 is missing")));
  EXPECT_EQ(fact(result, "try"), "grad x = 3 * (x ** 2)");
  EXPECT_EQ(claim(cubes, fact(result, "try")).verdict, Verdict::pass);
}

TEST(Claims, AFactorTooMuchIsNamedAndMended) {
  const CheckResult result = claim(cubes, "grad x = 6 * x ** 2");
  EXPECT_THAT(fact(result, "pattern"), HasSubstr("a factor 2 too much"));
  EXPECT_EQ(claim(cubes, fact(result, "try")).verdict, Verdict::pass) << fact(result, "try");
}

TEST(Claims, AWrongSignIsNamedAndMended) {
  const CheckResult result = claim(cubes, "grad x = -3 * x ** 2");
  EXPECT_THAT(fact(result, "pattern"), HasSubstr("the sign is wrong"));
  EXPECT_EQ(claim(cubes, fact(result, "try")).verdict, Verdict::pass) << fact(result, "try");
  EXPECT_THAT(result.explanation.label, HasSubstr("has the wrong sign"));
}

TEST(Claims, AMissingFactorXIsNamedAndMended) {
  const CheckResult result =
      claim("input x : [4] in [-2, 2]\ny = sum(exp(-(x ** 2)))\n", "grad x = -2 * exp(-(x ** 2))");
  EXPECT_THAT(fact(result, "pattern"), HasSubstr("a factor x is missing"));
  EXPECT_EQ(
      claim("input x : [4] in [-2, 2]\ny = sum(exp(-(x ** 2)))\n", fact(result, "try")).verdict,
      Verdict::pass)
      << fact(result, "try");
}

TEST(Claims, AFactorXTooMuchIsNamedAndMended) {
  const CheckResult result = claim(cubes, "grad x = 3 * x ** 3");
  EXPECT_THAT(fact(result, "pattern"), HasSubstr("a factor x too much"));
  EXPECT_EQ(claim(cubes, fact(result, "try")).verdict, Verdict::pass) << fact(result, "try");
}

TEST(Claims, AMeanThatWasNotDividedIsNamedAndMended) {
  const std::string mean = "input x : [5] in [0.5, 2]\ny = mean(x ** 2)\n";
  const CheckResult result = claim(mean, "grad x = 2 * x");
  EXPECT_THAT(fact(result, "pattern"), HasSubstr("mean over 5 entries was not divided"));
  EXPECT_EQ(claim(mean, fact(result, "try")).verdict, Verdict::pass) << fact(result, "try");
}

TEST(Claims, AZeroGradientHasItsOwnPatternAndNothingToTry) {
  const CheckResult result = claim(cubes, "grad x = 0 * x");
  EXPECT_THAT(fact(result, "pattern"), HasSubstr("claimed is 0 at every entry"));
  EXPECT_EQ(fact(result, "try"), "");
}

TEST(Claims, NoPatternIsMadeUp) {
  const CheckResult result = claim(cubes, "grad x = 3 * x ** 2 + sin(50 * x)");
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_EQ(fact(result, "pattern"), "");
  EXPECT_EQ(fact(result, "try"), "");
}

TEST(Claims, ASmallSlipFails) {
  EXPECT_EQ(claim(cubes, "grad x = 3.000001 * x ** 2").verdict, Verdict::fail);
}

TEST(Claims, WithinAllowsADeliberateApproximation) {
  EXPECT_EQ(claim(cubes, "grad x = 3.01 * x ** 2 within 1e-2").verdict, Verdict::pass);
  EXPECT_EQ(claim(cubes, "grad x = 3.1 * x ** 2 within 1e-2").verdict, Verdict::fail);
}

TEST(Claims, ANumberBroadcastsToTheGradient) {
  EXPECT_EQ(claim("input x : [4]\ny = sum(2 * x)\n", "grad x = 2").verdict, Verdict::pass);
}

TEST(Claims, TheWorstEntryIsNamedByItsIndex) {
  const CheckResult result = claim("input x = [1, 2, 3]\ny = sum(x ** 2)\n", "grad x = [2, 4, 7]");
  ASSERT_TRUE(result.worst);
  EXPECT_EQ(result.worst->index, std::vector<std::int64_t>{2});
  EXPECT_EQ(result.worst->analytic, 7);
  EXPECT_NEAR(*result.worst->reference, 6, 1e-6);
  EXPECT_THAT(result.explanation.label, AllOf(HasSubstr("entry [2] of 3"), HasSubstr("x[2] = 3")));
}

TEST(Claims, AnUnusedInputHasAGradientOfZeros) {
  const std::string text = "input x : [2]\ninput z : [3]\ny = sum(x ** 2)\n";
  EXPECT_EQ(claim(text, "grad z = zeros(3)").verdict, Verdict::pass);
  EXPECT_EQ(claim(text, "grad z = 1").verdict, Verdict::fail);
  EXPECT_EQ(claim(text, "check").verdict, Verdict::pass);
}

struct Product {
  const char* right;
  const char* wrong;
};

class ProductClaims : public testing::TestWithParam<Product> {};

TEST_P(ProductClaims, PassWhenRightAndFailWhenWrong) {
  const std::string text =
      "input x : [3] in [0.5, 2]\nconst u : [3] in [1, 2]\ny = x ** 2\nf = sum(x ** 3)\n";
  EXPECT_EQ(claim(text, GetParam().right).verdict, Verdict::pass);
  const CheckResult wrong = claim(text, GetParam().wrong);
  EXPECT_EQ(wrong.verdict, Verdict::fail);
  EXPECT_EQ(wrong.explanation.code, "G101");
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, ProductClaims,
    testing::Values(Product{"jacobian(y, x) = 2 * x * eye(3)", "jacobian(y, x) = 2 * x + eye(3)"},
                    Product{"vjp(y, x, u) = 2 * x * u", "vjp(y, x, u) = 2 * x"},
                    Product{"jvp(y, x, u) = 2 * x * u", "jvp(y, x, u) = 3 * x * u"},
                    Product{"hessian(f, x) = 6 * x * eye(3)", "hessian(f, x) = 6.01 * x * eye(3)"},
                    Product{"hvp(f, x, u) = 6 * x * u", "hvp(f, x, u) = 6 * x"},
                    Product{"grad(f, x) = 3 * x ** 2", "grad(f, x) = 3 * x"}));

TEST(Claims, AClaimOfAnotherOutputIsAboutThatOutput) {
  const auto run = check_text(
      "input x in [1, 2]\nz = x ** 3\ny = x ** 2\noutput y\ngrad(z, x) = 3 * x ** 2\ngrad x = 2 * "
      "x\n");
  EXPECT_EQ(run.exit_code, 0) << shown(run);
}

}  // namespace
}  // namespace verigrad::runner
