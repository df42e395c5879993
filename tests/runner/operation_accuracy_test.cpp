// The survey of operations: what it counts, and what it finds.
#include <cmath>
#include <numeric>

#include "engine/error.hpp"
#include "tests/runner/operation_survey.hpp"
#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using reports::OperationAccuracy;
using testing::HasSubstr;
using testing::Not;

/// An operation that the proof room does not know.
struct Twice {
  static constexpr OperationInfo info{.signature = "twice(input)",
                                      .grad_fn = "TwiceBackward0",
                                      .value = "2 * input",
                                      .derivative = {"2"},
                                      .latex = "2 x"};
  template <class T>
  static T value(T x) {
    return x * 2;
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V&, const V&) {
    return g * 2;
  }
};

// docs/accuracy.md, which formulas apart from the proofs are the source of, has these within 4 ulp.
TEST(OperationAccuracy, OfRightOperationsIsAFewUlps) {
  for (const OperationAccuracy& each : survey(only({"expm1", "tanh", "log1p", "hypot", "mul"}))) {
    EXPECT_LE(each.max, 4) << each.operation << ' ' << each.quantity << ' ' << each.region;
    ASSERT_EQ(each.counts.size(), 5U);
    EXPECT_GT(each.n, 0);
    EXPECT_EQ(std::accumulate(each.counts.begin(), each.counts.end(), std::int64_t{0}), each.n);
    EXPECT_EQ(each.counts[4], 0) << each.operation;
    if (each.max > 0) {
      EXPECT_EQ(each.worst.size(), each.operation == "hypot" || each.operation == "mul" ? 2U : 1U);
    }
  }
}

TEST(OperationAccuracy, ShowsCancellationAndAWorstOperandThatReplays) {
  const OperationTable table = with_naive_expm1();
  OperationSurveyOptions options = only({"expm1"});
  options.operations = &table;
  const std::vector<OperationAccuracy> rows = survey(options);
  const OperationAccuracy near_0 = row(rows, "value", "near 0");
  EXPECT_GT(near_0.counts[4], near_0.n / 2);
  EXPECT_GT(near_0.max, 1e12);
  EXPECT_LE(row(rows, "derivative by input", "near 0").max, 4);
  EXPECT_LE(row(rows, "value", "input > 354.5").max, 4);

  ASSERT_EQ(near_0.worst.size(), 1U);
  const double x = near_0.worst[0];
  const Tensor<double> y = apply<double>(*table.find("expm1"), {Tensor<double>(x)});
  const long double truth = expm1l(x);
  const long double ulp = ldexpl(1, std::ilogb(static_cast<double>(truth)) - 52);
  EXPECT_NEAR(static_cast<double>(fabsl(y.item() - truth) / ulp), near_0.max, 1e-3 * near_0.max);
}

TEST(OperationAccuracy, FindsAWrongRuleInTheTypeThatHasIt) {
  Operation wrong = *OperationTable::standard().find("sin");
  wrong.f32.vjp = [](const Saved<float>& saved, const Tensor<float>& g, std::size_t) {
    return g * cos(saved.operand(0)) * 1.001F;
  };
  const OperationTable table = OperationTable::standard().replace("sin", wrong);
  OperationSurveyOptions options = only({"sin"});
  options.operations = &table;
  const std::vector<OperationAccuracy> rows = survey(options);
  const OperationAccuracy slope = row(rows, "derivative by input", "typical", "f32");
  // 0.001 of a float's significand in [2^23, 2^24).
  EXPECT_GT(slope.max, 0.001 * 0x1p23);
  EXPECT_EQ(slope.counts[4], slope.n);
  EXPECT_LE(row(rows, "value", "typical", "f32").max, 4);
  EXPECT_LE(row(rows, "derivative by input", "typical", "f64").max, 4);
}

TEST(OperationAccuracy, IsTheSameForEveryNumberOfJobs) {
  OperationSurveyOptions options = only({"sigmoid", "softmax", "hypot", "gelu", "bce"}, 60);
  std::vector<std::string> one, four;
  const std::vector<OperationAccuracy> alone = survey(options, &one);
  options.jobs = 4;
  EXPECT_EQ(survey(options, &four), alone);
  EXPECT_EQ(four, one);
  options.seed = 43;
  EXPECT_NE(survey(options), alone);
}

