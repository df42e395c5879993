// The same rows as .grad files, each test of which must pass.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "runner/run.hpp"
#include "tests/seeds/support.hpp"

namespace verigrad::seeds {
namespace {

std::vector<std::filesystem::path> grad_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(VERIGRAD_SOURCE_DIR "/tests/seeds"))
    if (entry.path().extension() == ".grad") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

class SeedFile : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(SeedFile, PassesEveryTestAndCheck) {
  const runner::Input input{GetParam().string(), {}};
  const reports::Run run = runner::check(std::span(&input, 1), {});
  ASSERT_EQ(run.files.size(), 1u);
  for (const reports::FileError& error : run.files[0].errors)
    ADD_FAILURE() << error.code << " line " << error.line << ": " << error.message;
  EXPECT_FALSE(run.files[0].checks.empty());
  for (const reports::CheckResult& check : run.files[0].checks)
    EXPECT_EQ(check.verdict, reports::Verdict::pass)
        << check.name.value_or("line " + std::to_string(check.line)) << ": "
        << check.explanation.message << "\nline " << check.explanation.line << ": "
        << check.explanation.line_text.value_or("") << "\n"
        << check.explanation.label;
  EXPECT_EQ(run.exit_code, 0);
}

std::string name_of(const testing::TestParamInfo<std::filesystem::path>& file) {
  return file.param.stem().string();
}

INSTANTIATE_TEST_SUITE_P(Files, SeedFile, testing::ValuesIn(grad_files()), name_of);

TEST(SeedFiles, HaveATestForEveryRowAndErrorText) {
  std::set<std::string> names;
  for (const auto& path : grad_files()) {
    const runner::Input input{path.string(), {}};
    std::vector<reports::FileResult> errors;
    for (const std::string& line : runner::list(std::span(&input, 1), {}, errors))
      if (const auto quote = line.find('"'); quote != std::string::npos)
        names.insert(line.substr(quote + 1));
  }
  const auto covered = [&](const std::string& start) {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return name.starts_with(start); });
  };
  for (int row = 1; row <= 18; ++row) EXPECT_TRUE(covered(fmt::format("{}: ", row))) << row;
  EXPECT_EQ(std::count_if(names.begin(), names.end(),
                          [](const auto& name) { return name.starts_with("error text: "); }),
            9);
}

}  // namespace
}  // namespace verigrad::seeds
