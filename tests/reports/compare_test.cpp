#include "reports/compare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/reports/golden.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double digits = 0.5;

// "worse examples/a.grad:3 verdict", …
std::vector<std::string> changes(const reports::Run& before, const reports::Run& after,
                                 double threshold = digits) {
  std::vector<std::string> result;
  for (const Change& each : compare(before, after, threshold).changes)
    result.push_back(std::string(to_string(each.trend)) + " " + each.path + ":" +
                     std::to_string(each.line) + " " + each.measure);
  return result;
}

CheckResult& claim(reports::Run& run) { return run.files[2].checks[1]; }
const std::string claim_place = "examples/broken/wrong_claim.grad:5";

TEST(Compare, OfARunWithItselfFindsNothing) {
  for (const reports::Run& run : {passing_run(), mixed_run(), hostile_run(), accuracy_run()})
    EXPECT_THAT(changes(run, run), IsEmpty());
  EXPECT_EQ(compare(passing_run(), passing_run(), digits).unchanged, 6);
  EXPECT_EQ(compare(accuracy_run(), accuracy_run(), digits).unchanged, 6 + 2);
}

TEST(Compare, RanksVerdicts) {
  const Verdict order[] = {Verdict::pass, Verdict::inconclusive, Verdict::inaccurate,
                           Verdict::fail};
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j) {
      if (i == j) continue;
      reports::Run before = mixed_run(), after = mixed_run();
      claim(before).verdict = order[i];
      claim(after).verdict = order[j];
      EXPECT_THAT(changes(before, after),
                  ElementsAre((i < j ? "worse " : "better ") + claim_place + " verdict"));
    }
}

TEST(Compare, RanksAccuracyVerdicts) {
  const AccuracyVerdict order[] = {AccuracyVerdict::ok,        AccuracyVerdict::non_smooth,
                                   AccuracyVerdict::undecided, AccuracyVerdict::ill_conditioned,
                                   AccuracyVerdict::unstable,  AccuracyVerdict::wrong};
  for (int i = 0; i + 1 < 6; ++i) {
    reports::Run before = accuracy_run(), after = accuracy_run();
    before.files[0].accuracy[0].verdict = order[i];
    after.files[0].accuracy[0].verdict = order[i + 1];
    EXPECT_THAT(changes(before, after), ElementsAre("worse examples/tails.grad:7 verdict"));
    EXPECT_THAT(changes(after, before), ElementsAre("better examples/tails.grad:7 verdict"));
  }
}

TEST(Compare, CountsDigitsBeyondTheThreshold) {
  reports::Run after = passing_run();
  after.files[0].checks[0].worst->digits = 9.87 - 0.5;
  EXPECT_THAT(changes(passing_run(), after, 0.51), IsEmpty());
  EXPECT_THAT(changes(passing_run(), after, 0.49),
              ElementsAre("worse examples/logistic.grad:12 digits"));
  EXPECT_THAT(changes(after, passing_run(), 0.49),
              ElementsAre("better examples/logistic.grad:12 digits"));
  const Change change = compare(passing_run(), after, 0.1).changes.at(0);
  EXPECT_NEAR(change.difference.value(), -0.5, 1e-12);
  after.files[0].checks[0].worst->digits = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(compare(passing_run(), after, 0.1).changes.at(0).after, Change::Value(0.0));
}

TEST(Compare, CountsUlpsThatMoreThanDoubleAndExceedOne) {
  const auto with_p99 = [](double p99) {
    reports::Run run = accuracy_run();
    run.files[0].accuracy[0].ulps.p99 = p99;
    return run;
  };
  EXPECT_THAT(changes(with_p99(0.2), with_p99(0.9)), IsEmpty());
  EXPECT_THAT(changes(with_p99(2), with_p99(4)), IsEmpty());
  EXPECT_THAT(changes(with_p99(1), with_p99(3)), ElementsAre("worse examples/tails.grad:7 p99"));
  EXPECT_THAT(changes(with_p99(3), with_p99(1)), ElementsAre("better examples/tails.grad:7 p99"));
  EXPECT_EQ(compare(with_p99(1), with_p99(3), digits).changes[0].difference, 1.0)
      << "log2(1 + 3) - log2(1 + 1)";
  reports::Run finite = accuracy_run();
  finite.files[1].accuracy[0].ulps.max = 100;
  EXPECT_THAT(changes(finite, accuracy_run()), ElementsAre("worse examples/hamming.fpcore:3 max"));
}

