// The bug zoo: gradient bugs that shipped in released systems, and right gradients that checkers
// reject, as files. Each wrong claim stands behind `expect fail:`, or `expect inaccurate:` where
// the rule is right and its value lost, with the right one beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

std::vector<std::filesystem::path> zoo() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(VERIGRAD_SOURCE_DIR "/tests/zoo"))
    files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

class Zoo : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Zoo, EveryBugIsFoundAndNoRightGradientFails) {
  const Input input{GetParam().string(), {}};
  const reports::Run run = check(std::span(&input, 1), {});
  ASSERT_TRUE(run.files.at(0).errors.empty()) << shown(run);
  bool expects_more_than_passes = false;
  for (const reports::CheckResult& check : run.files.at(0).checks) {
    EXPECT_EQ(check.verdict, gradcheck::Verdict::pass) << shown(run);
    EXPECT_EQ(check.method, "enclosure") << check.id;
    expects_more_than_passes = expects_more_than_passes || !check.worst->digits;
  }
  const bool is_bug = std::isdigit(GetParam().filename().string().front()) != 0;
  EXPECT_TRUE(expects_more_than_passes || !is_bug);
}

INSTANTIATE_TEST_SUITE_P(Files, Zoo, testing::ValuesIn(zoo()),
                         [](const auto& file) { return file.param.stem().string(); });

TEST(ZooFiles, AreTwentyTwoBugsAndTheRightOnes) {
  const auto files = zoo();
  EXPECT_EQ(std::ranges::count_if(files,
                                  [](const auto& file) {
                                    return std::isdigit(file.filename().string().front()) != 0;
                                  }),
            22);
  EXPECT_GE(files.size(), 32U);
}

}  // namespace
}  // namespace verigrad::runner
