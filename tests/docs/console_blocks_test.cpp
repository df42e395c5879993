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

class ConsoleBlocks : public testing::TestWithParam<std::string> {};

TEST_P(ConsoleBlocks, ShowWhatTheCommandPrints) {
  const std::string& page = GetParam();
  const Workplace workplace;
  workplace.write_named_files(page);
  for (const Block& block : blocks_of(page)) {
    if (block.language != "console") continue;
    for (const Command& command : commands_of(block)) {
      const std::string actual = output_of(command.line, workplace);
      EXPECT_EQ(difference(command.stated, actual), "")
          << block.where() << ": $ " << command.line << "\n"
          << actual;
    }
  }
}

std::string page_name(const testing::TestParamInfo<std::string>& info) {
  const std::string& page = info.param;
  const std::size_t start = page.find('/') + 1;
  return page.substr(start, page.find('.') - start);
}

INSTANTIATE_TEST_SUITE_P(Docs, ConsoleBlocks, testing::ValuesIn(pages()), page_name);

}  // namespace
}  // namespace verigrad::docs
