#include "tests/runner/support.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>

#include "reports/findings.hpp"
#include "reports/text.hpp"

namespace verigrad::runner {

namespace fs = std::filesystem;

reports::Run check_text(const std::string& text, const Options& options) {
  const Input input{"t.grad", text};
  return check(std::span(&input, 1), options);
}

reports::Run check_file(const fs::path& path, const Options& options) {
  const Input input{path.string(), {}};
  return check(std::span(&input, 1), options);
}

const CheckResult& at_line(const reports::Run& run, std::int64_t line) {
  static const CheckResult none;
  for (const CheckResult& check : run.files.at(0).checks)
    if (check.line == line) return check;
  ADD_FAILURE() << "no result at line " << line << "\n" << shown(run);
  return none;
}

Verdict verdict_of_text(const std::string& text, const Options& options) {
  const reports::Run run = check_text(text, options);
  EXPECT_TRUE(run.files.at(0).errors.empty()) << shown(run);
  EXPECT_EQ(run.files.at(0).checks.size(), 1u) << shown(run);
  return run.files.at(0).checks.empty() ? Verdict::fail : run.files[0].checks[0].verdict;
}

std::string fact(const CheckResult& check, const std::string& label) {
  for (const reports::Fact& each : check.explanation.facts)
    if (each.label == label) return each.text;
  return {};
}

std::set<std::string> codes_of(const reports::Run& run) {
  std::set<std::string> codes;
  for (const reports::FileResult& file : run.files) {
    for (const reports::FileError& error : file.errors) codes.insert(error.code);
    for (const CheckResult& check : file.checks) {
      if (!check.explanation.code.empty()) codes.insert(check.explanation.code);
      for (const reports::Diagnosis& diagnosis : check.diagnosis) codes.insert(diagnosis.code);
    }
    for (const reports::AccuracyRow& row : file.accuracy)
      if (reports::is_finding(row)) codes.insert(reports::rule_of({.file = &file, .row = &row}));
  }
  return codes;
}

std::string shown(const reports::Run& run) { return reports::render_text(run); }

void expect_bad(const reports::Run& run, const std::string& name) {
  const std::string text = shown(run);
  EXPECT_EQ(run.exit_code, 2) << name << "\n" << text.substr(0, 2000);
  ASSERT_EQ(run.files.size(), 1u) << name;
  EXPECT_FALSE(run.files[0].errors.empty()) << name;
  EXPECT_TRUE(run.files[0].checks.empty()) << name;
  EXPECT_NE(text.find('^'), std::string::npos) << name << "\n" << text.substr(0, 2000);
  EXPECT_LT(text.size(), 1u << 16) << name << ": more than a screen or two";
  for (const reports::FileError& error : run.files[0].errors) {
    EXPECT_FALSE(error.code.empty()) << name;
    EXPECT_FALSE(error.message.empty()) << name;
    EXPECT_GE(error.line, 1) << name << ": " << error.message;
    EXPECT_GE(error.column, 1) << name << ": " << error.message;
  }
  EXPECT_LE(run.files[0].errors.size(), 21u) << name << ": at most 20 errors are reported";
}

TemporaryDirectory::TemporaryDirectory() {
  static std::atomic<int> count = 0;
  path_ = fs::temp_directory_path() / fmt::format("verigrad_runner_{}_{}", getpid(), ++count);
  fs::create_directories(path_);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path TemporaryDirectory::write(const std::string& name, const std::string& bytes) const {
  std::ofstream(path_ / name, std::ios::binary) << bytes;
  return path_ / name;
}

std::string read_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> bad_files(const std::string& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(VERIGRAD_SOURCE_DIR "/tests/bad" + directory))
    if (entry.path().extension() == ".grad") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace verigrad::runner
