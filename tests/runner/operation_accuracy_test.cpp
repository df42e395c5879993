// The survey of operations: what it counts, what it finds, and what it stores.
#include "runner/operation_accuracy.hpp"

#include <cmath>
#include <fstream>
#include <numeric>

#include "engine/custom_operation.hpp"
#include "engine/error.hpp"
#include "engine/functions.hpp"
#include "reports/worst_inputs.hpp"
#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using reports::OperationAccuracy;
using testing::HasSubstr;
using testing::Not;

/// expm1 by its textbook formula, which cancels near 0.
struct NaiveExpm1 {
  static constexpr OperationInfo info{
      .signature = "expm1(input)",
      .grad_fn = "Expm1Backward0",
      .value = "exp(input) - 1",
      .derivative = {"exp(input)"},
      .latex = "e^x - 1",
      .special = {0, 709.0},
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return exp(x) - 1;
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * exp(x);
  }
};

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

OperationTable with_naive_expm1() {
  return OperationTable::standard().replace("expm1", operation<NaiveExpm1>());
}

std::vector<OperationAccuracy> survey(const OperationSurveyOptions& options,
                                      std::vector<std::string>* notes = nullptr) {
  std::vector<std::string> ignored;
  return measure_operations(options, notes ? *notes : ignored);
}

OperationSurveyOptions only(std::vector<std::string> names, std::int64_t samples = 100) {
  OperationSurveyOptions options;
  options.only = std::move(names);
  options.samples = samples;
  return options;
}

/// The row of this quantity, region and type; a test failure when there is none.
OperationAccuracy row(const std::vector<OperationAccuracy>& rows, const std::string& quantity,
                      const std::string& region, const std::string& dtype = "f64") {
  for (const OperationAccuracy& each : rows)
    if (each.quantity == quantity && each.region == region && each.dtype == dtype) return each;
  ADD_FAILURE() << "no row " << quantity << ", " << region << ", " << dtype;
  return {};
}

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

TEST(OperationCorpus, OnlyGrows) {
  const TemporaryDirectory directory;
  const OperationTable table = with_naive_expm1();
  OperationSurveyOptions options = only({"expm1"}, 20);
  options.operations = &table;
  options.dtype = DType::f64;
  options.corpus = directory.write("keep", "").parent_path().string() + "/new/corpus";
  const std::string path = options.corpus + "/expm1.txt";
  const double first = row(survey(options), "value", "near 0").max;
  const std::string stored = read_bytes(path);
  EXPECT_THAT(stored, HasSubstr("\nf64 value "));

  options.seed = 7;
  const double again = row(survey(options), "value", "stored worst").max;
  EXPECT_GE(again, first);
  EXPECT_TRUE(read_bytes(path).starts_with(stored));
}

TEST(OperationCorpus, IsTriedInEveryRun) {
  const TemporaryDirectory directory;
  const OperationTable table = with_naive_expm1();
  OperationSurveyOptions options = only({"expm1"}, 5);
  options.operations = &table;
  const std::string text = "f64 value 0 0x1p-1022\n";
  options.corpus = directory.write("expm1.txt", text).parent_path().string();
  const OperationAccuracy stored = row(survey(options), "value", "stored worst");
  EXPECT_EQ(stored.n, 1);
  EXPECT_EQ(stored.worst, (std::vector<double>{0x1p-1022}));
  // exp(x) - 1 is 0 at the least normal number: the error is its significand, 2^52 ulps.
  EXPECT_EQ(stored.max, 0x1p52);
}

TEST(OperationCorpus, HoldsNothingThatIsCorrectlyRoundedOrKnownToBeWorse) {
  const TemporaryDirectory directory;
  // One multiplication, which IEEE 754 rounds correctly, and an exact derivative.
  OperationSurveyOptions options = only({"square"});
  options.corpus = directory.write("keep", "").parent_path().string();
  EXPECT_GT(row(survey(options), "value", "typical").max, 0.4);
  EXPECT_FALSE(std::filesystem::exists(options.corpus + "/square.txt"));

  const OperationTable table = with_naive_expm1();
  options.only = {"expm1"};
  options.operations = &table;
  options.dtype = DType::f64;
  // The farthest that any number can be off whose computed value is 0.
  const std::string text =
      "f64 value 1 0x1.fffffffffffffp-54\nf64 d/input 1 0x1.62e42fefa39efp+9\n";
  const std::string path = directory.write("expm1.txt", text).string();
  (void)survey(options);
  EXPECT_THAT(read_bytes(path), Not(HasSubstr("\nf64 value ")));
}

TEST(OperationCorpus, RefusesCorruptLinesAndNamesThem) {
  const TemporaryDirectory directory;
  OperationSurveyOptions options = only({"sin"});
  for (const std::string line :
       {"f64 value 0.7", "f64 value 0.7 0x1p+0 0x1p+0", "f16 value 0.7 0x1p+0",
        "f64 slope 0.7 0x1p+0", "f64 value x 0x1p+0", "f64 value -1 0x1p+0",
        "f64 value 0.7 0x1p+0z", "f64 value 0.7 nan", "f32 value 0.7 0x1.00000001p+0"}) {
    const std::string text = "# sin\nf64 value 0.6 0x1p+0\n" + line + "\n";
    const std::filesystem::path path = directory.write("sin.txt", text);
    options.corpus = path.parent_path().string();
    try {
      (void)survey(options);
      ADD_FAILURE() << "accepted: " << line;
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), HasSubstr(path.string() + ":3: "));
    }
    EXPECT_EQ(read_bytes(path), text);
  }
}

TEST(WorstInputs, ReadBackAsTheyWereWritten) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("f.txt", "").string();
  const std::vector<reports::WorstInput> first{{false, "value", 1.5, {0x1.8p+3, -0.0}}};
  const std::vector<reports::WorstInput> second{{true, "d/x", 0.75, {0x1p-149, 3}}};
  reports::extend_worst_inputs(path, "f", first);
  reports::extend_worst_inputs(path, "f", second);
  EXPECT_EQ(reports::read_worst_inputs(path, 2),
            (std::vector<reports::WorstInput>{first[0], second[0]}));
  EXPECT_THAT(read_bytes(path), HasSubstr("\nf64 value 1.500 0x1.8p+3 -0x0p+0\n"
                                          "f32 d/x 0.750 0x1p-149 0x1.8p+1\n"));
  EXPECT_TRUE(reports::read_worst_inputs(path + ".none", 2).empty());
  EXPECT_EQ(reports::worst_inputs_name("gelu(approximate=\"tanh\")"), "gelu_approximate_tanh.txt");
}

}  // namespace
}  // namespace verigrad::runner
