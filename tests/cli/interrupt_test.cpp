#include <gmock/gmock.h>
#include <signal.h>

#include "reports/json.hpp"
#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;

class Interrupt : public CommandTest {
 protected:
  Interrupt() {
    write("a-fail.grad", files::fail);
    write("b-long.grad", "input x : [30] in [-1, 1]\ny = sum(exp(sin(x)))\n");
  }

  // Ctrl-C as soon as the first file is done, in a run that would take many minutes.
  Result interrupted(const std::vector<std::string>& options) const {
    std::vector<std::string> arguments{"check", "a-fail.grad", "b-long.grad", "--samples",
                                       "300000"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    Process process(arguments, {.messages = Stream::terminal}, directory());
    EXPECT_TRUE(process.wait_for_text("checking 2 of 2 files, 1 failed"));
    ::kill(process.id(), SIGINT);
    return process.wait();
  }
};

TEST_F(Interrupt, ReportsWhatWasFinished) {
  const Result result = interrupted({});
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_THAT(result.out, HasSubstr(" --> a-fail.grad:3:10"));
  EXPECT_THAT(result.out, HasSubstr("interrupted: 1 failed"));
}

TEST_F(Interrupt, IsInTheJsonToo) {
  const Result result = interrupted({"--format", "json"});
  EXPECT_EQ(result.exit_code, 130);
  const reports::Run run = reports::run_from_json(result.out);
  EXPECT_EQ(run.exit_code, 130);
  EXPECT_EQ(run.summary.fail, 1);
}

TEST_F(Interrupt, WinsOverAReportThatCannotBeWritten) {
  EXPECT_EQ(interrupted({"--report", "json=/dev/full"}).exit_code, 130);
}

}  // namespace
}  // namespace verigrad::cli
