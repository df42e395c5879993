// Every ```console block of the pages: `$ COMMAND` lines, each followed by what it prints.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <utility>

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

// The page's text with every output as it is now; outputs with a line `…` are left alone.
void update(const std::string& page, const std::vector<std::pair<Command, std::string>>& outputs) {
  std::string text = file_text(page);
  for (const auto& [command, actual] : outputs) {
    const std::string start = "$ " + command.line + "\n";
    const std::size_t at = text.find(start + command.stated);
    if (at != std::string::npos && command.stated.find("…") == std::string::npos)
      text.replace(at + start.size(), command.stated.size(), actual);
  }
  std::ofstream(std::string(VERIGRAD_SOURCE_DIR "/") + page, std::ios::binary) << text;
}

// Runs what a page shows and hands out each command with what it prints.
std::vector<std::pair<Command, std::string>> run_page(const std::string& page) {
  const Workplace workplace;
  workplace.write_named_files(page);
  std::vector<std::pair<Command, std::string>> outputs;
  for (const Block& block : blocks_of(page)) {
    if (block.language != "console") continue;
    for (const Command& command : commands_of(block))
      outputs.emplace_back(command, output_of(command.line, workplace));
  }
  return outputs;
}

// With VERIGRAD_UPDATE_GOLDEN=1 in the environment the pages first get the outputs of today.
TEST(ConsoleBlocks, ShowWhatTheCommandPrints) {
  const char* golden = std::getenv("VERIGRAD_UPDATE_GOLDEN");
  std::size_t count = 0;
  for (const std::string& page : pages()) {
    auto outputs = run_page(page);
    if (golden != nullptr && *golden == '1') {
      update(page, outputs);
      outputs = run_page(page);
    }
    for (const auto& [command, actual] : outputs)
      EXPECT_EQ(difference(command.stated, actual), "") << page << ": $ " << command.line << "\n"
                                                        << actual;
    count += outputs.size();
  }
  EXPECT_GT(count, 0U);
}

}  // namespace
}  // namespace verigrad::docs
