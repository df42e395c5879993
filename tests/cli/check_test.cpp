// What the options of `check` do.
#include <gmock/gmock.h>

#include "reports/json.hpp"
#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Check : public CommandTest {
 protected:
  reports::Run json(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "check");
    arguments.insert(arguments.end(), {"--format", "json"});
    return reports::run_from_json(run(arguments).out);
  }
};

TEST_F(Check, APassingFileIsOneLineAndTheSummary) {
  write("a.grad", files::pass);
  const Result result = run({"check", "a.grad"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, StartsWith("a.grad  ok  1 check"));
  EXPECT_THAT(result.out, HasSubstr("1 passed in 1 file (seed 42)\n"));
  EXPECT_EQ(result.err, "");
}

TEST_F(Check, AFailureComesFirstWithItsPlaceAndCommand) {
  write("fail.grad", files::fail);
  write("pass.grad", files::pass);
  const Result result = run({"check", "pass.grad", "fail.grad"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, StartsWith("error[G101]: "));
  EXPECT_THAT(result.out, HasSubstr(" --> fail.grad:3:10\n"));
  EXPECT_THAT(result.out, HasSubstr("gradcheck check fail.grad --repro 3:k0:42"));
}

TEST_F(Check, ADirectoryMeansItsFilesInOrder) {
  write("d/b.grad", files::pass);
  write("d/a.grad", files::pass);
  write("d/notes.txt", "not a file of the language\n");
  write("d/deeper/c.grad", files::fail);
  const reports::Run run = json({"d"});
  ASSERT_EQ(run.files.size(), 2U);
  EXPECT_EQ(run.files[0].path, "d/a.grad");
  EXPECT_EQ(run.files[1].path, "d/b.grad");
}

TEST_F(Check, ADirectoryHasFpcoreFilesToo) {
  write("d/a.fpcore", "(FPCore f (x) :pre (<= 1 x 2) (sqrt x))\n");
  const reports::Run run = json({"d"});
  ASSERT_EQ(run.files.size(), 1U);
  EXPECT_EQ(run.files[0].path, "d/a.fpcore");
}

TEST_F(Check, ADashIsStandardInput) {
  const Result result = run({"check", "-"}, {.standard_input = files::fail});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr(" --> -:3:10\n"));
}

TEST_F(Check, SamplesSaysHowManyPointsAreDrawn) {
  write("a.grad", files::drawn);
  const auto points = [this](const char* samples) {
    return json({"a.grad", "--samples", samples}).files.at(0).checks.at(0).points;
  };
  EXPECT_EQ(points("7") - points("3"), 4);
}

TEST_F(Check, TheSeedDecidesThePoints) {
  write("a.grad", files::drawn);
  const auto worst = [this](const char* seed) {
    const reports::Run run = json({"a.grad", "--samples", "1", "--seed", seed});
    EXPECT_EQ(std::to_string(run.seed), seed);
    return run.files.at(0).checks.at(0);
  };
  EXPECT_EQ(worst("5"), worst("5"));
  EXPECT_NE(worst("5"), worst("6"));
}

TEST_F(Check, SetGivesAnInputItsValue) {
  write("a.grad", "input x = 1\ny = x ** 2\nexpect y == 9\n");
  EXPECT_EQ(run({"check", "a.grad"}).exit_code, 1);
  EXPECT_EQ(run({"check", "a.grad", "--set", "x=3"}).exit_code, 0);
}

TEST_F(Check, SetTakesAListAndLeavesTheNextArgumentAlone) {
  write("a.grad", "input x = [1, 2]\ny = sum(x)\nexpect y == 30\n");
  EXPECT_EQ(run({"check", "--set", "x=[10, 20]", "a.grad"}).exit_code, 0);
}

TEST_F(Check, DimFixesASize) {
  write("a.grad", "dim n in 1..8\ninput x : [n] in [0, 1]\ny = sum(x)\nexpect n == 3\n");
  EXPECT_EQ(run({"check", "a.grad"}).exit_code, 1);
  EXPECT_EQ(run({"check", "a.grad", "--dim", "n=3"}).exit_code, 0);
}

TEST_F(Check, DtypeWinsOverTheFile) {
  write("a.grad", "dtype f64\ninput x = 0.5\ny = exp(x)\n");
  EXPECT_EQ(json({"a.grad"}).files.at(0).checks.at(0).dtype, "f64");
  EXPECT_EQ(json({"a.grad", "--dtype", "f32"}).files.at(0).checks.at(0).dtype, "f32");
}

TEST_F(Check, ATolerancePassesWhatIsNearEnough) {
  write("a.grad", "input x = 0.5\ny = x ** 2\ngrad x = 2.0000001 * x\n");
  EXPECT_EQ(run({"check", "a.grad"}).exit_code, 1);
  EXPECT_EQ(run({"check", "a.grad", "--rtol", "1e-6"}).exit_code, 1) << "proven wrong";
  const auto numerically = [](const char* rtol) {
    return std::vector<std::string>{"check",  "a.grad", "--method", "finite-difference",
                                    "--rtol", rtol};
  };
  EXPECT_EQ(run(numerically("1e-6")).exit_code, 0);
  EXPECT_EQ(run(numerically("1e-8")).exit_code, 1);
}

TEST_F(Check, MaxUlpsSaysHowMuchRoundingIsTolerated) {
  write("a.grad", "dtype f32\ninput x = 0.3\ny = exp(sin(x) ** 2)\n");
  EXPECT_EQ(json({"a.grad"}).summary.pass, 1);
  EXPECT_EQ(json({"a.grad", "--max-ulps", "0"}).summary.inaccurate, 1);
}

TEST_F(Check, TheMethodIsProofUnlessDifferencesAreAskedFor) {
  write("a.grad", files::pass);
  const auto method = [&](const char* asked) {
    return json({"a.grad", "--method", asked}).files.at(0).checks.at(0).method;
  };
  EXPECT_EQ(method("auto"), "enclosure");
  EXPECT_EQ(method("enclosure"), "enclosure");
  EXPECT_EQ(method("finite-difference"), "finite-difference");
}

TEST_F(Check, BitsAndTimeoutAreAccepted) {
  write("a.grad", files::pass);
  EXPECT_EQ(run({"check", "a.grad", "--bits", "512", "--timeout", "60"}).exit_code, 0);
}

TEST_F(Check, FilterChoosesByLineAndByName) {
  write("a.grad",
        "input x = 2\ninput w = 3\ny = w * x ** 2\ngrad x = 2 * w * x\ngrad w = x ** 2\n"
        "test \"values\":\n    expect y == 12\n");
  const auto lines = [this](const char* filter) {
    std::vector<std::int64_t> result;
    const reports::Run filtered = json({"a.grad", "--filter", filter});
    for (const auto& check : filtered.files.at(0).checks) result.push_back(check.line);
    return result;
  };
  EXPECT_EQ(lines("a.grad:4"), (std::vector<std::int64_t>{4}));
  EXPECT_EQ(lines("w"), (std::vector<std::int64_t>{5}));
  EXPECT_EQ(lines("values"), (std::vector<std::int64_t>{6}));
}

TEST_F(Check, AFilterThatMatchesNothingSaysSo) {
  write("a.grad", files::pass);
  const Result result = run({"check", "a.grad", "--filter", "nobody"});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("nothing matches --filter 'nobody'"));
}

