#include "tests/docs/blocks.hpp"

#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace verigrad::docs {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view fence = "```";

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

void open_block(Block& block, std::string_view info) {
  const std::size_t space = info.find(' ');
  block.language = info.substr(0, space);
  if (space != std::string_view::npos) block.argument = info.substr(space + 1);
}

}  // namespace

std::string file_text(const std::string& path) {
  std::ifstream file(fs::path(VERIGRAD_SOURCE_DIR) / path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<std::string> pages() {
  std::vector<std::string> found{"README.md"};
  for (const auto& entry : fs::directory_iterator(fs::path(VERIGRAD_SOURCE_DIR) / "docs"))
    if (entry.path().extension() == ".md")
      found.push_back("docs/" + entry.path().filename().string());
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Block> blocks_of(const std::string& page) {
  std::vector<Block> blocks;
  bool inside = false;
  std::size_t number = 0;
  for (const std::string& line : lines_of(file_text(page))) {
    ++number;
    if (!line.starts_with(fence)) {
      if (inside) blocks.back().text += line + "\n";
      continue;
    }
    if (!inside) {
      blocks.push_back({.page = page, .line = number, .language = {}, .argument = {}, .text = {}});
      open_block(blocks.back(), std::string_view(line).substr(fence.size()));
    }
    inside = !inside;
  }
  if (inside) throw std::runtime_error(blocks.back().where() + ": the block has no end");
  return blocks;
}

std::vector<Block> blocks_in(std::string_view language) {
  std::vector<Block> found;
  for (const std::string& page : pages())
    for (Block& block : blocks_of(page))
      if (block.language == language) found.push_back(std::move(block));
  return found;
}

Workplace::Workplace() : path_((fs::temp_directory_path() / "verigrad-docs-XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  fs::copy(fs::path(VERIGRAD_SOURCE_DIR) / "examples", fs::path(path_) / "examples",
           fs::copy_options::recursive);
}

Workplace::~Workplace() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void Workplace::write_named_files(const std::string& page) const {
  for (const Block& block : blocks_of(page))
    if (block.argument.find('.') != std::string::npos)
      std::ofstream(fs::path(path_) / block.argument, std::ios::binary) << block.text;
}

std::string output_of(const std::string& line, const Workplace& workplace) {
  const std::string directory = fs::path(VERIGRAD_COMMAND).parent_path().string();
  const std::string command = "cd " + quoted(workplace.path()) + " && PATH=" + quoted(directory) +
                              ":\"$PATH\" sh -c " + quoted(line) + " 2>&1 </dev/null";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + line);
  std::string out;
  char buffer[4096];
  for (std::size_t count; (count = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    out.append(buffer, count);
  ::pclose(pipe);
  return out;
}

}  // namespace verigrad::docs
