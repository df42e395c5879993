// Programs that were once judged wrongly, or on which the engine was wrong: all laws hold for them,
// and `gradcheck check` finds nothing false.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "properties/search.hpp"
#include "reports/text.hpp"
#include "runner/draw.hpp"

namespace verigrad::properties {
namespace {

std::vector<std::string> regression_files() {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(VERIGRAD_SOURCE_DIR "/tests/regressions"))
    if (entry.path().extension() == ".grad") paths.push_back(entry.path().string());
  std::ranges::sort(paths);
  return paths;
}

class Regressions : public testing::TestWithParam<std::string> {};

TEST_P(Regressions, ObeyEveryLaw) {
  const runner::DrawnFile drawn = runner::draw_file({GetParam(), {}}, {}, 20);
  EXPECT_TRUE(drawn.errors.empty());
  ASSERT_FALSE(drawn.samples.empty());
  Search search({});
  for (const runner::Sample& sample : drawn.samples)
    for (const Counterexample& found : search.try_specimen(
             edited({sample.instance.program, sample.instance.output, sample.point})))
      ADD_FAILURE() << found.text;
}

TEST_P(Regressions, AreNotCalledWrong) {
  const runner::Input input{GetParam(), {}};
  const reports::Run run = runner::check({&input, 1}, {});
  EXPECT_EQ(run.summary.fail, 0) << render_text(run);
  EXPECT_EQ(run.summary.error, 0);
}

std::string stem(const testing::TestParamInfo<std::string>& info) {
  return std::filesystem::path(info.param).stem().string();
}

INSTANTIATE_TEST_SUITE_P(Files, Regressions, testing::ValuesIn(regression_files()), stem);

}  // namespace
}  // namespace verigrad::properties
