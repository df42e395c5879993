// The corpus of worst inputs: what a survey stores, and what it says of the stored.
#include <algorithm>
#include <filesystem>
#include <map>

#include "reports/worst_inputs.hpp"
#include "tests/runner/operation_survey.hpp"
#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using reports::OperationAccuracy;
using testing::HasSubstr;
using testing::Not;

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

/// What was found among many points, where registers are used whole, is found again among few.
TEST(OperationCorpus, MeasuresStoredInputsAsTheyWereFound) {
  const TemporaryDirectory directory;
  OperationSurveyOptions options = only({"exp", "tanh", "log1p"}, 500);
  options.corpus = directory.write("keep", "").parent_path().string();
  (void)survey(options);
  const std::vector<std::string> names{"exp", "tanh", "log1p"};
  std::map<std::string, std::vector<reports::WorstInput>> stored;
  for (const std::string& name : names)
    stored[name] = reports::read_worst_inputs(options.corpus + "/" + name + ".txt", 1);
  options.samples = 1;
  options.seed = 7;
  const OperationSurvey again = measure_operations(options);
  EXPECT_EQ(again.worsened, 0);
  for (const std::string& name : names) {
    EXPECT_FALSE(stored[name].empty());
    for (const reports::WorstInput& input : stored[name]) {
      const auto found = std::ranges::find_if(again.rows, [&](const OperationAccuracy& row) {
        return row.operation == name && row.region == "stored worst" &&
               row.dtype == (input.single ? "f32" : "f64") &&
               (row.quantity == "value") == (input.target == "value");
      });
      ASSERT_NE(found, again.rows.end());
      EXPECT_GE(found->max, input.ulps - 0.001) << name << " " << input.target;
    }
  }
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

/// exp(x) - 1 is 0 at the least normal number and at its half: 2^52 ulps, and half of these.
TEST(OperationCorpus, SaysWhichStoredInputsGotWorse) {
  const TemporaryDirectory directory;
  const OperationTable table = with_naive_expm1();
  OperationSurveyOptions options = only({"expm1"}, 5);
  options.operations = &table;
  options.dtype = DType::f64;
  const auto measured = [&](const std::string& text) {
    options.corpus = directory.write("expm1.txt", text).parent_path().string();
    return measure_operations(options);
  };
  const OperationSurvey worse = measured(
      "f64 value 4 0x1p-1022\nf64 value 2251799813685200 0x1p-1022\n"
      "f64 value 1125899906842600 0x1p-1023\nf64 d/input 3 0x1p-1023\n");
  EXPECT_EQ(worse.worsened, 2);
  EXPECT_THAT(worse.notes,
              testing::ElementsAre("expm1 f64 value: 2 stored inputs are further off than the "
                                   "corpus has it, most at [0x1p-1022]: 4.504e+15 ulp, stored "
                                   "2.252e+15"));
  const OperationSurvey same = measured(
      "f64 value 4503599627370495.5 0x1p-1022\nf64 value 9 0x1p-1022\nf32 value 0 0x1p-126\n");
  EXPECT_EQ(same.worsened, 0);
  EXPECT_THAT(same.notes, testing::IsEmpty());
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
            (std::vector<reports::WorstInput>{{false, "value", 1.5, {0x1.8p+3, -0.0}, 3},
                                              {true, "d/x", 0.75, {0x1p-149, 3}, 4}}));
  EXPECT_THAT(read_bytes(path), HasSubstr("\nf64 value 1.500 0x1.8p+3 -0x0p+0\n"
                                          "f32 d/x 0.750 0x1p-149 0x1.8p+1\n"));
  EXPECT_TRUE(reports::read_worst_inputs(path + ".none", 2).empty());
  EXPECT_EQ(reports::worst_inputs_name("gelu(approximate=\"tanh\")"), "gelu_approximate_tanh.txt");
}

}  // namespace
}  // namespace verigrad::runner
