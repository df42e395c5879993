#include "reports/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "reports/json.hpp"
#include "reports/wording.hpp"
#include "tests/reports/golden.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const TextOptions quiet{.style = Style::none(), .quiet = true};
const TextOptions verbose{.style = Style::none(), .verbose = true};
const TextOptions coloured{.style = Style::ansi()};

TEST(Text, OfAPassingRunIsAsApproved) {
  const std::string text = render_text(passing_run());
  EXPECT_EQ(text, golden("passing.txt", text));
}

TEST(Text, OfAPassingRunVerboselyIsAsApproved) {
  const std::string text = render_text(passing_run(), verbose);
  EXPECT_EQ(text, golden("passing_verbose.txt", text));
}

TEST(Text, OfAMixedRunIsAsApproved) {
  const std::string text = render_text(mixed_run());
  EXPECT_EQ(text, golden("mixed.txt", text));
}

TEST(Text, OfAMixedRunVerboselyIsAsApproved) {
  const std::string text = render_text(mixed_run(), verbose);
  EXPECT_EQ(text, golden("mixed_verbose.txt", text));
}

TEST(Text, OfAMixedRunQuietlyIsAsApproved) {
  const std::string text = render_text(mixed_run(), quiet);
  EXPECT_EQ(text, golden("mixed_quiet.txt", text));
}

TEST(Text, OfAMixedRunInColourIsAsApproved) {
  const std::string text = render_text(mixed_run(), coloured);
  EXPECT_EQ(text, golden("mixed_colour.txt", text));
}

TEST(Text, OfARunThatWasReadBackIsAsApproved) {
  const std::string text = render_text(run_from_json(to_json(mixed_run())));
  EXPECT_EQ(text, golden("mixed_read_back.txt", text));
}

TEST(Text, OfHostileNamesIsAsApproved) {
  const std::string text = render_text(hostile_run());
  EXPECT_EQ(text, golden("hostile.txt", text));
}

TEST(Text, OfHostileNamesHoldsNoControlCharacters) {
  for (char c : render_text(hostile_run(), verbose)) {
    const auto code = static_cast<unsigned char>(c);
    EXPECT_TRUE(c == '\n' || (code >= 0x20 && code != 0x7F)) << int{code};
  }
}

