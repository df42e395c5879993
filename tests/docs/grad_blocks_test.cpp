// Every ```grad block of the pages does what the page says: `grad` passes, `grad fail` fails,
// `grad inconclusive` cannot be decided, `grad error` is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/run.hpp"
#include "tests/docs/blocks.hpp"

namespace verigrad::docs {
namespace {

reports::Run run(const Block& block) {
  const Workplace workplace;
  workplace.write_named_files(block.page);
  const runner::Input input{.path = workplace.path() + "/examples/block.grad", .text = block.text};
  return runner::check(std::span(&input, 1), runner::Options{});
}

std::string told(const reports::Run& result) {
  std::string out;
  for (const reports::FileResult& file : result.files) {
    for (const reports::FileError& error : file.errors)
      out += error.code + " in line " + std::to_string(error.line) + ": " + error.message + "\n";
    for (const reports::CheckResult& check : file.checks)
      out += "line " + std::to_string(check.line) + ": " + std::string(to_string(check.verdict)) +
             "\n";
  }
  return out;
}

void expect_what_the_page_says(const Block& block) {
  const reports::Run result = run(block);
  const reports::Summary& summary = result.summary;
  SCOPED_TRACE(block.where() + "\n" + told(result));
  if (block.argument == "error") {
    EXPECT_EQ(result.exit_code, 2);
  } else if (block.argument == "fail") {
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_GT(summary.fail, 0);
  } else if (block.argument == "inconclusive") {
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_GT(summary.inconclusive, 0);
  } else {
    EXPECT_TRUE(block.argument.empty() || block.argument.ends_with(".grad")) << block.argument;
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_GT(summary.pass, 0);
    EXPECT_EQ(summary.inconclusive + summary.inaccurate, 0);
  }
}

TEST(GradBlocks, DoWhatThePagesSay) {
  const std::vector<Block> blocks = blocks_in("grad");
  EXPECT_FALSE(blocks.empty());
  for (const Block& block : blocks) expect_what_the_page_says(block);
}

}  // namespace
}  // namespace verigrad::docs
