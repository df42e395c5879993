// What a wrong claim, or a wrong engine, has in common at every entry: each text makes one mistake
// on purpose, written from the derivative by hand, and its name must be the one that is stated.
#include "engine/custom_operation.hpp"
#include "engine/functions.hpp"
#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using testing::HasSubstr;

/// Of the text's only statement, which must fail.
std::string pattern_of(const std::string& text, const Options& options = {}) {
  const reports::Run run = check_text(text, options);
  EXPECT_EQ(run.exit_code, 1) << shown(run);
  return run.files[0].checks.empty() ? "" : fact(run.files[0].checks[0], "pattern");
}

struct Mistake {
  const char* name;
  const char* text;
  const char* pattern;
};

std::string name_of(const testing::TestParamInfo<Mistake>& mistake) { return mistake.param.name; }

class Patterns : public testing::TestWithParam<Mistake> {};

TEST_P(Patterns, AreNamed) {
  EXPECT_THAT(pattern_of(GetParam().text), HasSubstr(GetParam().pattern));
}

const char* const products = "input x : [4] in [0.5, 2]\ny = sum(x * sin(x))\n";

INSTANTIATE_TEST_SUITE_P(
    Claims, Patterns,
    testing::Values(
        Mistake{"mean", "input x : [5] in [1, 2]\ny = mean(x ** 2)\ngrad x = 2 * x\n",
                "a mean over 5 entries was not divided by their number"},
        Mistake{"sign", "input x : [5] in [1, 2]\ny = sum(x ** 2)\ngrad x = -2 * x\n",
                "the sign is wrong"},
        Mistake{"half", "input x : [5] in [1, 2]\ny = sum(x ** 2)\ngrad x = x\n",
                "a factor 2 is missing"},
        Mistake{"input_missing", "input x : [5] in [1, 2]\ny = sum(x ** 3)\ngrad x = 3 * x\n",
                "a factor x is missing"},
        Mistake{"value_too_much",
                "input x : [3] in [1, 2]\ny = sum(x ** 3)\ngrad x = y * 3 * x ** 2\n",
                "claimed / true = y at every entry: a factor y too much"},
        Mistake{"transposed",
                "input A : [3, 3]\nconst u : [3]\nconst v : [3]\nf = u @ A @ v\n"
                "grad A = reshape(v, [3, 1]) * u\n",
                "claimed is the truth with dims 0 and 1 transposed"},
        Mistake{"shifted",
                "input x : [3] in [1, 2]\ny = sum(x ** 3)\n"
                "grad x = 3 * stack([x[2], x[0], x[1]]) ** 2\n",
                "claimed is the truth moved by 1 along dim 0"},
        Mistake{"wrong_dim",
                "dim n in 2..4\ninput b : [n] in [-1, 1]\nconst X : [n, n]\n"
                "y = sum(tanh(X + b))\ngrad b = sum(1 - tanh(X + b) ** 2, dim=1)\n",
                "the sum over the wrong dims, which keeps dim 0, for the broadcast of b in X + b"},
        Mistake{"not_summed",
                "dim n in 2..4\ninput b : [3] in [-1, 1]\nconst X : [n, 3]\n"
                "y = sum(tanh(X + exp(b)))\ngrad b = (1 - tanh(X[-1] + exp(b)) ** 2) * exp(b)\n",
                "the last slice along dim 0 instead of the sum for the broadcast of exp(b)"},
        Mistake{"cotangent",
                "input x : [3]\nconst W : [3, 3]\nconst v : [3] in [1, 2]\ny = tanh(W @ x)\n"
                "vjp(y, x, v) = (1 - y ** 2) @ W\n",
                "the sum of the Jacobian's rows: the cotangent is ignored"},
        Mistake{"forward",
                "input x : [3]\nconst W : [3, 3]\nconst v : [3] in [1, 2]\ny = W @ x\n"
                "vjp(y, x, v) = W @ v\n",
                "Jv instead of vᵀJ"}),
    name_of);

TEST(Patterns, AContributionThatIsCountedTwice) {
  EXPECT_THAT(pattern_of(products + std::string("grad x = 2 * sin(x) + x * cos(x)\n")),
              HasSubstr("the use of x in x * sin(x) contributes counted twice"));
  EXPECT_THAT(pattern_of(products + std::string("grad x = sin(x) + 2 * x * cos(x)\n")),
              HasSubstr("the use of x in sin(x) contributes counted twice"));
}

