// docs/cpp.md and docs/laws.md show parts of examples/cpp/, which are built and run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/docs/alike.hpp"
#include "tests/docs/blocks.hpp"

namespace verigrad::docs {
namespace {

constexpr const char* pages_with_code[] = {"docs/cpp.md", "docs/laws.md"};
constexpr const char* names[] = {"engine", "judge", "black_box", "operation", "gradients", "laws"};
// Programs that print nothing of their own.
constexpr const char* silent[] = {"gradients_test", "wave_test"};

std::vector<Block> blocks_with_code() {
  std::vector<Block> all;
  for (const char* page : pages_with_code) {
    const std::vector<Block> blocks = blocks_of(page);
    all.insert(all.end(), blocks.begin(), blocks.end());
  }
  return all;
}

// Without the indentation that all lines share, so that a block may be the inside of a function.
std::string without_indentation(const std::string& text, std::size_t width) {
  std::string out;
  for (const std::string& line : lines_of(text)) {
    const bool indented = line.find_first_not_of(' ') >= width;
    out += (indented ? line.substr(std::min(width, line.size())) : "\x01" + line) + "\n";
  }
  return out;
}

TEST(CppPages, ShowOnlyCodeThatIsBuilt) {
  std::vector<std::string> sources;
  std::vector<std::string> all(std::begin(names), std::end(names));
  all.insert(all.end(), std::begin(silent), std::end(silent));
  for (const std::string& name : all) {
    const std::string text = file_text("examples/cpp/" + name + ".cpp");
    for (const std::size_t width : {0U, 2U}) sources.push_back(without_indentation(text, width));
  }
  int shown = 0;
  for (const Block& block : blocks_with_code()) {
    if (block.language != "cpp") continue;
    ++shown;
    EXPECT_THAT(sources, testing::Contains(testing::HasSubstr(block.text))) << block.where();
  }
  EXPECT_GT(shown, 0);
}

const std::string programs = std::string(VERIGRAD_EXAMPLES_DIR) + "/example_";

class CppExample : public testing::TestWithParam<const char*> {};

TEST_P(CppExample, PrintsWhatThePagesShow) {
  const std::string name = GetParam();
  const Workplace workplace;
  const std::string actual = output_of(programs + name, workplace);
  int shown = 0;
  for (const Block& block : blocks_with_code()) {
    if (block.language != "text" || block.argument != name) continue;
    ++shown;
    EXPECT_EQ(difference("…\n" + block.text + "…\n", actual), "") << block.where() << "\n"
                                                                  << actual;
  }
  EXPECT_GT(shown, 0) << "no page shows anything of what this prints:\n" << actual;
}

INSTANTIATE_TEST_SUITE_P(Docs, CppExample, testing::ValuesIn(names),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace verigrad::docs
