#pragma once

#include <exception>
#include <string>
#include <utility>

namespace verigrad::cli {

/// A command line that is wrong: exit code 2. `main` prints
///
///     error: unknown option '--sampels'
///       did you mean '--samples'?
///       see 'gradcheck check --help'
class UsageError : public std::exception {
 public:
  explicit UsageError(std::string message, std::string hint = "")
      : message_(std::move(message)), hint_(std::move(hint)) {}

  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_, hint_;
};

}  // namespace verigrad::cli
