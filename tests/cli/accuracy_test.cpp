// gradcheck accuracy from outside: what it prints, and how it ends.
#include <gmock/gmock.h>

#include <sstream>

#include "reports/json.hpp"
#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AccuracyCommand : public CommandTest {};

constexpr const char* unstable = "input x in [1e-6, 1e-4]\ny = log(1 + x) / x\n";

TEST_F(AccuracyCommand, ShowsATableAndWhatIsWrongWithARow) {
  write("a.grad", unstable);
  write("b.grad", files::drawn);
  const Result result = run({"accuracy", "a.grad", "b.grad"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("max ulp"));
  EXPECT_THAT(result.out, HasSubstr("unstable"));
  EXPECT_THAT(result.out, HasSubstr("gradcheck accuracy a.grad --repro 0:k"));
  EXPECT_THAT(result.out, HasSubstr("1 unstable, 1 ok in 2 files (seed 42)"));
  EXPECT_EQ(result.err, "");
}

TEST_F(AccuracyCommand, ExitsByTheRun) {
  write("a.grad", unstable);
  write("wrong.grad", files::wrong);
  write("empty.grad", "test \"t\":\n    expect 1 == 1\n");
  EXPECT_EQ(run({"accuracy", "a.grad", "--strict"}).exit_code, 1);
  EXPECT_EQ(run({"accuracy", "wrong.grad"}).exit_code, 2);
  EXPECT_EQ(run({"accuracy", "empty.grad"}).exit_code, 4);
  EXPECT_EQ(run({"accuracy", "absent.grad"}).exit_code, 2);
  EXPECT_EQ(run({"accuracy"}).exit_code, 2);
  EXPECT_EQ(run({"accuracy", "a.grad", "--samples", "0"}).exit_code, 2);
}

/// A corpus that a run has written holds in the next; one whose stored errors are all set to 0, all
/// above half an ulp before, does not.
TEST_F(AccuracyCommand, FailsUnderStrictWhenAStoredInputIsFurtherOffThanStored) {
  const std::vector<std::string> survey{"accuracy", "--ops", "--filter",  "erf", "--corpus", "kept",
                                        "--dtype",  "f64",   "--samples", "50",  "--strict"};
  EXPECT_EQ(run(survey).exit_code, 0);
  EXPECT_EQ(run(survey).exit_code, 0);
  std::istringstream lines(read("kept/erf.txt"));
  std::string forged;
  for (std::string type, target, ulps, operand, line; std::getline(lines, line);)
    if (std::istringstream words(line); !line.starts_with('#')) {
      words >> type >> target >> ulps >> operand;
      forged += type + " " + target + " 0 " + operand + "\n";
    }
  ASSERT_NE(forged, "");
  write("kept/erf.txt", forged);
  const Result worse = run(survey);
  EXPECT_EQ(worse.exit_code, 1);
  EXPECT_THAT(worse.out, HasSubstr("further off than the corpus has it"));
}

TEST_F(AccuracyCommand, SaysWhatIsWrongWithACorpus) {
  const auto error_of = [&](const std::string& corpus, int exit_code = 3) {
    const Result result = run({"accuracy", "--ops", "--filter", "exp", "--corpus", corpus});
    EXPECT_EQ(result.exit_code, exit_code) << corpus;
    EXPECT_EQ(result.out, "");
    return result.err;
  };
  write("file", "");
  const std::string instead =
      "\n  --corpus expects a directory whose files can be read and written\n";
  EXPECT_EQ(error_of("file/kept"),
            "error: cannot make the directory 'file/kept': Not a directory" + instead);
  EXPECT_EQ(error_of("file"), "error: cannot make the directory 'file': Not a directory" + instead);
  write("kept/exp.txt/inner", "");
  EXPECT_EQ(error_of("kept"), "error: cannot write 'kept/exp.txt': Is a directory" + instead);
  write("bad/exp.txt", "f64 value 1\n");
  EXPECT_EQ(error_of("bad", 2),
            "error: bad/exp.txt:1: 0 numbers instead of 1\n"
            "  mend this line of the corpus, or remove it\n"
            "  see 'gradcheck accuracy --help'\n");
}

TEST_F(AccuracyCommand, RefusesACsvOfTwoTables) {
  write("a.grad", files::drawn);
  for (const Result& refused : {run({"accuracy", "a.grad", "--ops", "--format", "csv"}),
                                run({"accuracy", "a.grad", "--ops", "--report", "csv=a.csv"})}) {
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("csv is one table"));
  }
  reports::Run both = reports::run_from_json(run({"accuracy", "a.grad", "--format", "json"}).out);
  both.accuracy->operations.emplace_back().operation = "exp";
  write("both.json", reports::to_json(both));
  EXPECT_EQ(run({"report", "both.json", "--to", "csv"}).exit_code, 2);
  EXPECT_EQ(run({"report", "both.json", "--to", "csv", "-o", "a.csv"}).exit_code, 2);
  EXPECT_EQ(run({"report", "both.json", "--to", "junit"}).exit_code, 0);
  const Result operations = run({"accuracy", "--ops", "--filter", "exp", "--format", "csv"});
  EXPECT_THAT(operations.out, testing::StartsWith("operation,quantity,"));
}

