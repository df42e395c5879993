// Colour and progress: on a terminal, unless somebody does not want them.
#include <gmock/gmock.h>

#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* escape = "\x1b[";

class ColorTest : public CommandTest {
 protected:
  ColorTest() { write("fail.grad", files::fail); }
};

TEST_F(ColorTest, IsUsedOnATerminal) {
  const Result result = run({"check", "fail.grad"}, {.output = Stream::terminal});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("\x1b[1;31merror"));
}

TEST_F(ColorTest, IsNotUsedInAFile) {
  EXPECT_THAT(run({"check", "fail.grad"}).out, Not(HasSubstr(escape)));
}

TEST_F(ColorTest, CanBeForcedAndForbidden) {
  EXPECT_THAT(run({"check", "fail.grad", "--color", "always"}).out, HasSubstr(escape));
  EXPECT_THAT(run({"check", "fail.grad", "--color", "never"}, {.output = Stream::terminal}).out,
              Not(HasSubstr(escape)));
}

TEST_F(ColorTest, HonoursNoColorAndADumbTerminal) {
  for (const auto& variable : {std::pair<std::string, std::string>{"NO_COLOR", "1"},
                               std::pair<std::string, std::string>{"TERM", "dumb"}}) {
    const Result result =
        run({"check", "fail.grad"}, {.output = Stream::terminal, .environment = {variable}});
    EXPECT_THAT(result.out, Not(HasSubstr(escape))) << variable.first;
  }
  EXPECT_THAT(
      run({"check", "fail.grad"}, {.output = Stream::terminal, .environment = {{"NO_COLOR", ""}}})
          .out,
      HasSubstr(escape));
}

TEST_F(ColorTest, AlwaysWinsOverNoColor) {
  EXPECT_THAT(
      run({"check", "fail.grad", "--color", "always"}, {.environment = {{"NO_COLOR", "1"}}}).out,
      HasSubstr(escape));
}

TEST_F(ColorTest, UsageErrorsAreColouredOnATerminalOnly) {
  EXPECT_THAT(run({"nothing"}, {.messages = Stream::terminal}).err, HasSubstr("\x1b[1;31merror"));
  EXPECT_THAT(run({"nothing"}).err, Not(HasSubstr(escape)));
}

TEST_F(ColorTest, ReportsInFilesHaveNone) {
  run({"check", "fail.grad", "--color", "always", "--report", "text=a.txt"});
  EXPECT_THAT(read("a.txt"), HasSubstr("error[G101]"));
  EXPECT_THAT(read("a.txt"), Not(HasSubstr(escape)));
}

class ProgressTest : public CommandTest {
 protected:
  ProgressTest() {
    // Long enough for a line of progress on any machine.
    write("slow.grad", "input x : [40] in [-1, 1]\ny = sum(exp(sin(x)))\n");
  }
  const std::vector<std::string> slow_{"check", "slow.grad", "--samples", "600", "-j", "1"};
};

TEST_F(ProgressTest, IsShownOnATerminalAndErasedAtTheEnd) {
  const Result result = run(slow_, {.messages = Stream::terminal});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("checking 1 of 1 files: slow.grad"));
  EXPECT_THAT(result.err, EndsWith("\r\x1b[K"));
  EXPECT_THAT(result.out, Not(HasSubstr("checking")));
}

TEST_F(ProgressTest, IsNotShownInAFileNorUnderQuietNorOnADumbTerminal) {
  EXPECT_EQ(run(slow_).err, "");
  EXPECT_EQ(run(slow_, {.messages = Stream::terminal, .environment = {{"TERM", "dumb"}}}).err, "");
  std::vector<std::string> quiet = slow_;
  quiet.emplace_back("--quiet");
  EXPECT_EQ(run(quiet, {.messages = Stream::terminal}).err, "");
}

}  // namespace
}  // namespace verigrad::cli