// What only moves entries or compares them computes nothing that could be rounded.
TEST(OperationAccuracy, CoversEveryOperationThatTheTableOffersAndDifferentiates) {
  std::vector<std::string> notes;
  OperationSurveyOptions options = only({}, 1);
  options.operations = &OperationTable::standard();
  const std::vector<OperationAccuracy> rows = survey(options, &notes);
  for (const Operation* operation : OperationTable::standard().operations()) {
    if (operation->info.internal || !operation->differentiable()) continue;
    std::set<std::string> quantities, dtypes;
    for (const OperationAccuracy& each : rows)
      if (each.operation.substr(0, each.operation.find('(')) == operation->name()) {
        quantities.insert(each.quantity);
        dtypes.insert(each.dtype);
      }
    EXPECT_THAT(quantities, testing::Contains("value")) << operation->name();
    EXPECT_GE(quantities.size(), 2U) << operation->name();
    EXPECT_EQ(dtypes, (std::set<std::string>{"f32", "f64"})) << operation->name();
  }
  const std::set<std::string> exact{"transpose", "permute", "reshape", "concat", "stack", "select",
                                    "flip",      "roll",    "amax",    "relu",   "floor", "median"};
  for (const OperationAccuracy& each : rows)
    if (exact.contains(each.operation) && each.quantity == "value") {
      EXPECT_EQ(each.max, 0) << each.operation;
    }
  EXPECT_THAT(notes, testing::Contains(HasSubstr("for want of a derivative: lt, le, gt, ge")));
  EXPECT_THAT(notes, Not(testing::Contains(HasSubstr("want of a form"))));
  EXPECT_THAT(notes, Not(testing::Contains(HasSubstr("is not measured: "))));
}

// Their values and slopes are operands, 0 and 1, but for conventions at kinks: PyTorch's derivative
// of clamp(a, a, a) is 1, where both one-sided derivatives are 0.
TEST(OperationAccuracy, PassesOverKinks) {
  std::vector<std::string> notes;
  const auto rows = survey(only({"relu", "clamp", "maximum", "hardtanh"}, 1000), &notes);
  for (const OperationAccuracy& each : rows)
    EXPECT_EQ(each.max, 0) << each.operation << ' ' << each.quantity << ' ' << each.region;
  EXPECT_LT(row(rows, "derivative by input", "near 0").n, 1000);
  EXPECT_EQ(row(rows, "value", "near 0").n, 1000);
  EXPECT_THAT(notes, testing::ElementsAre(HasSubstr("derivatives at kinks")));
}

TEST(OperationAccuracy, NamesWhatItCannotMeasure) {
  std::vector<std::string> notes;
  EXPECT_TRUE(survey(only({"lt"}), &notes).empty());
  EXPECT_THAT(notes,
              testing::ElementsAre("1 operation is not measured, for want of a derivative: lt"));
  EXPECT_THROW((void)survey(only({"no_such"})), Error);
  EXPECT_THROW((void)survey(only({"sin"}, 0)), Error);
}

TEST(OperationAccuracy, NamesOperationsWithoutAProof) {
  const OperationTable table = OperationTable::standard().with(operation<Twice>());
  OperationSurveyOptions options = only({"twice"});
  options.operations = &table;
  std::vector<std::string> notes;
  EXPECT_TRUE(survey(options, &notes).empty());
  EXPECT_THAT(notes, testing::ElementsAre(HasSubstr("for want of a proof: twice")));
}

TEST(OperationAccuracy, LeavesOutWhatAnInterruptionEnds) {
  const std::atomic<bool> interrupted = true;
  OperationSurveyOptions options = only({"sin"});
  options.interrupted = &interrupted;
  std::vector<std::string> notes;
  EXPECT_TRUE(survey(options, &notes).empty());
  EXPECT_THAT(notes, testing::ElementsAre("interrupted: 2 of 2 surveys are left out"));
}

}  // namespace
}  // namespace verigrad::runner
