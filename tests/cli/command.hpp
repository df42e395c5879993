// Runs the built command as a user would, in a directory of its own.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace verigrad::cli {

/// Where a standard stream of the command goes.
enum class Stream { captured, terminal, closed, full };

struct Surroundings {
  std::string standard_input{};
  Stream output = Stream::captured;
  Stream messages = Stream::captured;
  /// Beside TERM=xterm; NO_COLOR is never inherited.
  std::vector<std::pair<std::string, std::string>> environment{};
};

struct Result {
  int exit_code = -1;  ///< 128 + signal when one ended the command
  std::string out, err;
};

/// A command that runs.
class Process {
 public:
  Process(const std::vector<std::string>& arguments, const Surroundings& surroundings,
          const std::filesystem::path& directory);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const { return id_; }
  /// Waits until the text stands on the terminal; false when the process ended before.
  bool wait_for_text(std::string_view text);
  Result wait();

 private:
  std::string captured(const char* name) const;
  bool read_terminal();

  std::filesystem::path scratch_;
  pid_t id_ = -1;
  int terminal_ = -1;
  std::string terminal_text_;
  bool output_on_terminal_ = false, messages_on_terminal_ = false;
};

/// A test with a directory in which files are written and the command runs.
class CommandTest : public ::testing::Test {
 protected:
  CommandTest();
  ~CommandTest() override;

  void write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  bool exists(const std::string& name) const;
  const std::filesystem::path& directory() const { return directory_; }

  Result run(const std::vector<std::string>& arguments,
             const Surroundings& surroundings = {}) const;

 private:
  std::filesystem::path directory_;
};

/// Files that come back with a known verdict.
namespace files {
inline constexpr const char* pass = "input x = 0.5\ny = sin(x ** 2)\n";
inline constexpr const char* fail = "input x = 0.7\ny = sin(x ** 2)\ngrad x = cos(x ** 2)\n";
inline constexpr const char* inconclusive = "input x = 0\ny = floor(x)\n";
inline constexpr const char* wrong = "input x = 2\ny = sni(x)\n";

inline constexpr const char* drawn = "input x : [3] in [-2, 2]\ny = sum(exp(x))\n";
}  // namespace files

}  // namespace verigrad::cli
