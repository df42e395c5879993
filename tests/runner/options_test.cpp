// What the command line and `set` change: samples, tolerances, seeds, overrides, filters, replays.
#include <fmt/format.h>

#include <atomic>

#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const char* const squares = "input x in (2, 3)\ny = x ** 2\n";

TEST(Set, SamplesHoldForTheStatementsBelow) {
  const auto run = check_text(std::string(squares) + "check\nset samples = 30\ncheck y\n");
  EXPECT_EQ(at_line(run, 3).points, 20);
  EXPECT_EQ(at_line(run, 5).points, 30);
}

TEST(Set, FewerSamplesHoldToo) {
  const auto run = check_text("set samples = 3\n" + std::string(squares) + "check\n");
  EXPECT_EQ(at_line(run, 4).points, 3);
}

TEST(Set, ACommandLineOptionWins) {
  const auto run =
      check_text("set samples = 3\n" + std::string(squares) + "check\n", with_samples(5));
  EXPECT_EQ(at_line(run, 4).points, 5);
}

TEST(Set, RtolReplacesTheToleranceOfNumericDerivatives) {
  const std::string wrong =
      std::string("set method = finite-difference\n") + squares + "grad x = 2.001 * x\n";
  EXPECT_EQ(verdict_of_text(wrong), Verdict::fail);
  EXPECT_EQ(verdict_of_text("set rtol = 1e-2\n" + wrong), Verdict::pass);
  EXPECT_EQ(verdict_of_text(wrong, with_rtol(1e-2)), Verdict::pass);
  EXPECT_EQ(verdict_of_text("set rtol = 1e-2\n" + wrong, with_rtol(1e-6)), Verdict::fail);
}

TEST(Set, RtolNeverForgivesARuleThatIsProvenWrongButWithinDoes) {
  const std::string wrong = squares + std::string("grad x = 2.001 * x");
  EXPECT_EQ(verdict_of_text("set rtol = 1e-2\n" + wrong + "\n"), Verdict::fail);
  EXPECT_EQ(verdict_of_text(wrong + " within 1e-2\n"), Verdict::pass);
  EXPECT_EQ(verdict_of_text(wrong + " within 1e-4\n"), Verdict::fail);
}

TEST(Set, RtolIsTheAccuracyOfARightRule) {
  const std::string text = "dtype f32\ninput x in (2, 3)\ny = x\ngrad x = (x + 126) - (x + 125)\n";
  EXPECT_EQ(verdict_of_text(text, with_rtol(1e-12)), Verdict::inaccurate);
  EXPECT_EQ(verdict_of_text(text, with_rtol(1e-3)), Verdict::pass);
}

TEST(Set, MaxUlpsDecidesWhatIsInaccurate) {
  const std::string text = "dtype f32\ninput x in (2, 3)\ny = x\ngrad x = (x + 126) - (x + 125)\n";
  EXPECT_EQ(verdict_of_text(text), Verdict::pass);
  EXPECT_EQ(verdict_of_text(text, with_max_ulps(1)), Verdict::inaccurate);
  EXPECT_EQ(verdict_of_text("dtype f32\nset max_ulps = 1\n" + text.substr(10)),
            Verdict::inaccurate);
}

TEST(Set, SeedDecidesThePoints) {
  const std::string text = std::string(squares) + "expect x < 2\n";
  const auto left = [](const reports::Run& run) {
    return run.files[0].checks[0].explanation.facts[0];
  };
  Options seven;
  seven.seed = 7;
  EXPECT_EQ(left(check_text("set seed = 7\n" + text)), left(check_text(text, seven)));
  EXPECT_NE(left(check_text("set seed = 7\n" + text)), left(check_text(text)));
}

TEST(Overrides, SetGivesAValue) {
  Options options;
  options.overrides.set.emplace_back("x", "2.5");
  const auto run = check_text(std::string(squares) + "expect x == 2.5\n", options);
  EXPECT_EQ(at_line(run, 3).points, 1);
  EXPECT_EQ(run.exit_code, 0) << shown(run);
}

