#include "reports/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/reports/golden.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Run run_with_number(double value) {
  reports::Run run = passing_run();
  run.files[0].checks[0].worst->analytic = value;
  return run;
}

double number_after_round_trip(double value) {
  const reports::Run run = run_from_json(to_json(run_with_number(value)));
  return run.files.at(0).checks.at(0).worst->analytic.value();
}

TEST(Json, OfAPassingRunIsAsApproved) {
  const std::string text = to_json(passing_run());
  EXPECT_EQ(text, golden("passing.json", text));
}

TEST(Json, OfAMixedRunIsAsApproved) {
  const std::string text = to_json(mixed_run());
  EXPECT_EQ(text, golden("mixed.json", text));
}

TEST(Json, OfAccuracyHasNoKeyThatIsNotDocumented) {
  std::ifstream file(VERIGRAD_SOURCE_DIR "/docs/reports.md", std::ios::binary);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const auto run = nlohmann::json::parse(to_json(accuracy_run()));
  std::set<std::string> keys;
  for (const auto& [key, value] : run.at("accuracy").items()) keys.insert(key);
  for (const auto& report : run.at("files"))
    for (const auto& row : report.at("accuracy"))
      for (const auto& [key, value] : row.items()) {
        keys.insert(key);
        const bool has_keys = key == "ulps" || key == "worst";
        if (has_keys && value.is_object())
          for (const auto& [inner, ignored] : value.items()) keys.insert(inner);
      }
  EXPECT_GT(keys.size(), 50U);
  for (const std::string& key : keys) EXPECT_THAT(page, HasSubstr("`" + key + "`"));
}

TEST(Json, OfHostileNamesIsAsApproved) {
  const std::string text = to_json(hostile_run());
  EXPECT_EQ(text, golden("hostile.json", text));
}

TEST(Json, OfEvaluationsIsAsApproved) {
  const std::string text = to_json(sample_eval());
  EXPECT_EQ(text, golden("eval.json", text));
}

TEST(Json, IsTheSameEveryTime) {
  EXPECT_EQ(to_json(mixed_run()), to_json(mixed_run()));
  EXPECT_EQ(to_json(sample_eval()), to_json(sample_eval()));
}

TEST(Json, OfARunReadsBackEqual) {
  EXPECT_EQ(run_from_json(to_json(passing_run())), without_explanations(passing_run()));
}

TEST(Json, OfARunWithNaNReadsBackEqual) {
  reports::Run expected = without_explanations(mixed_run());
  reports::Run actual = run_from_json(to_json(mixed_run()));
  auto& expected_error = expected.files[1].checks[0].worst->relative_error;
  auto& actual_error = actual.files[1].checks[0].worst->relative_error;
  EXPECT_TRUE(std::isnan(actual_error.value()));
  expected_error.reset();
  actual_error.reset();
  EXPECT_EQ(actual, expected);
}

TEST(Json, IsAFixedPointOfReadingAndWriting) {
  for (const reports::Run& run : {passing_run(), mixed_run(), hostile_run(), reports::Run{}}) {
    const std::string text = to_json(run);
    EXPECT_EQ(to_json(run_from_json(text)), text);
  }
}

TEST(Json, OfEvaluationsIsAFixedPointOfReadingAndWriting) {
  const std::string text = to_json(sample_eval());
  EXPECT_EQ(to_json(eval_from_json(text)), text);
}

TEST(Json, NumbersReadBackToTheLastBit) {
  using Limits = std::numeric_limits<double>;
  for (double value : {0.1, 1.0 / 3.0, 0.0, -0.0, 1.0, -5e-324, Limits::max(), Limits::min(), 1e16,
                       123456789012345680.0, 2.2250738585072011e-308, Limits::infinity(),
                       -Limits::infinity(), 4.9406564584124654e-324, 0x1.fffffffffffffp-3}) {
    const double read = number_after_round_trip(value);
    EXPECT_EQ(std::memcmp(&read, &value, sizeof value), 0) << value << " became " << read;
  }
  EXPECT_TRUE(std::isnan(number_after_round_trip(Limits::quiet_NaN())));
}

TEST(Json, KeepsAllBitsOfTheSeed) {
  reports::Run run = passing_run();
  run.seed = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(run_from_json(to_json(run)).seed, run.seed);
}

TEST(Json, WritesNullForWhatDoesNotApply) {
  const std::string text = to_json(mixed_run());
  for (const char* key : {"worst", "repro", "name", "error_bar", "help"})
    EXPECT_THAT(text, HasSubstr("\"" + std::string(key) + "\": null")) << key;
}

TEST(Json, LeavesOutEmptyWarningsAndPrintedLines) {
  reports::Run run = passing_run();
  EXPECT_THAT(to_json(run), HasSubstr("\"printed\""));
  EXPECT_THAT(to_json(run), HasSubstr("\"warnings\""));
  run.files.pop_back();
  EXPECT_THAT(to_json(run), Not(HasSubstr("\"printed\"")));
  EXPECT_THAT(to_json(run), Not(HasSubstr("\"warnings\"")));
}

TEST(Json, EscapesWhatWouldSteerATerminal) {
  reports::Run run;
  run.command = "\x1b\x7f\u009b\u202E";
  EXPECT_THAT(to_json(run), HasSubstr("\"\\u001b\\u007f\\u009b\\u202e\""));
  EXPECT_EQ(run_from_json(to_json(run)).command, run.command);
}

TEST(Json, DoesNotHoldExplanations) {
  EXPECT_EQ(to_json(mixed_run()), to_json(without_explanations(mixed_run())));
}

TEST(Json, WritesErrorsInsteadOfChecksForAFileWithErrors) {
  reports::Run run = mixed_run();
  run.files = {run.files.at(3)};
  EXPECT_THAT(to_json(run), HasSubstr("\"errors\""));
  EXPECT_THAT(to_json(run), Not(HasSubstr("\"checks\"")));
}

TEST(Json, PutsEveryKeyOnItsOwnLineAndBreaksLongLists) {
  reports::Run run = passing_run();
  std::vector<std::string> many(40, "parameter");
  run.files[0].checks[0].wrt = many;
  const std::string text = to_json(run);
  EXPECT_THAT(text, HasSubstr("\"wrt\": [\n            \"parameter\",\n"));
  EXPECT_THAT(text, HasSubstr("\"wrt\": [\"w\"],\n"));
  EXPECT_EQ(run_from_json(text).files[0].checks[0].wrt, many);
}

TEST(Json, RefusesAValueThatDoesNotFitItsShape) {
  reports::Run run = passing_run();
  run.files[0].checks[0].worst->inputs = {{"x", {{2, 2}, {1, 2, 3}}}};
  EXPECT_THROW(to_json(run), std::invalid_argument);
}

}  // namespace
}  // namespace verigrad::reports
