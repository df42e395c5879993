// The files of tests/bad: each has the code of its name, an exit code of 2 and a caret.
#include <fmt/format.h>

#include <chrono>

#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

std::vector<std::filesystem::path> all_bad_files() {
  std::vector<std::filesystem::path> files = bad_files("");
  for (const auto& path : bad_files("/syntax")) files.push_back(path);
  return files;
}

class BadFile : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(BadFile, GivesItsCodeAPlaceAndACaret) {
  const auto start = std::chrono::steady_clock::now();
  const reports::Run run = check_file(GetParam());
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  RecordProperty("milliseconds", fmt::format("{:.1f}", took.count()));
  if (took.count() > 100)
    fmt::print("{}: {:.0f} ms\n", GetParam().filename().string(), took.count());
  const std::string name = GetParam().filename().string();
  expect_bad(run, name);
  ASSERT_FALSE(run.files[0].errors.empty());
  EXPECT_EQ(run.files[0].errors[0].code, name.substr(0, 4)) << shown(run);
}

INSTANTIATE_TEST_SUITE_P(All, BadFile, testing::ValuesIn(all_bad_files()),
                         [](const auto& file) { return file.param.stem().string(); });

TEST(BadFiles, DoNotStopTheOthers) {
  const std::vector<Input> inputs{{"bad.grad", "input x\ny = sigmod(x)\n"},
                                  {"good.grad", "input x in [0.5, 2]\ny = x ** 2\n"}};
  const reports::Run run = check(inputs, {});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(run.summary.error, 1);
  EXPECT_EQ(run.summary.pass, 1);
}

TEST(BadFiles, AnErrorInAUsedFileIsReportedAtItsPlaceThere) {
  const reports::Run run = check_file(VERIGRAD_SOURCE_DIR "/tests/bad/E008_in_a_used_file.grad");
  ASSERT_FALSE(run.files[0].errors.empty());
  const reports::FileError& error = run.files[0].errors[0];
  EXPECT_THAT(error.path, testing::EndsWith("support/broken.grad"));
  EXPECT_EQ(error.line, 2);
}

TEST(BadFiles, UpToTwentyErrorsOfAFileAreReported) {
  std::string text = "input x\n";
  for (int i = 0; i < 50; ++i) text += fmt::format("y{} = sigmod(x)\n", i);
  const reports::Run run = check_text(text);
  expect_bad(run, "fifty errors");
  EXPECT_GE(run.files[0].errors.size(), 20u);
}

TEST(BadFiles, AMissingFileIsAnErrorOfTheCommandLine) {
  const reports::Run run = check_file("no_such_file.grad");
  EXPECT_EQ(run.exit_code, 2);
  ASSERT_EQ(run.files[0].errors.size(), 1u);
  EXPECT_EQ(run.files[0].errors[0].line, 0) << "there is no text that a caret could point at";
  EXPECT_THAT(run.files[0].errors[0].message, testing::HasSubstr("no_such_file.grad"));
}

TEST(BadFiles, ADirectoryIsNoFile) {
  EXPECT_EQ(check_file(VERIGRAD_SOURCE_DIR "/tests").exit_code, 2);
}

}  // namespace
}  // namespace verigrad::runner