TEST(Overrides, SetOfAnUnknownNameIsAnError) {
  Options options;
  options.overrides.set.emplace_back("z", "2.5");
  const auto run = check_text(squares, options);
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(run.files[0].errors.at(0).code, expressions::code::override_);
  EXPECT_EQ(run.files[0].errors.at(0).path, "--set");
}

TEST(Overrides, DimFixesASize) {
  Options options;
  options.overrides.dim.emplace_back("n", 7);
  const char* text = "dim n in 1..4\nconst c : [n]\nexpect sum(c * 0 + 1) == 7\n";
  EXPECT_EQ(check_text(text, options).exit_code, 0);
  options.overrides.dim[0].first = "m";
  EXPECT_EQ(check_text(text, options).files[0].errors.at(0).code, expressions::code::override_);
  options.overrides.dim[0] = {"n", -1};
  EXPECT_EQ(check_text(text, options).exit_code, 2);
}

TEST(Overrides, DtypeChangesThePrecisionUnderTest) {
  Options options;
  options.overrides.dtype = DType::f32;
  const auto run =
      check_text("input x = 0.1\ny = x\nexpect x == 0.10000000149011612\ncheck\n", options);
  EXPECT_EQ(at_line(run, 4).dtype, "f32");
  EXPECT_EQ(run.exit_code, 0) << shown(run);
}

TEST(Overrides, LimitsChangeTheMostEntriesOfATensor) {
  Options options;
  options.overrides.limits.max_entries = 100;
  const auto run = check_text("input x : [101]\ny = sum(x)\n", options);
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(run.files[0].errors.at(0).code, "E020");
}

const char* const several =
    "input x in (2, 3)\ninput w in (2, 3)\ny = x * w\ncheck\ngrad x = w\ngrad w = x\n"
    "test \"sum\":\n    expect y > 0\n";

std::vector<std::int64_t> lines(const std::string& filter) {
  Options options;
  options.filter = filter;
  std::vector<std::int64_t> found;
  const auto run = check_text(several, options);
  for (const auto& check : run.files[0].checks) found.push_back(check.line);
  return found;
}

TEST(Filter, SelectsByLineFileAndLineOrName) {
  EXPECT_THAT(lines(""), ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(lines("5"), ElementsAre(5));
  EXPECT_THAT(lines("t.grad:6"), ElementsAre(6));
  EXPECT_THAT(lines("sum"), ElementsAre(7));
  EXPECT_THAT(lines("w"), ElementsAre(4, 6));
  EXPECT_THAT(lines("other.grad:6"), SizeIs(0));
}

TEST(Filter, MeansAFileHoweverItsPathIsSpelt) {
  const auto found = [](const std::string& path, const std::string& filter) {
    Options options;
    options.filter = filter;
    const std::vector<Input> inputs{{path, several}};
    return check(inputs, options).files[0].checks.size();
  };
  EXPECT_EQ(found("./t.grad", "t.grad:6"), 1u);
  EXPECT_EQ(found("t.grad", "./t.grad:6"), 1u);
  EXPECT_EQ(found("dir/t.grad", "t.grad:6"), 1u);
  EXPECT_EQ(found("dir/t.grad", "./dir//t.grad:6"), 1u);
  EXPECT_EQ(found("dir/t.grad", "other/t.grad:6"), 0u);
  EXPECT_EQ(found("dir/t.grad", "grad:6"), 0u);
}

TEST(Filter, ThatMatchesNothingLeavesNothingToCheck) {
  Options options;
  options.filter = "nothing";
  EXPECT_EQ(check_text(several, options).exit_code, 4);
}

TEST(Repro, TokensRoundTrip) {
  const auto token = parse_repro("5:k3:42");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->line, 5u);
  EXPECT_EQ(token->point, 3);
  EXPECT_EQ(token->seed, 42u);
  EXPECT_EQ(to_string(*token), "5:k3:42");
  for (const char* bad : {"", "5", "5:3:42", "5:k3", "5:k3:", "5:k-1:42", "x:k3:42", "5:k3:42 "})
    EXPECT_FALSE(parse_repro(bad)) << bad;
}

