// Standard output that cannot be written: exit 3 with a message, never a crash.
#include <gmock/gmock.h>

#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;

class Streams : public CommandTest {
 protected:
  Streams() {
    write("a.grad", files::pass);
    write("fail.grad", files::fail);
  }
  const std::vector<std::vector<std::string>> commands_{
      {"--version"},      {"--help"},       {"check", "a.grad"},   {"check", "fail.grad"},
      {"eval", "a.grad"}, {"ops"},          {"explain", "--list"}, {"grad", "-e", "x**2", "x=3"},
      {"fmt", "-"},       {"ops", "--help"}};
};

TEST_F(Streams, AFullDeviceIsExit3) {
  for (const auto& command : commands_) {
    const Result result = run(command, {.standard_input = files::pass, .output = Stream::full});
    EXPECT_EQ(result.exit_code, 3) << command.front();
    EXPECT_EQ(result.err, "error: cannot write to standard output: No space left on device\n");
  }
}

TEST_F(Streams, AClosedStandardOutputIsExit3) {
  for (const auto& command : commands_) {
    const Result result = run(command, {.standard_input = files::pass, .output = Stream::closed});
    EXPECT_EQ(result.exit_code, 3) << command.front();
    EXPECT_THAT(result.err, HasSubstr("error: cannot write to standard output: "));
  }
}

TEST_F(Streams, AClosedStandardOutputDoesNotSpoilAReport) {
  const Result result =
      run({"check", "a.grad", "--report", "text=a.txt"}, {.output = Stream::closed});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(read("a.txt"), HasSubstr("1 passed in 1 file"));
}

TEST_F(Streams, AClosedStandardErrorDoesNotMatter) {
  EXPECT_EQ(run({"check", "a.grad"}, {.messages = Stream::closed}).exit_code, 0);
  EXPECT_EQ(run({"nonsense"}, {.messages = Stream::closed}).exit_code, 2);
}

}  // namespace
}  // namespace verigrad::cli
