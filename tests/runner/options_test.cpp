// What the command line and `set` change: samples, tolerances, seeds, overrides, where a run ends.
#include <atomic>

#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

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

}  // namespace
}  // namespace verigrad::runner