/// An entry with every NaN replaced by a number, which equals itself.
reports::WorstEntry comparable(reports::WorstEntry entry) {
  for (auto* number : {&entry.analytic, &entry.reference, &entry.error_bar, &entry.absolute_error,
                       &entry.relative_error, &entry.ulps, &entry.digits})
    if (*number && std::isnan(**number)) *number = 1e300;
  return entry;
}

class Repro : public testing::TestWithParam<const char*> {};

TEST_P(Repro, OfAFailingPointGivesTheSameWorstEntry) {
  Options options;
  options.seed = 99;
  const auto run = check_text(GetParam(), options);
  ASSERT_EQ(run.files.at(0).checks.size(), 1u) << shown(run);
  const CheckResult& first = run.files[0].checks[0];
  ASSERT_NE(first.verdict, Verdict::pass);
  ASSERT_TRUE(first.repro);
  Options again;
  again.repro = parse_repro(*first.repro);
  ASSERT_TRUE(again.repro);
  const auto replay = check_text(GetParam(), again);
  const CheckResult& second = replay.files.at(0).checks.at(0);
  EXPECT_EQ(second.verdict, first.verdict);
  EXPECT_EQ(second.worst.has_value(), first.worst.has_value());
  if (first.worst && second.worst) {
    EXPECT_EQ(comparable(*second.worst), comparable(*first.worst));
  }
  EXPECT_EQ(second.repro, first.repro);
  EXPECT_EQ(second.points, 1);
  EXPECT_EQ(replay.seed, 99u);
  // One point of many does not tell whether a factor is the same at all.
  if (fact(first, "pattern").empty()) {
    EXPECT_EQ(second.explanation.label, first.explanation.label);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, Repro,
    testing::Values("dim n in 1..5\ninput x : [n] in (2, 3)\ny = sum(x ** 2)\ngrad x = x\n",
                    "input x in [-1, 1]\ny = abs(x)\ngrad x = x / abs(x)\n",
                    "dim n in 2..5\ninput x : [n] in [0, 1]\ny = sum(sqrt(x))\n",
                    "dtype f32\ninput x in (1, 2)\ny = x\ngrad x = (x + 1e8) - x * 1e8 / x\n",
                    "set samples = 50\ninput x in (0, 1)\ny = x\nexpect x < 0.9\n"));

TEST(Replay, TheCommandRepeatsTheOptionsThatThePointDependsOn) {
  Options options = with_samples(50);
  options.overrides.dtype = DType::f32;
  options.overrides.set.emplace_back("c", "[1, 2]");
  options.overrides.dim.emplace_back("n", 2);
  const std::string text =
      "dim n in 1..4\nconst c : [n]\ninput x : [n] in (0, 1)\ny = sum(c * x)\nexpect x < 0.9\n";
  const auto run = check_text(text, options);
  const CheckResult& first = at_line(run, 5);
  ASSERT_EQ(first.verdict, Verdict::fail);
  EXPECT_EQ(fact(first, "again"), fmt::format("gradcheck check t.grad --repro {} --samples 50 "
                                              "--dtype f32 --set 'c=[1, 2]' --dim n=2",
                                              *first.repro));
  options.repro = parse_repro(*first.repro);
  EXPECT_EQ(at_line(check_text(text, options), 5).explanation.facts, first.explanation.facts);
}

TEST(FailFast, StopsAfterTheFirstFailure) {
  Options options;
  options.fail_fast = true;
  const std::vector<Input> inputs{{"a.grad", "input x = 1\ny = x\nexpect x == 2\n"},
                                  {"b.grad", "input x = 1\ny = x\nexpect x == 2\n"}};
  const auto run = check(inputs, options);
  EXPECT_EQ(run.summary.fail, 1);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_FALSE(run.files[0].not_run);
  EXPECT_TRUE(run.files[1].not_run);
}

TEST(FailFast, StopsWithinAPointWhateverTheNumberOfThreads) {
  const std::string text =
      "input x in (1, 2)\ny = x\nexpect x < 3\ngrad x = 2\ngrad x = 3\nexpect x > 3\n"
      "test \"later\":\n    expect x > 3\n";
  for (int jobs : {1, 2, 8}) {
    Options options;
    options.fail_fast = true;
    options.jobs = jobs;
    const auto run = check_text(text, options);
    ASSERT_THAT(run.files[0].checks, SizeIs(2)) << jobs;
    EXPECT_EQ(at_line(run, 3).verdict, Verdict::pass);
    EXPECT_EQ(at_line(run, 3).points, 1);
    EXPECT_EQ(at_line(run, 4).verdict, Verdict::fail);
  }
}

TEST(FailFast, GoesOnAfterAFailureThatIsExpected) {
  Options options;
  options.fail_fast = true;
  const auto run = check_text(
      "input x = 1\ny = x\nexpect fail: grad x = 2\nexpect pass: grad x = 2\ncheck\n", options);
  ASSERT_THAT(run.files[0].checks, SizeIs(2));
  EXPECT_EQ(at_line(run, 3).verdict, Verdict::pass);
  EXPECT_EQ(at_line(run, 4).verdict, Verdict::fail);
}

TEST(Interrupt, StopsAndReportsWhatIsFinished) {
  std::atomic<bool> interrupted = false;
  Options options;
  options.interrupted = &interrupted;
  options.progress = [&](const Progress& progress) {
    if (progress.files_done == 1) interrupted = true;
  };
  const std::vector<Input> inputs{{"a.grad", "input x = 1\ny = x\nexpect x == 1\n"},
                                  {"b.grad", "input x = 1\ny = x\nexpect x == 1\n"}};
  const auto run = check(inputs, options);
  EXPECT_EQ(run.exit_code, 130);
  EXPECT_EQ(run.summary.pass, 1);
  EXPECT_THAT(shown(run), HasSubstr("b.grad  not run\n"));
  EXPECT_THAT(shown(run), HasSubstr("interrupted: 1 passed in 1 file, 1 file not run (seed 42)"));
}

TEST(Progress, CountsFilesAndFailures) {
  Options options;
  Progress last;
  options.progress = [&](const Progress& progress) { last = progress; };
  const std::vector<Input> inputs{{"a.grad", "input x = 1\ny = x\nexpect x == 2\n"},
                                  {"b.grad", "input x = 1\ny = x\nexpect x == 1\n"}};
  check(inputs, options);
  EXPECT_EQ(last.files, 2u);
  EXPECT_EQ(last.files_done, 2u);
  EXPECT_EQ(last.failures, 1u);
}

TEST(List, NamesWhatWouldBeJudged) {
  std::vector<reports::FileResult> errors;
  const std::vector<Input> inputs{{"t.grad", several}, {"bad.grad", "y = \n"}};
  const auto found = list(inputs, {}, errors);
  ASSERT_THAT(found, SizeIs(4));
  EXPECT_THAT(found[0], testing::AllOf(HasSubstr("t.grad:4"), HasSubstr("check y")));
  EXPECT_THAT(found[1], testing::AllOf(HasSubstr("t.grad:5"), HasSubstr("grad")));
  EXPECT_THAT(found[3], testing::AllOf(HasSubstr("t.grad:7"), HasSubstr("test \"sum\"")));
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].path, "bad.grad");
}

TEST(List, ShowsExpectationsAsTheyStandInTheFile) {
  std::vector<reports::FileResult> errors;
  const std::vector<Input> inputs{
      {"t.grad", "input x = 2\ny = x ** 2\nexpect y == 4\nexpect fail: grad x = 3 * x\n"}};
  EXPECT_THAT(list(inputs, {}, errors),
              ElementsAre("t.grad:3  expect y == 4", "t.grad:4  expect fail: grad x = 3 * x"));
}

TEST(List, ObeysTheFilter) {
  std::vector<reports::FileResult> errors;
  Options options;
  options.filter = "w";
  const std::vector<Input> inputs{{"t.grad", several}};
  EXPECT_THAT(list(inputs, options, errors), SizeIs(2));
}

}  // namespace
}  // namespace verigrad::runner
