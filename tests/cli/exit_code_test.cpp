// Every row of the table of exit codes, and which wins when several apply.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;

class ExitCode : public CommandTest {
 protected:
  ExitCode() {
    write("pass.grad", files::pass);
    write("fail.grad", files::fail);
    write("wrong.grad", files::wrong);
    write("inconclusive.grad", files::inconclusive);
    std::filesystem::create_directory(directory() / "empty");
  }

  int check(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "check");
    return run(arguments).exit_code;
  }
};

TEST_F(ExitCode, Is0WhenEverythingHolds) { EXPECT_EQ(check({"pass.grad"}), 0); }

TEST_F(ExitCode, Is1WhenAClaimFails) { EXPECT_EQ(check({"fail.grad", "pass.grad"}), 1); }

TEST_F(ExitCode, Is1WhenAnExpectationOrATestFails) {
  write("expect.grad", "input x = 2\ny = x ** 2\nexpect y == 5\n");
  write("test.grad", "input x = 2\ny = x ** 2\ntest \"t\":\n    expect y == 5\n");
  EXPECT_EQ(check({"expect.grad"}), 1);
  EXPECT_EQ(check({"test.grad"}), 1);
}

TEST_F(ExitCode, InconclusiveIs0And1UnderStrict) {
  const Result result = run({"check", "inconclusive.grad"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("1 inconclusive"));
  EXPECT_EQ(check({"inconclusive.grad", "--strict"}), 1);
}

TEST_F(ExitCode, Is2ForAWrongCommandLine) { EXPECT_EQ(check({"pass.grad", "--nonsense"}), 2); }

TEST_F(ExitCode, Is2ForAFileWithErrors) { EXPECT_EQ(check({"wrong.grad"}), 2); }

TEST_F(ExitCode, Is2ForAFileThatIsNotThere) { EXPECT_EQ(check({"absent.grad"}), 2); }

TEST_F(ExitCode, Is3BeforeTheRunWhenAReportCannotBeWritten) {
  write("old.json", "old");
  const Result result =
      run({"check", "pass.grad", "--report", "json=old.json", "--report", "json=absent/run.json"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.err, "error: cannot write 'absent/run.json': No such file or directory\n");
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(read("old.json"), "old");
}

TEST_F(ExitCode, Is3BesideTheResultsWhenAReportFailsAtTheEnd) {
  const Result result = run({"check", "pass.grad", "--report", "json=/dev/full"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.err, "error: cannot write '/dev/full': No space left on device\n");
  EXPECT_THAT(result.out, HasSubstr("1 passed"));
}

TEST_F(ExitCode, Is4WhenThereIsNothingToCheck) {
  const Result result = run({"check", "empty"});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("no .grad or .fpcore file in 'empty'"));
  EXPECT_EQ(check({"pass.grad", "--filter", "nobody"}), 4);
}

TEST_F(ExitCode, AnEmptyDirectoryBesideAFileDoesNotMatter) {
  EXPECT_EQ(check({"empty", "pass.grad"}), 0);
}

TEST_F(ExitCode, OfSeveral3WinsOver2Over1Over4) {
  EXPECT_EQ(check({"wrong.grad", "fail.grad", "--report", "json=/dev/full"}), 3);
  EXPECT_EQ(check({"fail.grad", "wrong.grad", "empty"}), 2);
  EXPECT_EQ(check({"empty", "fail.grad"}), 1);
}

TEST_F(ExitCode, TheJsonSaysTheSame) {
  for (const char* file : {"pass.grad", "fail.grad", "wrong.grad", "empty"}) {
    const Result result = run({"check", file, "--format", "json"});
    EXPECT_THAT(result.out, HasSubstr("\"exit_code\": " + std::to_string(result.exit_code)));
  }
  const Result unwritten =
      run({"check", "pass.grad", "--format", "json", "--report", "text=/dev/full"});
  EXPECT_THAT(unwritten.out, HasSubstr("\"exit_code\": 3"));
}

}  // namespace
}  // namespace verigrad::cli
