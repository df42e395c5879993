#include "reports/model.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace verigrad::reports {
namespace {

std::vector<FileResult> file_with(std::vector<Verdict> verdicts) {
  FileResult file{"a.grad", {}, {}};
  for (Verdict verdict : verdicts) {
    CheckResult check;
    check.verdict = verdict;
    file.checks.push_back(check);
  }
  return {file};
}

std::vector<FileResult> with_error(std::vector<FileResult> files) {
  FileResult bad{"bad.grad", {}, {}};
  bad.errors.emplace_back();
  files.push_back(bad);
  return files;
}

TEST(Verdict, NamesReadBack) {
  for (Verdict verdict : gradcheck::all_verdicts)
    EXPECT_EQ(gradcheck::verdict_from_string(gradcheck::to_string(verdict)), verdict);
}

TEST(Verdict, OtherNamesAreNoVerdict) {
  EXPECT_EQ(gradcheck::verdict_from_string("Pass"), std::nullopt);
  EXPECT_EQ(gradcheck::verdict_from_string(""), std::nullopt);
}

TEST(Verdict, MaxIsTheWorse) {
  EXPECT_EQ(std::max(Verdict::pass, Verdict::inconclusive), Verdict::inconclusive);
  EXPECT_EQ(std::max(Verdict::inconclusive, Verdict::inaccurate), Verdict::inaccurate);
  EXPECT_EQ(std::max(Verdict::inaccurate, Verdict::fail), Verdict::fail);
}

TEST(Kind, NamesReadBack) {
  for (const char* name :
       {"check", "grad", "jacobian", "hessian", "vjp", "jvp", "hvp", "expect", "test"}) {
    ASSERT_TRUE(kind_from_string(name)) << name;
    EXPECT_EQ(to_string(*kind_from_string(name)), name);
  }
  EXPECT_EQ(kind_from_string("gradient"), std::nullopt);
}

TEST(Summarize, CountsVerdictsAndFilesWithErrors) {
  auto files = with_error(with_error(file_with(
      {Verdict::pass, Verdict::pass, Verdict::fail, Verdict::inaccurate, Verdict::inconclusive})));
  files.back().errors.emplace_back();
  const Summary expected{.pass = 2, .inaccurate = 1, .fail = 1, .inconclusive = 1, .error = 2};
  EXPECT_EQ(summarize(files), expected);
}

struct ExitCase {
  const char* name;
  std::vector<FileResult> files;
  RunConditions conditions;
  int expected;
};

TEST(ExitCode, IsTheFirstThatAppliesOf130_3_2_1_4_0) {
  const RunConditions strict{.strict = true};
  const RunConditions interrupted{.interrupted = true};
  const RunConditions internal{.internal_error = true};
  const RunConditions both{.interrupted = true, .internal_error = true};
  const std::vector<ExitCase> cases{
      {"all pass", file_with({Verdict::pass}), {}, 0},
      {"no files", {}, {}, 4},
      {"no checks", file_with({}), {}, 4},
      {"nothing to check, strictly", file_with({}), strict, 4},
      {"one failure", file_with({Verdict::pass, Verdict::fail}), {}, 1},
      {"inaccurate", file_with({Verdict::inaccurate}), {}, 0},
      {"inconclusive", file_with({Verdict::inconclusive}), {}, 0},
      {"inaccurate, strictly", file_with({Verdict::pass, Verdict::inaccurate}), strict, 1},
      {"inconclusive, strictly", file_with({Verdict::inconclusive}), strict, 1},
      {"all pass, strictly", file_with({Verdict::pass}), strict, 0},
      {"only errors", with_error({}), {}, 2},
      {"errors and passes", with_error(file_with({Verdict::pass})), {}, 2},
      {"errors and failures", with_error(file_with({Verdict::fail})), {}, 2},
      {"internal error and passes", file_with({Verdict::pass}), internal, 3},
      {"internal error, errors, failures", with_error(file_with({Verdict::fail})), internal, 3},
      {"internal error, no checks", {}, internal, 3},
      {"interrupted with passes", file_with({Verdict::pass}), interrupted, 130},
      {"interrupted before anything", {}, interrupted, 130},
      {"everything at once", with_error(file_with({Verdict::fail})), both, 130},
  };
  for (const ExitCase& each : cases)
    EXPECT_EQ(exit_code(each.files, each.conditions), each.expected) << each.name;
}

}  // namespace
}  // namespace verigrad::reports