TEST_F(AccuracyCommand, WritesARunThatReadsBack) {
  write("a.grad", files::drawn);
  const Result result = run({"accuracy", "a.grad", "--format", "json", "--samples", "50"});
  const reports::Run saved = reports::run_from_json(result.out);
  ASSERT_EQ(saved.files.size(), 1U);
  ASSERT_EQ(saved.files[0].accuracy.size(), 1U);
  EXPECT_EQ(saved.files[0].accuracy[0].ulps.n, 150);
  EXPECT_EQ(reports::to_json(saved), result.out);
}

TEST_F(AccuracyCommand, NamesACommandThatAShellTakesWithTheRunsOptions) {
  write("it's $a.grad", "input x in [1, 2]\ninput c = 1\ny = sin(c * x) ** 3\ncheck y wrt x\n");
  const Result result = run({"accuracy", "it's $a.grad", "--samples", "9", "--set", "c=100 * 2",
                             "--dtype", "f32", "--verbose"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("gradcheck accuracy 'it'\\''s $a.grad' --repro 4:k"));
  EXPECT_THAT(result.out, HasSubstr(":42 --samples 9 --dtype f32 --set 'c=100 * 2'\n"));
}

TEST_F(AccuracyCommand, NamesNoCommandForStandardInput) {
  const Result result = run({"accuracy", "-"}, {.standard_input = unstable});
  EXPECT_THAT(result.out, HasSubstr("unstable"));
  EXPECT_THAT(result.out, Not(HasSubstr("again")));
}

TEST_F(AccuracyCommand, TakesWhatAFilterNames) {
  write("a.grad", "input a in [1, 2]\ninput b in [1, 2]\ny = a * exp(b)\n");
  const std::string both = run({"accuracy", "a.grad"}).out;
  EXPECT_THAT(both, HasSubstr("y by a"));
  const std::string one = run({"accuracy", "a.grad", "--filter", "b"}).out;
  EXPECT_THAT(one, HasSubstr("y by b"));
  EXPECT_THAT(one, Not(HasSubstr("y by a")));
  EXPECT_THAT(run({"accuracy", "a.grad", "--filter", "a.grad:0"}).out, HasSubstr("y by a"));
  EXPECT_EQ(run({"accuracy", "a.grad", "--filter", ""}).exit_code, 2);
  const Result none = run({"accuracy", "a.grad", "--filter", "z"});
  EXPECT_EQ(none.exit_code, 4);
  EXPECT_THAT(none.err, HasSubstr("no derivative is what --filter or --repro names"));
}

TEST_F(AccuracyCommand, SaysWhenAFilterNamesNoCore) {
  write("a.fpcore", "(FPCore f (x) :pre (<= 1 x 2) (log x))\n");
  const Result none = run({"accuracy", "a.fpcore", "--filter", "nosuch"});
  EXPECT_EQ(none.exit_code, 4);
  EXPECT_EQ(none.out, "nothing to check (seed 42)\n");
  EXPECT_THAT(none.err, HasSubstr("no derivative is what --filter or --repro names"));
}

TEST_F(AccuracyCommand, SaysOnceThatADirectoryIsEmpty) {
  write("empty/readme.txt", "");
  const Result result = run({"accuracy", "empty"});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_EQ(result.err, "note: no .grad or .fpcore file in 'empty'\n");
}

TEST_F(AccuracyCommand, TellsOfAValueOutsideOfItsDomain) {
  write("a.grad", "input x in [0.99, 1.01]\ny = x * x\n");
  for (const char* command : {"accuracy", "check"}) {
    EXPECT_EQ(run({command, "a.grad", "--set", "x=5"}).err,
              "note: a.grad: x = 5 lies outside of its domain [0.99, 1.01]\n");
    EXPECT_EQ(run({command, "a.grad", "--set", "x=1"}).err, "");
  }
}

TEST_F(AccuracyCommand, TakesSpacesBetweenNamesOfOperations) {
  const Result result = run({"accuracy", "--ops", "--filter", " exp , log", "--samples", "1"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("exp value"));
  EXPECT_THAT(result.out, HasSubstr("log value"));
  EXPECT_EQ(run({"accuracy", "--ops", "--filter", "e xp"}).exit_code, 2);
}

/// With --ops a filter is a list of operations, and there is no point to show again.
TEST_F(AccuracyCommand, RefusesOptionsThatAreAboutFilesOrOperationsAlone) {
  write("a.grad", files::drawn);
  const Result filtered = run({"accuracy", "a.grad", "--ops", "--filter", "exp"});
  EXPECT_EQ(filtered.exit_code, 2);
  EXPECT_THAT(filtered.err, HasSubstr("--filter names operations with --ops, but there are files"));
  const Result again = run({"accuracy", "--ops", "--repro", "0:k1:42"});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("leave out --ops"));
  for (const auto& [option, value] : {std::pair("--set", "x=1"), std::pair("--dim", "n=2")}) {
    const Result ignored = run({"accuracy", "--ops", option, value});
    EXPECT_EQ(ignored.exit_code, 2);
    EXPECT_THAT(ignored.err, HasSubstr("but there is --ops alone"));
  }
  write("b.grad", files::drawn);
  EXPECT_EQ(run({"accuracy", "a.grad", "b.grad", "--repro", "0:k1:42"}).exit_code, 2);
  for (const auto& [option, value] : {std::pair("--repro", "0:k1:42"), std::pair("--set", "x=1")}) {
    const Result stored = run({"accuracy", "a.grad", "--corpus", "keep", option, value});
    EXPECT_EQ(stored.exit_code, 2) << option;
    EXPECT_THAT(stored.err, HasSubstr("leave out")) << option;
  }
}

}  // namespace
}  // namespace verigrad::cli
