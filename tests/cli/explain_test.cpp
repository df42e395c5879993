#include <gmock/gmock.h>

#include <sstream>

#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using Explain = CommandTest;

TEST_F(Explain, TellsAboutACodeInAnyCase) {
  const Result result = run({"explain", "g101"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, StartsWith("G101: "));
  EXPECT_THAT(result.out, HasSubstr("A file that shows it:\n\n    input x"));
}

TEST_F(Explain, ListHasTheLanguagesCodesAndThoseOfVerdicts) {
  const Result result = run({"explain", "--list"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("E001  "));
  EXPECT_THAT(result.out, HasSubstr("G101  "));
}

TEST_F(Explain, EveryListedCodeHasAText) {
  std::istringstream lines(run({"explain", "--list"}).out);
  std::vector<std::string> arguments{"explain"};
  for (std::string line; std::getline(lines, line);)
    arguments.push_back(line.substr(0, line.find(' ')));
  ASSERT_GT(arguments.size(), 20U);
  const Result result = run(arguments);
  EXPECT_EQ(result.exit_code, 0);
  for (std::size_t i = 1; i < arguments.size(); ++i)
    EXPECT_THAT(result.out, HasSubstr(arguments[i] + ": "));
}

TEST_F(Explain, AnUnknownCodeIsAnError) {
  const Result result = run({"explain", "X999"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, StartsWith("error: no diagnostic has the code 'X999'\n"));
  EXPECT_THAT(run({"explain", "Unstable"}).err, HasSubstr("did you mean 'accuracy-unstable'?"));
  EXPECT_EQ(run({"explain"}).exit_code, 2);
  EXPECT_EQ(run({"explain", "--list", "E001"}).exit_code, 2);
}

}  // namespace
}  // namespace verigrad::cli