TEST(Compare, KnowsAChecksAgainWhenLinesHaveMoved) {
  reports::Run after = mixed_run();
  for (FileResult& file : after.files)
    for (CheckResult& check : file.checks) check.line += 17;
  EXPECT_THAT(changes(mixed_run(), after), IsEmpty());
}

// Three equal claims on lines 1, 2 and 3, of which the second goes: the others stay what they are.
TEST(Compare, KnowsEqualChecksByTheirLinesWhenTheirNumberDiffers) {
  reports::Run before = passing_run();
  std::vector<CheckResult>& checks = before.files[0].checks;
  checks = {checks[1], checks[1], checks[1]};
  for (std::size_t i = 0; i < 3; ++i) checks[i].line = static_cast<std::int64_t>(i) + 1;
  checks[2].verdict = Verdict::inaccurate;
  reports::Run after = before;
  after.files[0].checks.erase(after.files[0].checks.begin() + 1);
  EXPECT_THAT(changes(before, after), ElementsAre("disappeared examples/logistic.grad:2 verdict"));
}

TEST(Compare, KnowsARenamedCheckByItsLine) {
  reports::Run after = mixed_run();
  claim(after).wrt = {"z"};
  EXPECT_THAT(changes(mixed_run(), after), IsEmpty());
  claim(after).line = 99;
  claim(after).verdict = Verdict::pass;
  EXPECT_THAT(changes(mixed_run(), after),
              ElementsAre("appeared examples/broken/wrong_claim.grad:99 verdict",
                          "disappeared " + claim_place + " verdict"));
}

TEST(Compare, CallsEntriesWithoutUlpsWorseThanAnyUlps) {
  for (auto lost : {&AccuracyRow::overflow, &AccuracyRow::wrong_zeros}) {
    reports::Run before = accuracy_run();
    AccuracyRow& row = before.files[0].accuracy[0];
    row.verdict = AccuracyVerdict::unstable;
    row.ulps.p99 = row.ulps.max = 1e5;
    reports::Run after = before;
    after.files[0].accuracy[0].*lost = row.ulps.n;
    after.files[0].accuracy[0].ulps = {};
    EXPECT_EQ(changes(before, after),
              std::vector<std::string>(
                  {"worse examples/tails.grad:7 p99", "worse examples/tails.grad:7 max"}));
    EXPECT_EQ(changes(after, before),
              std::vector<std::string>(
                  {"better examples/tails.grad:7 p99", "better examples/tails.grad:7 max"}));
  }
}

// Three rows change: one by both measures for the worse, one by both for the better, and one by one
// each, which is worse.
TEST(Compare, CountsARowOnceHoweverManyChangesItHas) {
  reports::Run before = accuracy_run();
  std::vector<AccuracyRow>& rows = before.files[0].accuracy;
  ASSERT_EQ(rows.size(), 3);
  for (AccuracyRow& row : rows) row.ulps.p99 = row.ulps.max = 10;
  reports::Run after = before;
  const auto set = [&](std::size_t row, double p99, double max) {
    after.files[0].accuracy[row].ulps.p99 = p99;
    after.files[0].accuracy[row].ulps.max = max;
  };
  set(0, 100, 100);
  set(1, 2, 2);
  set(2, 2, 100);
  const Comparison comparison = compare(before, after, digits);
  EXPECT_EQ(comparison.changes.size(), 6);
  EXPECT_EQ(comparison.count(Trend::worse), 2);
  EXPECT_EQ(comparison.count(Trend::better), 1);
  EXPECT_EQ(comparison.unchanged, compare(before, before, digits).unchanged - 3);
}

