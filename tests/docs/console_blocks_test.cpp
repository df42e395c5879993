// Every ```console block of the pages: `$ COMMAND` lines, each followed by what it prints.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/docs/alike.hpp"
#include "tests/docs/blocks.hpp"

namespace verigrad::docs {
namespace {

struct Command {
  std::string line, stated;
};

std::vector<Command> commands_of(const Block& block) {
  std::vector<Command> commands;
  for (const std::string& line : lines_of(block.text)) {
    if (line.starts_with("$ "))
      commands.push_back({line.substr(2), ""});
    else if (!commands.empty())
      commands.back().stated += line + "\n";
    else
      ADD_FAILURE() << block.where() << ": output without a command: " << line;
  }
  return commands;
}

int run_page(const std::string& page) {
  const Workplace workplace;
  workplace.write_named_files(page);
  int count = 0;
  for (const Block& block : blocks_of(page)) {
    if (block.language != "console") continue;
    for (const Command& command : commands_of(block)) {
      ++count;
      const std::string actual = output_of(command.line, workplace);
      EXPECT_EQ(difference(command.stated, actual), "")
          << block.where() << ": $ " << command.line << "\n"
          << actual;
    }
  }
  return count;
}

TEST(ConsoleBlocks, ShowWhatTheCommandPrints) {
  int count = 0;
  for (const std::string& page : pages()) count += run_page(page);
  EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace verigrad::docs
