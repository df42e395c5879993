// Right derivatives that a checker is tempted to fail, and wrong ones that it is tempted to pass.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using gradcheck::Verdict;

struct Case {
  std::string name;
  std::string text;
  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }
};

Verdict worst(const reports::Run& run) {
  Verdict verdict = Verdict::pass;
  for (const reports::CheckResult& check : run.files.at(0).checks)
    verdict = std::max(verdict, check.verdict);
  return verdict;
}

class RightDerivative : public testing::TestWithParam<Case> {};

TEST_P(RightDerivative, NeverFails) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 42U}) {
    Options options;
    options.seed = seed;
    const Input input{"t.grad", GetParam().text};
    const reports::Run run = check(std::span(&input, 1), options);
    ASSERT_TRUE(run.files.at(0).errors.empty()) << GetParam().text;
    EXPECT_NE(worst(run), Verdict::fail) << shown(run);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Hard, RightDerivative,
    testing::Values(
        Case{"oscillation beyond the arguments' digits", "input x in [1, 2]\ny = sin(1e9 * x)\n"},
        Case{"oscillation of an exponential",
             "input x in [15, 25]\ny = sin(exp(x))\ngrad x = cos(exp(x)) * exp(x)\n"},
        Case{"an aliasing cube", "input x = 771.5378951882706\ny = sin(30 * x ** 3)\n"},
        Case{"an aliasing exponential", "input x = 59.24054717018577\ny = cos(exp(x))\n"},
        Case{"absorption", "input x = 1\ny = (x + 1e15) - 1e15\ngrad x = 1\n"},
        Case{"a kink at a domain's end", "input x : [3] in [0, 5]\ny = sum(relu(x))\ncheck y\n"},
        Case{"a convention at a domain's end", "input x in [0, 1]\ny = maximum(x, 0)\ncheck y\n"},
        Case{"both bounds of a clamp",
             "input x in [0, 6]\ny = clamp(x, 0, 6)\n"
             "grad x = where(x > 0, where(x < 6, 1, 0), 0)\n"},
        Case{"rank 8",
             "input a : [2,1,2,1,1,2,1,1]\ninput b : [1,2,1,2,1,1,2,1]\ny = sum(a * b)\ncheck y\n"},
        Case{"rank 8 beside a large number",
             "input x : [1,1,1,1,1,1,1,2] = 0.5\ny = 1e10 + sum(x)\ncheck y\n"},
        Case{"saturation on one side",
             "input x = 1.1781909552092011\ny = sigmoid(200 * (x - 1))\ncheck y\n"},
        Case{"a plateau beside a barrier",
             "input x = -8.084461e-06\ny = log(1 + leaky_relu(x) ** 2)\ncheck y\n"},
        Case{"a sum that cancels",
             "input x = [[0.5], [1]]\ny = logsumexp(log_softmax(x, dim=0), dim=0)\n"},
        Case{"nested ties", "input x = 1.25\ny = minimum(maximum(x, 1.25), x)\n"},
        Case{"bce at its ends", "input p in [0, 1]\nconst t in {0, 1}\ny = bce(p, t)\ncheck y\n"},
        Case{"every number a step", "input x = 0.3\ny = floor(1e16 * x)\ncheck y\n"}));

class WrongDerivative : public testing::TestWithParam<Case> {};

TEST_P(WrongDerivative, NeverPasses) {
  const Input input{"t.grad", GetParam().text};
  EXPECT_NE(worst(check(std::span(&input, 1), {})), Verdict::pass);
}

INSTANTIATE_TEST_SUITE_P(
    Hard, WrongDerivative,
    testing::Values(
        Case{"a small entry beside a large one",
             "input w = [1e-8, 1]\ny = log(w[0]) + 1e-8 * w[1]\ngrad w = [1e8, 3e-8]\n"},
        Case{"a small factor beside a large one",
             "input x = [1e-9, 1e9]\ny = x[0] * x[1]\ngrad x = [1e9, 2e-9]\n"},
        Case{"a small entry of a sum",
             "input x = [0, 40]\ny = sum(exp(-reshape(x, [2, 1])))\ngrad x = [-1, 8e-16]\n"},
        Case{"a slip in a small entry",
             "input w = [1e-5, 1]\ny = log(w[0]) + 1e-5 * w[1]\ngrad w = [1e5, 1.00006e-5]\n"},
        Case{"zero in the tail of sigmoid",
             "input x = 40\ny = sigmoid(x)\ngrad x = sigmoid(x) * (1 - sigmoid(x))\n"},
        Case{"zero in the tail of tanh", "input x = 20\ny = tanh(x)\ngrad x = 0\n"},
        Case{"zero in the tail of erf", "input x = 6\ny = erf(x)\ngrad x = 0 * x\n"}));

TEST(HardCases, WorkIsRefusedBeforeItIsDone) {
  const Input input{"t.grad", "input x : [4096, 4096]\ny = sum(x @ x)\n"};
  Options options;
  options.samples = 1;
  const reports::Run run = check(std::span(&input, 1), options);
  EXPECT_EQ(worst(run), Verdict::inconclusive);
  EXPECT_THAT(shown(run), testing::HasSubstr("more than the limit"));
}

TEST(HardCases, OnlyOutputsThatReadAnEntryAreAnalysed) {
  const Input input{"t.grad", "input x : [400]\nz = sin(x)\ncheck z\n"};
  Options options;
  options.samples = 1;
  const reports::Run run = check(std::span(&input, 1), options);
  EXPECT_EQ(worst(run), Verdict::pass) << shown(run);
}

}  // namespace
}  // namespace verigrad::runner
