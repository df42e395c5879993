// gradcheck fuzz from outside: what it prints, what it replays, and how it ends.
#include <gmock/gmock.h>
#include <signal.h>

#include "reports/json.hpp"
#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Fuzz : public CommandTest {};

TEST_F(Fuzz, SaysHowManyProgramsAndWhatTheyCovered) {
  const Result result = run({"fuzz", "--cases", "3000"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("random programs  ok"));
  EXPECT_THAT(result.out, HasSubstr("3000 programs: "));
  EXPECT_THAT(result.out, HasSubstr("(seed 20240229)"));
  EXPECT_EQ(result.err, "");
}

TEST_F(Fuzz, GivesTheSameBytesForEveryNumberOfThreads) {
  const std::vector<std::string> arguments{"fuzz", "--cases", "2000", "--verbose"};
  const auto without_time = [](std::string text) { return text.substr(0, text.rfind(',')); };
  std::string first;
  for (const char* jobs : {"1", "2", "5"}) {
    std::vector<std::string> all = arguments;
    all.insert(all.end(), {"-j", jobs});
    const std::string out = without_time(run(all).out);
    if (first.empty()) first = out;
    EXPECT_EQ(out, first);
  }
  EXPECT_THAT(first, HasSubstr("test \"adjoint\""));
}

TEST_F(Fuzz, TriesTheFunctionsOfFilesAndOfWhatWasKept) {
  write("a.grad", files::drawn);
  std::filesystem::create_directory(directory() / "kept");
  write("kept/b.grad", files::pass);
  const Result result = run({"fuzz", "a.grad", "--save", "kept"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("a.grad"));
  EXPECT_THAT(result.out, HasSubstr("kept/b.grad"));
  EXPECT_THAT(result.out, Not(HasSubstr("random programs")));
  EXPECT_THAT(run({"fuzz", "a.grad", "--cases", "10"}).out, HasSubstr("random programs"));
}

TEST_F(Fuzz, DrawsFromTheOperationsThatAreNamed) {
  EXPECT_THAT(run({"fuzz", "--cases", "500", "--ops", "sin,matmul"}).out,
              HasSubstr("2 of 2 operations"));
}

TEST_F(Fuzz, SaysWhyProgramsAreNotMadeOfAnOperation) {
  const auto refusal = [this](const char* ops) {
    const Result result = run({"fuzz", "--cases", "5", "--ops", ops});
    EXPECT_EQ(result.exit_code, 2) << ops;
    EXPECT_EQ(result.out, "");
    return result.err;
  };
  EXPECT_THAT(refusal("sin,matmull"), HasSubstr("--ops: no operation is called 'matmull'\n"
                                                "  did you mean 'matmul'?"));
  EXPECT_THAT(refusal("sin,argmax"), HasSubstr("'argmax', which has no derivative"));
  EXPECT_THAT(refusal("gather"), HasSubstr("'gather', which reads an index tensor"));
  for (const char* ops : {"", "sin,", ",sin"})
    EXPECT_THAT(refusal(ops), HasSubstr("--ops expects names with commas between them"));
}

TEST_F(Fuzz, SaysThatItsTimeIsInSeconds) {
  const Result result = run({"fuzz", "--max-time", "1h"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("not '1h'\n  it counts seconds"));
}

TEST_F(Fuzz, WritesWhatItHasMet) {
  EXPECT_EQ(run({"fuzz", "--cases", "500", "--ops", "sin,matmul", "--coverage", "c.csv"}).exit_code,
            0);
  const std::string table = read("c.csv");
  EXPECT_THAT(table, HasSubstr("operation,programs,scalar,single,vector,"));
  EXPECT_THAT(table, HasSubstr("\nsin,"));
  EXPECT_THAT(table, HasSubstr("\nmatmul,"));
}

TEST_F(Fuzz, RefusesWhatCannotBeWrittenBeforeTheRun) {
  for (const auto& [option, value] :
       {std::pair{"--coverage", "absent/c.csv"}, std::pair{"--report", "json=absent/c.csv"}}) {
    const Result result = run({"fuzz", "--cases", "5", option, value});
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_EQ(result.err, "error: cannot write 'absent/c.csv': No such file or directory\n");
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(Fuzz, TellsItsResultsWhenTheCoverageFailsAtTheEnd) {
  const Result result =
      run({"fuzz", "--cases", "5", "--coverage", "/dev/full", "--report", "json=run.json"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.err, "error: cannot write '/dev/full': No space left on device\n");
  EXPECT_THAT(result.out, HasSubstr("5 programs"));
  EXPECT_THAT(read("run.json"), HasSubstr("\"exit_code\": 3"));
}

TEST_F(Fuzz, RefusesOptionsThatMeanNothing) {
  for (const char* shard : {"2", "0/2", "3/2", "a/b", "1/0"})
    EXPECT_EQ(run({"fuzz", "--shard", shard}).exit_code, 2) << shard;
  EXPECT_EQ(run({"fuzz", "--cases", "-1"}).exit_code, 2);
  EXPECT_EQ(run({"fuzz", "--max-time", "0"}).exit_code, 2);
  write("file", "");
  EXPECT_EQ(run({"fuzz", "--save", "file"}).exit_code, 2);
}

TEST_F(Fuzz, HasNothingToDoWithoutCases) { EXPECT_EQ(run({"fuzz", "--cases", "0"}).exit_code, 4); }

TEST_F(Fuzz, PrintsTheSeedThatItHasDrawn) {
  const std::string first = run({"fuzz", "--cases", "10", "--seed", "random"}).out;
  EXPECT_THAT(first, HasSubstr("(seed "));
  EXPECT_NE(first, run({"fuzz", "--cases", "10", "--seed", "random"}).out);
}

TEST_F(Fuzz, TellsOfAFileWithErrorsAndGoesOn) {
  write("wrong.grad", files::wrong);
  const Result result = run({"fuzz", "wrong.grad", "--cases", "100"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.out, HasSubstr("error[E012]"));
  EXPECT_THAT(result.out, HasSubstr("100 programs"));
}

TEST_F(Fuzz, ReportsWhatWasFinishedWhenInterrupted) {
  Process process({"fuzz", "--cases", "1000000000", "--format", "json"},
                  {.messages = Stream::terminal}, directory());
  ASSERT_TRUE(process.wait_for_text("programs, "));
  ::kill(process.id(), SIGINT);
  const Result result = process.wait();
  EXPECT_EQ(result.exit_code, 130);
  const reports::Run run = reports::run_from_json(result.out);
  EXPECT_EQ(run.exit_code, 130);
  EXPECT_GT(run.files.back().checks.front().points, 0);
}

TEST_F(Fuzz, EndsWhenItsTimeIsUp) {
  const Result result = run({"fuzz", "--cases", "1000000000", "--max-time", "0.2"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("random programs  ok"));
}

}  // namespace
}  // namespace verigrad::cli
