// gradcheck accuracy: errors in ulps against truth, conditions, verdicts, blame.
#include "runner/accuracy.hpp"

#include <cmath>

#include "engine/custom_operation.hpp"
#include "engine/functions.hpp"
#include "reports/json.hpp"
#include "tests/runner/accuracy_rows.hpp"

namespace verigrad::runner {
namespace {

using reports::AccuracyRow;
using reports::AccuracyVerdict;
using testing::HasSubstr;

/// exp(-700) squared is subnormal and has few digits; half an ulp of it is no instability.
TEST(Accuracy, OfSubnormalDerivativesIsNoInstability) {
  const AccuracyRow row = row_of("input x in [-372, -371]\ny = exp(2 * x)\n");
  ASSERT_TRUE(row.instability);
  EXPECT_LE(row.ulps.max, 2);
  EXPECT_LT(*row.instability, 8);
}

/// d(x ** 3)/dx in float beside 3 x^2 in double, which is exact to half a double ulp.
TEST(Accuracy, OfFloatAgreesWithDoubleArithmetic) {
  const AccuracyRow row = row_of("dtype f32\ninput x in [1, 2]\ny = x * x * x\n");
  ASSERT_TRUE(row.worst);
  EXPECT_EQ(row.dtype, "f32");
  EXPECT_EQ(row.ulps.n, default_accuracy_samples);
  const double x = row.worst->inputs[0].second[0], truth = 3 * x * x;
  const double ulp = std::ldexp(1.0, std::ilogb(truth) - 23);
  EXPECT_NEAR(row.worst->ulps, std::abs(row.worst->computed - truth) / ulp, 1e-6);
  EXPECT_EQ(row.worst->truth, static_cast<double>(static_cast<float>(truth)));
  EXPECT_EQ(row.worst->ulps, row.ulps.max);
  EXPECT_LE(row.ulps.max, 3);
  EXPECT_EQ(row.verdict, AccuracyVerdict::ok);
}

/// g = 3 x^2: x g' / g = 2. g = 1 / x: 1. f = exp(a b): by a, b exp(a b): a b and 1 + a b.
TEST(Accuracy, KnowsTheConditionOfTheGradient) {
  EXPECT_NEAR(*row_of("input x in [1, 2]\ny = x ** 3\n").condition_max, 2, 1e-12);
  EXPECT_NEAR(*row_of("input x in [1, 2]\ny = log(x)\n").condition_median, 1, 1e-12);
  const AccuracyRow by_a = row_of("input a = 0.5\ninput b = 3\ny = exp(a * b)\ncheck y wrt a\n");
  EXPECT_NEAR(*by_a.condition_max, 1.5 + 2.5, 1e-12);
}

/// (x - 1)^7 multiplied out: its derivative is 7 (x - 1)^6, whose condition number is 6 x / (x -
/// 1), though its second derivative in floating point is all rounding.
TEST(Accuracy, KnowsTheConditionWhereDigitsCancel) {
  const AccuracyRow row = row_of(
      "input x = 1.0000001\n"
      "y = x**7 - 7*x**6 + 21*x**5 - 35*x**4 + 35*x**3 - 21*x**2 + 7*x - 1\n");
  ASSERT_TRUE(row.condition_max);
  EXPECT_NEAR(*row.condition_max, 6 * 1.0000001 / 1e-7, 1);
  EXPECT_EQ(row.verdict, AccuracyVerdict::unstable);
}

TEST(Accuracy, TellsAnUnstableFormulaFromAnIllConditionedFunction) {
  const AccuracyRow unstable = row_of("input x in [1e-6, 1e-4]\ny = log(1 + x) / x\n");
  EXPECT_EQ(unstable.verdict, AccuracyVerdict::unstable);
  EXPECT_GT(*unstable.instability, 1e3);
  ASSERT_FALSE(unstable.blame.empty());
  EXPECT_GT(unstable.blame[0].share, 0.2);
  // The condition number of cos(10^4 x) is 10^4 x tan(10^4 x).
  const AccuracyRow ill = row_of("input x in [1, 2]\ny = sin(10000 * x)\n");
  EXPECT_EQ(ill.verdict, AccuracyVerdict::ill_conditioned);
  EXPECT_LT(*ill.instability, 8);
  EXPECT_GT(*ill.condition_max, 1e3);
}

/// The same slip as in a check: far below any tolerance, and proven.
TEST(Accuracy, SaysThatARuleIsWrong) {
  Operation slipped = *OperationTable::standard().find("sin");
  slipped.f64.vjp = [](const Saved<double>& saved, const Tensor<double>& g, std::size_t) {
    return g * cos(saved.operand(0)) * (1 + 1e-13);
  };
  const OperationTable faulty = OperationTable::standard().replace("sin", slipped);
  Options options;
  options.overrides.operations = &faulty;
  const AccuracyRow row = row_of("input x in [0.1, 1]\ny = sin(x)\n", options);
  EXPECT_EQ(row.verdict, AccuracyVerdict::wrong);
  EXPECT_THAT(row.reason, HasSubstr("256 of 256"));
  EXPECT_EQ(row_of("input x in [0.1, 1]\ny = sin(x)\n").verdict, AccuracyVerdict::ok);
}

/// An operation that proofs do not have.
struct Square {
  static constexpr OperationInfo info{
      .signature = "own_square(input)",
      .grad_fn = "OwnSquareBackward0",
      .value = "input ** 2",
      .derivative = {"2 * input"},
      .latex = "x^2",
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return x * x;
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * 2 * x;
  }
};

TEST(Accuracy, LeavesOutKinksAndWhatIsNotKnown) {
  const AccuracyRow kink = row_of("input x = 0\ny = abs(x)\n");
  EXPECT_EQ(kink.verdict, AccuracyVerdict::non_smooth);
  EXPECT_EQ(kink.ulps.n, 0);
  EXPECT_EQ(kink.non_smooth, 1);
  const OperationTable table = OperationTable::standard().with(operation<Square>());
  Options options;
  options.overrides.operations = &table;
  const AccuracyRow unknown = row_of("input x = 3\ny = own_square(x)\n", options);
  EXPECT_EQ(unknown.verdict, AccuracyVerdict::undecided);
  EXPECT_EQ(unknown.undecided, 1);
  EXPECT_FALSE(unknown.reason.empty());
}

/// 4 times the double that stands for 3.1e307, beside 1.24e308: by exact fractions (Python), in
/// units of 2^971.
TEST(Accuracy, KnowsTheUlpOfTheTopBinade) {
  const AccuracyRow row = row_of("input x = 2\ny = 3.1e307 * x * x\n");
  EXPECT_NEAR(row.ulps.max, 0.3882120650408145, 1e-12);
}

/// 1 + 2^-24 + 2^-60 lies beyond the middle of two floats, and its nearest double on it.
TEST(Accuracy, RoundsATruthToFloatOnce) {
  const AccuracyRow row = row_of(
      "dtype f32\ninput x = 1\ninput a = 1\ninput b = 0.000000059604644775390625\n"
      "input c = 8.673617379884035472059622406959533691406e-19\ny = x * (a + b + c)\n"
      "check y wrt x\n");
  ASSERT_TRUE(row.worst);
  EXPECT_EQ(row.worst->computed, 1);
  EXPECT_EQ(row.worst->truth, 1 + 0x1p-23);
  EXPECT_EQ(row.ulps.correctly_rounded, 0);
}

/// The slope of log(1 + x) / x is near -1 / 2, and lost where eps / x^2 is greater.
TEST(Accuracy, CountsWrongSignsOfTinyDerivatives) {
  EXPECT_GT(row_of("input x in [1e-10, 1e-9]\ny = log(1 + x) / x\n").wrong_signs, 0);
  EXPECT_GT(row_of("input x in [1e-10, 1e-9]\ny = 1e-180 * log(1 + x) / x\n").wrong_signs, 0);
}

/// exp overflows above 710.
TEST(Accuracy, SaysWhichFileHasNoPoints) {
  const reports::Run run = measured("input x in [799, 800]\ny = exp(x)\n");
  EXPECT_EQ(run.exit_code, 4);
  ASSERT_TRUE(run.accuracy);
  EXPECT_THAT(run.accuracy->notes, testing::ElementsAre(testing::StartsWith("t.grad is left out: "
                                                                            "1000 draws")));
}

TEST(Accuracy, LeavesOutDerivativesWithoutEntries) {
  EXPECT_EQ(measured("input e : [0]\ny = sum(e)\n").exit_code, 4);
  EXPECT_EQ(row_of("input e : [0]\ninput x = 2\ny = x * x + sum(e)\n").wrt, "x");
}

TEST(Accuracy, OfAMatrixNamesTheEntryOfItsWorstError) {
  const AccuracyRow row = row_of("input w : [2, 3] in [-2, 2]\ny = sum(tanh(w) * sin(w))\n");
  EXPECT_EQ(row.ulps.n, 6 * default_accuracy_samples);
  ASSERT_TRUE(row.worst);
  EXPECT_EQ(row.worst->index.size(), 2U);
  EXPECT_EQ(row.worst->inputs[0].second.size(), 6U);
}

TEST(Accuracy, IsTheSameForEveryNumberOfThreads) {
  const std::string text = "input x : [2] in [-2, 2]\ny = sum(exp(x) * sin(x))\n";
  Options four;
  four.jobs = 4;
  EXPECT_EQ(to_json(measured(text)), to_json(measured(text, four)));
}

TEST(Accuracy, MeasuresNumericMethodsAndTheirSteps) {
  const reports::Run run = measured("input x in [0.5, 2]\ny = exp(sin(x))\n");
  ASSERT_TRUE(run.accuracy);
  ASSERT_FALSE(run.accuracy->methods.empty());
  EXPECT_EQ(run.accuracy->methods.back().method, "Verigrad");
  EXPECT_EQ(run.accuracy->methods.back().covered, 1.0);
  ASSERT_TRUE(run.files[0].accuracy[0].curve);
  EXPECT_GT(run.files[0].accuracy[0].curve->errors.size(), 30U);
}

TEST(Accuracy, ReadsCoresAndSaysWhichItLeavesOut) {
  const TemporaryDirectory directory;
  const std::string path =
      directory.write("t.fpcore",
                      "(FPCore (x) :name \"smooth\" :pre (<= 1 x 2) (log x))\n"
                      "(FPCore (x) :name \"loop\" (while (< x 1) ([x x (+ x 1)]) x))\n");
  const Input input{path, {}};
  const reports::Run run = measure_accuracy({&input, 1}, {});
  ASSERT_EQ(run.files.size(), 1U);
  ASSERT_EQ(run.files[0].accuracy.size(), 1U);
  EXPECT_EQ(run.files[0].accuracy[0].name, "smooth");
  EXPECT_EQ(run.files[0].accuracy[0].id, path + ":1");
  ASSERT_TRUE(run.accuracy);
  EXPECT_THAT(run.accuracy->notes,
              testing::ElementsAre("1 of 2 FPCores measured", HasSubstr("1 left out: 'while'")));
}

TEST(Accuracy, CountsTheCoresThatAFilterNames) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("t.fpcore",
                                           "(FPCore a (x) :pre (<= 1 x 2) (log x))\n"
                                           "(FPCore b (x) (foo x))\n(FPCore c (x) (foo x))\n"
                                           "(FPCore d (x) :pre (<= 799 x 800) (exp x))\n");
  const auto notes = [&](const std::string& filter) {
    const Input input{path, {}};
    Options options;
    options.filter = filter;
    options.samples = 2;
    return measure_accuracy({&input, 1}, options).accuracy->notes;
  };
  EXPECT_THAT(notes(""),
              testing::ElementsAre("1 of 4 FPCores measured",
                                   "2 left out: unknown operator 'foo' (first at " + path + ":2)",
                                   HasSubstr(":4")));
  EXPECT_THAT(notes("c"),
              testing::ElementsAre("0 of 1 FPCores measured",
                                   "1 left out: unknown operator 'foo' (" + path + ":3)"));
  EXPECT_THAT(notes("a"), testing::ElementsAre("1 of 1 FPCores measured"));
  EXPECT_THAT(notes("d"), testing::ElementsAre("0 of 1 FPCores measured", HasSubstr(":4")));
  EXPECT_THAT(notes("nosuch"), testing::IsEmpty());
}

/// The text of accuracy-ill-conditioned: both forms are a variance, and the inputs are exact.
TEST(Accuracy, OfAnIllConditionedFormulaAnotherOneMayKeepTheDigits) {
  const std::string input = "dtype f32\ninput x : [4] in [0.99, 1.01]\n";
  const AccuracyRow row = row_of(input + "y = mean(x ** 2) - mean(x) ** 2\n");
  EXPECT_EQ(row.verdict, AccuracyVerdict::ill_conditioned);
  EXPECT_FALSE(row.blame.empty());
  EXPECT_EQ(row_of(input + "y = mean((x - mean(x)) ** 2)\n").verdict, AccuracyVerdict::ok);
}

TEST(Accuracy, OfOnePointTellsNothingOfNumericMethods) {
  Options options;
  options.repro = ReproToken{0, 1, 42};
  const reports::Run run = measured("input x in [0.5, 2]\ny = exp(sin(x))\n", options);
  ASSERT_EQ(run.files.size(), 1U);
  EXPECT_TRUE(run.accuracy->methods.empty());
}

/// It comes when the second file has begun.
TEST(Accuracy, ReportsWhatAnInterruptionLeavesFinished) {
  const std::string text = "input x in [1, 2]\ny = x * x\n";
  const Input inputs[] = {{"a.grad", text}, {"b.grad", text}};
  std::atomic<bool> interrupted = false;
  Options options;
  options.interrupted = &interrupted;
  options.progress = [&](const Progress& progress) { interrupted = progress.files_done == 1; };
  const reports::Run run = measure_accuracy(inputs, options);
  EXPECT_EQ(run.exit_code, 130);
  ASSERT_EQ(run.files.size(), 1U);
  EXPECT_EQ(run.files[0].path, "a.grad");
}

TEST(Accuracy, ExitsByWhatItMeasured) {
  const std::string unstable = "input x in [1e-6, 1e-4]\ny = log(1 + x) / x\n";
  Options strict;
  strict.strict = true;
  EXPECT_EQ(measured(unstable).exit_code, 0);
  EXPECT_EQ(measured(unstable, strict).exit_code, 1);
  EXPECT_EQ(measured("input x in [1, 2]\ny = x * x\n", strict).exit_code, 0);
  EXPECT_EQ(measured("test \"t\":\n    expect 1 == 1\n").exit_code, 4);
  EXPECT_EQ(measured("input x\ny = sni(x)\n").exit_code, 2);
}

}  // namespace
}  // namespace verigrad::runner