TEST(Patterns, AContributionThatOverwritesTheOthers) {
  EXPECT_THAT(
      pattern_of(products + std::string("grad x = x * cos(x)\n")),
      HasSubstr("what the use of x in sin(x) contributes alone: the others are overwritten"));
  // Of a value in between, beside a path that does not pass it.
  EXPECT_THAT(pattern_of("input x : [4] in [0.5, 1]\nz = x ** 3\ny = sum(z * exp(z) + x)\n"
                         "grad x = exp(z) * 3 * x ** 2 + 1\n"),
              HasSubstr("what the use of z in z * exp(z) contributes alone"));
  EXPECT_THAT(pattern_of("input x : [4] in [0.5, 1]\ny = sum(exp(x) * sin(x) * x)\n"
                         "grad x = (exp(x) * sin(x) + exp(x) * cos(x)) * x\n"),
              HasSubstr("the truth without what the use of x in"));
}

class Branches : public testing::TestWithParam<Mistake> {};

TEST_P(Branches, TakenOnTheWrongSideAreNamed) {
  EXPECT_THAT(pattern_of(std::string("input x : [5] in [-2, 2]\n") + GetParam().text),
              HasSubstr(GetParam().pattern));
}

INSTANTIATE_TEST_SUITE_P(
    Claims, Branches,
    testing::Values(
        Mistake{"where",
                "y = sum(where(x > 0, x ** 2, sin(x)))\ngrad x = where(x < 0, 2 * x, cos(x))\n",
                "gt(x, 0) taken on the other branch"},
        Mistake{"where_never", "y = sum(where(x > 0, x ** 2, sin(x)))\ngrad x = cos(x)\n",
                "gt(x, 0) taken as false for all entries"},
        Mistake{
            "abs",
            "y = sum(abs(x) * exp(x))\ngrad x = abs(x) * exp(x) + where(x < 0, 1, -1) * exp(x)\n",
            "the slope of abs(x) taken on the other branch"},
        Mistake{"relu", "y = sum(relu(x) + x ** 2)\ngrad x = where(x < 0, 1, 0) + 2 * x\n",
                "relu(x) taken on the other branch"},
        Mistake{"relu_ignored", "y = sum(relu(x) + x ** 2)\ngrad x = 1 + 2 * x\n",
                "relu(x) taken on the branch x for all entries"},
        Mistake{"maximum",
                "y = sum(maximum(x ** 3, sin(x)))\n"
                "grad x = where(x ** 3 > sin(x), cos(x), 3 * x ** 2)\n",
                "maximum(x ** 3, sin(x)) taken on the other branch"},
        Mistake{"clamp", "y = sum(clamp(x, -1, 1) * x)\ngrad x = clamp(x, -1, 1) + x\n",
                "clamp(x, -1, 1) taken as if nothing were clamped"},
        Mistake{"amax",
                "y = sum(x ** 2) * amax(x)\n"
                "grad x = 2 * x * amax(x) + sum(x ** 2) * where(x == amin(x), 1, 0)\n",
                "the slope of amax(x) taken on the other branch"}),
    name_of);

TEST(Patterns, AreNotStatedWhenTheyFitAtSomePointsOnly) {
  // At the smallest size, where the claim is worst, it is transposed; at others it is not.
  EXPECT_EQ(pattern_of("dim n in 2..4\ninput A : [n, n]\ny = sum(A ** 3)\n"
                       "grad A = 3 * where(n == 2, A.T ** 2, 1.001 * A ** 2)\n"),
            "");
  EXPECT_EQ(pattern_of("input x : [4] in [-2, 2]\ny = sum(x * sin(x))\n"
                       "grad x = where(x > 0, 2, 1) * sin(x) + x * cos(x) + where(x < -1, 1, 0)\n"),
            "");
}

TEST(Patterns, AreNamedOfTheEngineToo) {
  Operation wrong = *OperationTable::standard().find("sin");
  wrong.f64.vjp = [](const Saved<double>& saved, const Tensor<double>& g, std::size_t) {
    return roll(g * cos(saved.operand(0)), {1}, {0});
  };
  const OperationTable table = OperationTable::standard().replace("sin", wrong);
  Options options;
  options.overrides.operations = &table;
  EXPECT_THAT(pattern_of("input x : [3] in [0.5, 2]\ny = sum(sin(x))\ncheck\n", options),
              HasSubstr("claimed is the truth moved by 1 along dim 0"));
}

TEST(Patterns, AreDiagnosesWithTheEnginesValueAndTheLineToTry) {
  const auto run =
      check_text("input x : [4] in [0.5, 2]\ny = sum(x ** 3)\nvjp(y, x, 2) = 2 * x ** 2\n");
  const CheckResult& check = at_line(run, 3);
  std::vector<std::string> messages;
  for (const reports::Diagnosis& each : check.diagnosis) messages.push_back(each.message);
  EXPECT_THAT(
      messages,
      testing::ElementsAre(HasSubstr("disagrees with the function"), testing::StartsWith("engine "),
                           "pattern claimed / true = 1 / 3 at every entry: a factor 3 is missing",
                           "try vjp(y, x, 2) = 3 * (2 * x ** 2)"));
}

}  // namespace
}  // namespace verigrad::runner
