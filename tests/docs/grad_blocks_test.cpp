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

class GradBlock : public testing::TestWithParam<Block> {};

TEST_P(GradBlock, DoesWhatThePageSays) {
  const Block& block = GetParam();
  SCOPED_TRACE(block.where());
  const reports::Run result = run(block);
  const reports::Summary& summary = result.summary;
  SCOPED_TRACE(told(result));
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

std::string block_name(const testing::TestParamInfo<Block>& info) {
  std::string name = info.param.page.substr(info.param.page.find('/') + 1);
  name.resize(name.find('.'));
  return name + "_line_" + std::to_string(info.param.line);
}

INSTANTIATE_TEST_SUITE_P(Docs, GradBlock, testing::ValuesIn(blocks_in("grad")), block_name);

}  // namespace
}  // namespace verigrad::docs