TEST(Compare, FindsOperationsThatGotWorse) {
  const reports::Run before = accuracy_run();
  reports::Run after = before;
  after.accuracy->operations[0].max = 9;  // from 4.4
  after.accuracy->operations[1].max = 0.9;
  const Comparison comparison = compare(before, after, digits);
  ASSERT_EQ(comparison.changes.size(), 1);
  EXPECT_EQ(comparison.changes[0].trend, Trend::worse);
  EXPECT_EQ(comparison.changes[0].title, "tanh derivative by 1 f64 |x| > 20");
  EXPECT_EQ(comparison.changes[0].measure, "max");
  EXPECT_EQ(comparison.count(Trend::worse), 1);
  EXPECT_EQ(compare(after, before, digits).count(Trend::better), 1);
  after.accuracy->operations.pop_back();
  EXPECT_EQ(compare(before, after, digits).count(Trend::disappeared), 1);
  EXPECT_EQ(compare(after, before, digits).count(Trend::appeared), 1);
}

TEST(Compare, CallsANewFailureWorse) {
  reports::Run before = mixed_run();
  before.files[2].checks.pop_back();
  EXPECT_THAT(changes(before, mixed_run()), ElementsAre("worse " + claim_place + " verdict"));
  EXPECT_THAT(changes(mixed_run(), before), ElementsAre("disappeared " + claim_place + " verdict"));
}

TEST(Compare, CallsAFileThatHasErrorsNowWorse) {
  reports::Run before = passing_run(), after = passing_run();
  after.files[0].checks.clear();
  after.files[0].errors = mixed_run().files[3].errors;
  EXPECT_THAT(changes(before, after), ElementsAre("worse examples/logistic.grad:0 verdict"));
  EXPECT_THAT(changes(after, before), ElementsAre("better examples/logistic.grad:0 verdict",
                                                  "appeared examples/logistic.grad:12 verdict",
                                                  "appeared examples/logistic.grad:13 verdict",
                                                  "appeared examples/logistic.grad:14 verdict"));
}

TEST(Compare, NotesWhatMakesRunsLessComparable) {
  reports::Run after = passing_run();
  after.seed = 7;
  after.version = "9";
  after.exit_code = 130;
  EXPECT_THAT(compare(passing_run(), after, digits).notes,
              ElementsAre(HasSubstr("42 and 7"), HasSubstr("0.1.0 and 9"), HasSubstr("interrupt")));
}

// Something of everything.
Comparison sample() {
  reports::Run before = mixed_run(), after = mixed_run();
  const reports::Run accuracy = accuracy_run();
  before.files.push_back(accuracy.files[0]);
  after.files.push_back(accuracy.files[0]);
  after.files.back().accuracy[0].ulps.max = std::numeric_limits<double>::infinity();
  after.files[2].checks[0].worst->digits = 9.06;
  claim(before).verdict = Verdict::pass;
  after.files[1].checks[0].verdict = Verdict::pass;
  before.files[3].errors.clear();
  after.files[0].checks[0].kind = Kind::test;
  after.files[0].checks[0].name = "a | `b`";
  after.seed = 7;
  return compare(before, after, digits);
}

TEST(Comparison, IsAsApproved) {
  const std::pair<const char*, std::string> texts[] = {
      {"compare.txt", comparison_text(sample())},
      {"compare.md", comparison_markdown(sample())},
      {"compare.json", comparison_json(sample())}};
  for (const auto& [name, text] : texts) EXPECT_EQ(text, golden(name, text));
}

TEST(Comparison, OfEqualRunsIsOneLine) {
  EXPECT_EQ(comparison_text(compare(passing_run(), passing_run(), digits)),
            "0 worse, 0 better, 0 appeared, 0 disappeared, 6 as before\n");
}

TEST(Comparison, InJsonHoldsTheNumbers) {
  const auto json = nlohmann::json::parse(comparison_json(sample()));
  EXPECT_EQ(json["schema"], "verigrad-compare/1");
  EXPECT_EQ(json["changes"].size(), 7);
  EXPECT_EQ(json["summary"]["worse"], 4);
  EXPECT_EQ(json["summary"]["unchanged"], 2);
  EXPECT_EQ(json["changes"][1]["measure"], "digits");
  EXPECT_EQ(json["changes"][1]["before"], 11.5);
}

}  // namespace
}  // namespace verigrad::reports
