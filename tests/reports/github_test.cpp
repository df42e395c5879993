// The annotations, decoded as GitHub's runner does (ActionCommand.cs: first `::` after the name,
// `,` between properties, then %0D, %0A, %3A, %2C and last %25).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "reports/findings.hpp"
#include "reports/formats.hpp"
#include "tests/reports/golden.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

struct Command {
  std::string name, data;
  std::map<std::string, std::string> properties;
};

std::string decoded(std::string text, bool property) {
  const auto replace = [&text](std::string_view code, std::string_view by) {
    for (std::size_t at = 0; (at = text.find(code, at)) != std::string::npos; at += by.size())
      text.replace(at, code.size(), by);
  };
  replace("%0D", "\r");
  replace("%0A", "\n");
  if (property) {
    replace("%3A", ":");
    replace("%2C", ",");
  }
  replace("%25", "%");
  return text;
}

Command command_of(const std::string& line) {
  Command command;
  EXPECT_EQ(line.substr(0, 2), "::");
  const std::size_t end = line.find("::", 2);
  const std::string head = line.substr(2, end - 2);
  command.data = decoded(line.substr(end + 2), false);
  const std::size_t space = head.find(' ');
  command.name = head.substr(0, space);
  std::istringstream properties(head.substr(space + 1));
  for (std::string each; std::getline(properties, each, ',');) {
    const std::size_t equals = each.find('=');
    command.properties[each.substr(0, equals)] = decoded(each.substr(equals + 1), true);
  }
  return command;
}

std::vector<Command> commands_of(const reports::Run& run) {
  std::vector<Command> commands;
  std::istringstream lines(render_github(run));
  for (std::string line; std::getline(lines, line);) commands.push_back(command_of(line));
  return commands;
}

TEST(Github, IsAsApproved) {
  const std::pair<const char*, reports::Run> runs[] = {{"passing_github.txt", passing_run()},
                                                       {"mixed_github.txt", mixed_run()},
                                                       {"hostile_github.txt", hostile_run()},
                                                       {"accuracy_github.txt", accuracy_run()}};
  for (const auto& [name, run] : runs) {
    const std::string text = render_github(run);
    EXPECT_EQ(text, golden(name, text));
  }
}

TEST(Github, AnnotatesWhatWasFoundTheWorstFirst) {
  const std::vector<Command> commands = commands_of(mixed_run());
  ASSERT_EQ(commands.size(), 6);
  const Command& first = commands[0];
  EXPECT_EQ(first.name, "error");
  EXPECT_EQ(first.properties.at("file"), "examples/broken/wrong_claim.grad");
  EXPECT_EQ(first.properties.at("line"), "5");
  EXPECT_EQ(first.properties.at("col"), "10");
  EXPECT_EQ(first.properties.at("title"), "G101: claimed gradient disagrees with the function");
  EXPECT_EQ(first.data, render(snippet_of(findings_of(mixed_run()).front())));
  EXPECT_EQ(commands[3].name, "warning");
  EXPECT_EQ(commands[4].name, "warning") << "inconclusive";
  EXPECT_EQ(commands[4].properties.count("line"), 0) << "an implicit check has no line";
  EXPECT_EQ(commands[5].name, "notice");
  EXPECT_EQ(commands[5].data,
            "1 failed, 1 inaccurate, 1 inconclusive, 1 passed, 1 file with errors in 5 files (seed "
            "42)");
}

TEST(Github, CallsWhatFailsAStrictRunAnError) {
  reports::Run run = mixed_run();
  run.strict = true;
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(commands_of(run)[i].name, "error");
}

TEST(Github, SaysHowManyAnnotationsAreNotShown) {
  reports::Run run = mixed_run();
  for (int i = 0; i < 9; ++i) run.files[1].checks.push_back(run.files[1].checks[0]);
  EXPECT_THAT(commands_of(run).back().data, EndsWith("(seed 42); GitHub shows 10 of 11 warnings"));
  run.files[1].checks.pop_back();
  EXPECT_THAT(commands_of(run).back().data, EndsWith("(seed 42)"));
}

// The statement of the row is on line 3, the operation that loses most in line 4.
TEST(Github, AnnotatesWhereDigitsAreLost) {
  reports::Run run = accuracy_run();
  const auto unstable = [&] { return commands_of(run)[1]; };
  EXPECT_EQ(unstable().properties.at("line"), "4");
  EXPECT_EQ(unstable().properties.at("col"), "21");
  EXPECT_THAT(unstable().data, HasSubstr("= error      inf ulp at most, 120 at the median\n"));
  EXPECT_THAT(unstable().data,
              HasSubstr("= counts     1 not finite, 1 underflows, 2 of the wrong sign\n"));
  run.files[1].accuracy[0].blame[0].path = "lib/roots.fpcore";
  EXPECT_EQ(unstable().properties.at("file"), "lib/roots.fpcore");
  run.files[1].accuracy[0].blame[0].line = 0;
  EXPECT_EQ(unstable().properties.at("file"), "examples/hamming.fpcore");
  EXPECT_EQ(unstable().properties.at("line"), "3");
}

TEST(Github, KeepsHostileTextInItsPlace) {
  reports::Run run = mixed_run();
  run.files[2].path = "a,line=99::error::%0A%25:b\n::stop-commands::x.grad";
  run.files[2].checks[1].explanation.message = "50 %, line=1 :: 100%\n::notice::x";
  const std::vector<Command> commands = commands_of(run);
  ASSERT_EQ(commands.size(), 6);
  EXPECT_EQ(commands[0].properties.at("file"),
            "a,line=99::error::%0A%25:b\\x0a::stop-commands::x.grad");
  EXPECT_EQ(commands[0].properties.at("line"), "5");
  EXPECT_THAT(commands[0].properties.at("title"), HasSubstr("50 %, line=1 :: 100%"));
  EXPECT_EQ(commands[0].data, render(snippet_of(findings_of(run).front())));
}

TEST(Github, NamesNoFileForStandardInput) {
  reports::Run run = mixed_run();
  run.files[2].path = "-";
  EXPECT_EQ(commands_of(run)[0].properties.count("file"), 0);
}

}  // namespace
}  // namespace verigrad::reports