TEST_F(Check, ListSaysWhatWouldRunWithoutRunningIt) {
  write("fail.grad", files::fail);
  const Result result = run({"check", "fail.grad", "--list"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "fail.grad:3  grad(y, x)\n");
}

TEST_F(Check, ListShowsErrorsOnStandardErrorAndTheRestAllTheSame) {
  write("fail.grad", files::fail);
  write("wrong.grad", files::wrong);
  const Result result = run({"check", "wrong.grad", "fail.grad", "--list"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.out, StartsWith("fail.grad:3  "));
  EXPECT_THAT(result.err, HasSubstr("--> wrong.grad:2:5"));
}

TEST_F(Check, ReproRunsTheOnePointOfAFailureAgain) {
  write("a.grad", "input x : [3] in [1, 2]\ny = sum(x ** 3)\ngrad x = 3.01 * x ** 2\n");
  const auto first = json({"a.grad"}).files.at(0).checks.at(0);
  ASSERT_TRUE(first.repro.has_value());
  const Result text = run({"check", "a.grad", "--repro", *first.repro});
  EXPECT_EQ(text.exit_code, 1);
  const auto again = json({"a.grad", "--repro", *first.repro}).files.at(0).checks.at(0);
  EXPECT_EQ(again.points, 1);
  EXPECT_EQ(again.worst, first.worst);
}

TEST_F(Check, ReproOfALineWithoutAStatementSaysSo) {
  write("a.grad", files::fail);
  const Result result = run({"check", "a.grad", "--repro", "1:k0:42"});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("names a line on which nothing is checked"));
}

TEST_F(Check, FailFastStopsAtTheFirstFailure) {
  for (int i = 0; i < 9; ++i) write("d/" + std::to_string(i) + ".grad", files::fail);
  const reports::Run all = json({"d", "-j", "1"});
  const reports::Run fast = json({"d", "-j", "1", "--fail-fast"});
  EXPECT_EQ(all.summary.fail, 9);
  EXPECT_EQ(fast.summary.fail, 1);
}

TEST_F(Check, QuietShowsFailuresAndTheSummaryOnly) {
  write("pass.grad", files::pass);
  const Result result = run({"check", "pass.grad", "--quiet"});
  EXPECT_EQ(result.out, "1 passed in 1 file (seed 42)\n");
}

TEST_F(Check, VerboseShowsEveryCheckAndTheTime) {
  write("fail.grad", files::fail);
  const Result result = run({"check", "fail.grad", "--verbose"});
  EXPECT_THAT(result.out, HasSubstr("grad(y, x)"));
  EXPECT_THAT(result.out, ::testing::ContainsRegex("\\(seed 42, [0-9.]+ s\\)"));
}

TEST_F(Check, ReportsGoToFilesBesideTheOneOnStandardOutput) {
  write("fail.grad", files::fail);
  const Result result =
      run({"check", "fail.grad", "--report", "json=run.json", "--report=text=run.txt"});
  EXPECT_EQ(result.exit_code, 1);
  const reports::Run saved = reports::run_from_json(read("run.json"));
  EXPECT_EQ(saved.summary.fail, 1);
  EXPECT_EQ(saved.exit_code, 1);
  EXPECT_EQ(read("run.txt"), result.out);
}

TEST_F(Check, AReportThatCannotBeWrittenLeavesNoPieces) {
  write("a.grad", files::pass);
  write("d/keep", "");
  EXPECT_EQ(run({"check", "a.grad", "--report", "json=d"}).exit_code, 3);
  EXPECT_EQ(run({"check", "a.grad", "--report", "json=/dev/full"}).exit_code, 3);
  for (const auto& entry : std::filesystem::directory_iterator(directory()))
    EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr(".tmp")));
}

TEST_F(Check, ReadsAFileOnceWhereItIsNamedFirst) {
  write("sub/a.grad", files::pass);
  write("sub/b.grad", files::fail);
  const auto paths = [&](const std::vector<std::string>& arguments) {
    std::vector<std::string> result;
    for (const auto& file : json(arguments).files) result.push_back(file.path);
    return result;
  };
  EXPECT_THAT(paths({"sub/b.grad", "sub", "./sub/b.grad", "sub/../sub/a.grad"}),
              ::testing::ElementsAre("sub/b.grad", "sub/a.grad"));
  EXPECT_THAT(paths({(directory() / "sub/a.grad").string(), "sub/a.grad"}), ::testing::SizeIs(1));
  EXPECT_THAT(paths({"-", "sub/a.grad", "-"}), ::testing::SizeIs(2));
}

}  // namespace
}  // namespace verigrad::cli
