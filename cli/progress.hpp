#pragma once

#include <chrono>
#include <mutex>
#include <string_view>

namespace verigrad::cli {

/// How far a run has come, on the last line of the terminal behind standard error. Says nothing at
/// all when that is no terminal; the line is gone when the object is.
class ProgressLine {
 public:
  explicit ProgressLine(bool wanted);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool is_shown() const { return shown_; }
  /// May be called by several threads at once; most calls return without writing.
  void show(std::string_view text);

 private:
  bool shown_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point next_;
  bool written_ = false;
};

}  // namespace verigrad::cli
