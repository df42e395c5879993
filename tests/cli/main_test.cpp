#include <gmock/gmock.h>

#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

using Main = CommandTest;

TEST_F(Main, VersionIsOneLineOnStandardOutput) {
  const Result result = run({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, MatchesRegex("gradcheck [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  EXPECT_EQ(result.err, "");
}

TEST_F(Main, HelpNamesEveryCommandAndExitCode) {
  for (const char* option : {"--help", "-h"}) {
    const Result result = run({option});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.err, "");
    for (const char* word :
         {"check", "eval", "grad", "ops", "report", "compare", "explain", "fmt", "130"})
      EXPECT_THAT(result.out, HasSubstr(word));
  }
}

TEST_F(Main, EveryCommandHasHelp) {
  for (const char* command :
       {"check", "eval", "grad", "ops", "report", "compare", "explain", "fmt"}) {
    const Result result = run({command, "--help"});
    EXPECT_EQ(result.exit_code, 0) << command;
    EXPECT_THAT(result.out, HasSubstr(std::string("usage: gradcheck ") + command));
    EXPECT_EQ(result.err, "");
  }
}

TEST_F(Main, HelpOfCheckNamesEveryOption) {
  const Result result = run({"check", "--help"});
  for (const char* option : {"--samples N",
                             "--seed S",
                             "--method",
                             "--bits B",
                             "--rtol",
                             "--max-ulps",
                             "--strict",
                             "--set NAME=VALUE",
                             "--dim NAME=N",
                             "--dtype f32|f64",
                             "--filter FILE:LINE|NAME",
                             "--list",
                             "--format",
                             "--report FORMAT=PATH",
                             "-j N",
                             "--timeout SECONDS",
                             "--fail-fast",
                             "--quiet",
                             "--verbose",
                             "--color",
                             "--repro TOKEN",
                             "--max-entries N"})
    EXPECT_THAT(result.out, HasSubstr(option));
}

TEST_F(Main, NoCommandIsAnError) {
  const Result result = run({});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err, "error: no command given\n  see 'gradcheck --help'\n");
  EXPECT_EQ(result.out, "");
}

TEST_F(Main, AnUnknownCommandIsAnErrorWithTheNearestOne) {
  const Result result = run({"chekc", "a.grad"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err,
            "error: unknown command 'chekc'\n  did you mean 'check'?\n  see 'gradcheck --help'\n");
}

TEST_F(Main, AnUnknownCommandUnlikeAnyOtherListsThoseThatExist) {
  const Result result = run({"frobnicate"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("the commands are check, eval, grad, ops, fuzz, accuracy, "
                                    "report, compare, explain, fmt"));
}

TEST_F(Main, AFileNameInPlaceOfACommandSaysHowToCheckIt) {
  const Result result = run({"a b.grad"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("to check it: gradcheck check 'a b.grad'"));
}

TEST_F(Main, AnOptionInFrontOfTheCommandIsAnError) {
  const Result result = run({"--quiet", "check"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("unknown option '--quiet'"));
  EXPECT_THAT(result.err, HasSubstr("a command's options stand behind its name"));
}

TEST_F(Main, ControlCharactersInArgumentsAreNotPrinted) {
  const Result result = run({"\x1b[31mred"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace verigrad::cli