TEST(Text, ShowsAFailureInTheAgreedLayout) {
  EXPECT_THAT(render_text(mixed_run()),
              StartsWith(R"(error[G101]: claimed gradient disagrees with the function
 --> examples/broken/wrong_claim.grad:5:10
  |
5 | grad x = -2 * exp(-(x ** 2))
  |          ^^^^^^^^^^^^^^^^^^^ entry [3] of 4 is off by a factor 3.39 at x[3] = 0.294644
  |
  = claimed    -1.833692914431962
  = true       -0.540287157577827  (± 3e-15)
  = engine     -0.540287157577828  agrees: the claim is at fault
  = pattern    claimed / true = 1 / x at every entry: a factor x is missing
  = try        grad x = -2 * x * exp(-(x ** 2))
  = again      gradcheck check examples/broken/wrong_claim.grad --repro 5:k3:42

)"));
}

TEST(Text, PutsTheFailureWithTheFewestDigitsFirst) {
  reports::Run run = passing_run();
  for (CheckResult& check : run.files[0].checks) check.verdict = Verdict::fail;
  const std::string text = render_text(run);
  const auto place = [&text](const char* what) { return text.find(what); };
  EXPECT_LT(place("logistic.grad:13:1"), place("logistic.grad:12:1"));
  EXPECT_LT(place("logistic.grad:12:1"), place("logistic.grad:14:1"));
}

TEST(Text, IsTheSameEveryTime) { EXPECT_EQ(render_text(mixed_run()), render_text(mixed_run())); }

TEST(Text, DoesNotDependOnTheTimeTakenUnlessVerbose) {
  reports::Run slow = mixed_run();
  slow.elapsed_s = 1000;
  slow.started = "2026-01-01T00:00:00Z";
  EXPECT_EQ(render_text(slow), render_text(mixed_run()));
  EXPECT_THAT(render_text(slow, verbose), HasSubstr("1000.00 s"));
}

TEST(Text, QuietlyShowsFailuresAndTheSummaryOnly) {
  EXPECT_EQ(render_text(passing_run(), quiet), "6 passed in 2 files (seed 42)\n");
  EXPECT_THAT(render_text(mixed_run(), quiet), Not(HasSubstr("warning[")));
}

TEST(Text, StrictlyCallsInaccurateAndInconclusiveErrors) {
  reports::Run run = mixed_run();
  run.strict = true;
  const std::string text = render_text(run);
  EXPECT_THAT(text, HasSubstr("error[G201]"));
  EXPECT_THAT(text, HasSubstr("error[G301]"));
  EXPECT_THAT(render_text(run, quiet), HasSubstr("error[G301]"));
}

TEST(Text, NeverPromisesADigitThatWasNotVerified) {
  reports::Run run = passing_run();
  run.files[0].checks[1].worst->digits = 9.399999;
  EXPECT_THAT(render_text(run), HasSubstr("at least 9.3 digits"));
}

TEST(Text, CountsTheDigitsOfProductsToo) {
  reports::Run run = passing_run();
  run.files[0].checks[1].fewest_digits = 5.19;
  EXPECT_THAT(render_text(run), HasSubstr("at least 5.1 digits"));
  EXPECT_EQ(render_text(run_from_json(to_json(run))), render_text(run));
  run.files[0].checks[1].fewest_digits = 16;
  EXPECT_EQ(render_text(run), render_text(passing_run())) << "not more than the worst entry has";
}

TEST(Text, SaysWhenThereWasNothingToCheck) {
  reports::Run run;
  run.seed = 7;
  EXPECT_EQ(render_text(run), "nothing to check in 0 files (seed 7)\n");
}

TEST(Text, SaysWhenTheRunWasInterrupted) {
  reports::Run run = passing_run();
  run.exit_code = 130;
  EXPECT_THAT(render_text(run), EndsWith("interrupted: 6 passed in 2 files (seed 42)\n"));
}

TEST(Text, SaysWhichFilesWereNotRun) {
  reports::Run run = passing_run();
  run.files[1] = {.path = run.files[1].path, .checks = {}, .errors = {}, .not_run = true};
  EXPECT_THAT(render_text(run), HasSubstr(run.files[1].path));
  EXPECT_THAT(render_text(run), HasSubstr("  not run\n"));
  EXPECT_THAT(render_text(run), EndsWith(" in 1 file, 1 file not run (seed 42)\n"));
  run.files[0] = run.files[1];
  EXPECT_EQ(render_text(run, quiet), "nothing checked in 0 files, 2 files not run (seed 42)\n");
}

TEST(Text, SaysHowManyPointsWereRedrawn) {
  reports::Run run = passing_run();
  for (CheckResult& check : run.files[0].checks) check.rejected = 0;
  EXPECT_THAT(render_text(run), Not(HasSubstr("redrawn")));
  run.files[0].checks[0].rejected = 7;
  EXPECT_THAT(render_text(run), HasSubstr(" points, 7 redrawn, "));
}

TEST(Text, QuotesThePathInTheCommandThatShowsAFailureAgain) {
  reports::Run run = without_explanations(mixed_run());
  run.files[2].path = "my files/it's.grad";
  EXPECT_THAT(render_text(run),
              HasSubstr("gradcheck check 'my files/it'\\''s.grad' --repro 5:k3:42"));
}

TEST(Text, OfOperationsAloneCountsTheirRows) {
  reports::Run run = accuracy_run();
  run.files.clear();
  EXPECT_THAT(render_text(run), EndsWith("2 rows of operations (seed 42)\n"));
}

TEST(Text, HasNoStatisticsOfNothing) {
  reports::Run run = accuracy_run();
  run.files[0].accuracy = {run.files[0].accuracy[1]};
  ASSERT_EQ(run.files[0].accuracy[0].ulps.n, 0);
  const std::string text = render_text(run);
  const std::size_t row = text.find("f by k");
  EXPECT_THAT(text.substr(0, text.find('\n', row)), Not(HasSubstr("0.00")));
}

TEST(Text, OfAccuracyTellsRedrawnPointsAndBalls) {
  reports::Run run = accuracy_run();
  EXPECT_THAT(render_text(run),
              HasSubstr("\n  NMSE example 3.1 | `sqrt`  3 draws outside the domain\n"));
  EXPECT_THAT(render_text(run),
              HasSubstr("enclose nothing in this precision, the truth to 512 bits"));
  run.files[1].accuracy[0].ball_ulps = 1250;
  EXPECT_THAT(render_text(run), HasSubstr("± 1.25e+03 ulp in this precision"));
  run.files[0].accuracy[0].rejected = 1;
  EXPECT_THAT(render_text(run), HasSubstr("verdict\n  1 draw outside the domain\n"));
}

TEST(Text, OfAccuracyTellsAllEntriesVerbosely) {
  reports::Run run = accuracy_run();
  run.files[1].accuracy[0].worst->inputs[1].second = {1, 2, 3, 4, 5, 6, 7};
  EXPECT_THAT(render_text(run), HasSubstr("v = [0x1p+0, 0x1p+1, 0x1.8p+1, 0x1p+2, 0x1.4p+2, "
                                          "0x1.8p+2, …]  (search"));
  EXPECT_THAT(render_text(run, verbose), HasSubstr("0x1.8p+2, 0x1.cp+2]  (search"));
  run.accuracy->operations[0].worst = {1, 2, 3, 4, 5};
  EXPECT_THAT(render_text(run), HasSubstr("   0x1p+0, 0x1p+1, 0x1.8p+1, 0x1p+2, …\n"));
  EXPECT_THAT(render_text(run, verbose), HasSubstr("0x1.8p+1, 0x1p+2, 0x1.4p+2\n"));
}

TEST(Text, OfAccuracyTellsQuietlyWhyARunFails) {
  const std::string note = "1 file was left out: it has a test alone\n";
  reports::Run run = accuracy_run();
  EXPECT_THAT(render_text(run, quiet), Not(HasSubstr(note)));
  for (const int code : {1, 2, 3}) {
    run.exit_code = code;
    EXPECT_THAT(render_text(run, quiet), HasSubstr(note)) << code;
  }
}

TEST(Text, OfMethodsHasNoErrorsWhereNoneIsKnown) {
  reports::Run run = accuracy_run();
  MethodAccuracy& method = run.accuracy->methods[0];
  method.median = method.p99 = method.worst = std::numeric_limits<double>::quiet_NaN();
  std::string line = render_text(run);
  line = line.substr(line.find("  central "));
  line = line.substr(0, line.find('\n'));
  EXPECT_THAT(line, Not(HasSubstr("nan")));
  EXPECT_THAT(line, HasSubstr("  -  "));
  EXPECT_THAT(line, EndsWith("no bar"));
  method.unsure = 1;
  const std::string unsure = render_text(run);
  EXPECT_THAT(unsure, Not(HasSubstr("no bar"))) << "its bars are infinite, but it has them";
}

TEST(Text, OfMethodsTellsFalseAlarmsAndMisses) {
  reports::Run run = accuracy_run();
  std::string line = render_text(run);
  line = line.substr(line.find("  central "));
  line = line.substr(0, line.find('\n'));
  EXPECT_EQ(line.substr(line.find("0.16") + 4),
            "        1.00 %     0.00 %     100.00 %     100.00 %   no bar");
}

TEST(Text, ShowsTheSourceOfTheLargestShare) {
  EXPECT_THAT(render_text(accuracy_run()),
              HasSubstr("      blame   91 % (sqrt x) at 4:21; 9 % div (backward)\n"
                        "      note: where the digits are lost\n"
                        "       --> examples/hamming.fpcore:4:21\n"
                        "        |\n"
                        "      4 |   (- (sqrt (+ x 1)) (sqrt x)))\n"
                        "        |                     ^^^^^^^^ 91 % of the rounding error\n"
                        "      try     (/ 1 (+ (sqrt (+ x 1)) (sqrt x))): 0.75 ulp at the worst "
                        "point\n"
                        "      try     (| <x>)\n"));
}

TEST(Text, CutsALongNameBetweenCharacters) {
  reports::Run run = accuracy_run();
  run.files[0].accuracy[0].output = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxäöüäöüäöüäöüäöüäöü";
  const std::string text = render_text(run);
  EXPECT_THAT(text, HasSubstr("xxäöü"));
  EXPECT_THAT(text, HasSubstr("ü…"));
  EXPECT_THAT(text, Not(HasSubstr("\\x")));
}

TEST(Title, NamesAClaimAsTheLanguageDoes) {
  CheckResult check;
  EXPECT_EQ(title(check), "check");
  check.output = "loss";
  check.wrt = {"w", "b"};
  EXPECT_EQ(title(check), "check loss wrt w, b");
  check.kind = Kind::hessian;
  check.wrt = {"w"};
  EXPECT_EQ(title(check), "hessian(loss, w)");
  check.kind = Kind::test;
  check.name = "the printed form";
  EXPECT_EQ(title(check), "test \"the printed form\"");
}

}  // namespace
}  // namespace verigrad::reports
