#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "expressions/codes.hpp"
#include "runner/run.hpp"

namespace verigrad::runner {

using reports::CheckResult;
using reports::Verdict;

inline Options with_samples(std::int64_t samples) {
  Options options;
  options.samples = samples;
  return options;
}
inline Options with_rtol(double rtol) {
  Options options;
  options.rtol = rtol;
  return options;
}
inline Options with_max_ulps(double max_ulps) {
  Options options;
  options.max_ulps = max_ulps;
  return options;
}

/// Runs a text under the path `t.grad`.
reports::Run check_text(const std::string& text, const Options& options = {});
/// Runs a file of the disk.
reports::Run check_file(const std::filesystem::path& path, const Options& options = {});

/// The result at a line, or the only one without a line; a test failure when there is none.
const CheckResult& at_line(const reports::Run& run, std::int64_t line);
/// The verdict of a text's only result; a file error is a test failure.
Verdict verdict_of_text(const std::string& text, const Options& options = {});
/// The fact of that label, or an empty string.
std::string fact(const CheckResult& check, const std::string& label);

/// All codes that a run names: of errors, explanations, diagnoses and accuracy rows.
std::set<std::string> codes_of(const reports::Run& run);
/// The run as the terminal shows it.
std::string shown(const reports::Run& run);

/// What must hold of every run of a file that cannot be checked: exit code 2, and every error has a
/// code, a place and a caret on the terminal.
void expect_bad(const reports::Run& run, const std::string& name);

/// A directory of its own that is removed at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  /// Writes a file and returns its path.
  std::filesystem::path write(const std::string& name, const std::string& bytes) const;

 private:
  std::filesystem::path path_;
};

std::string read_bytes(const std::filesystem::path& path);
/// The files with this extension directly in a directory of tests/bad, sorted.
std::vector<std::filesystem::path> bad_files(const std::string& directory);

}  // namespace verigrad::runner
