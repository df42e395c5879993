#pragma once

#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>

namespace verigrad::proof {

/// Thrown when a proof takes more work than its limit.
class WorkExhausted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The work of a scope on this thread: operations on balls of 128 bits, longer ones in proportion.
/// Counted and not timed, so that what a proof decides is the same on every machine. Without such a
/// scope work is neither counted nor limited.
class WorkLimit {
 public:
  /// `seconds` limits the time as well, for those who do not need runs that repeat.
  explicit WorkLimit(double limit, std::optional<double> seconds = std::nullopt);
  ~WorkLimit();
  WorkLimit(const WorkLimit&) = delete;
  WorkLimit& operator=(const WorkLimit&) = delete;

  double spent() const { return spent_; }

 private:
  friend void spend_work(double operations);
  using Clock = std::chrono::steady_clock;
  void spend(double operations);

  double limit_;
  double spent_ = 0;
  std::optional<double> seconds_;
  Clock::time_point begin_ = Clock::now();
  unsigned calls_ = 0;
  WorkLimit* before_;
};

/// Adds operations at this thread's precision. Throws WorkExhausted.
void spend_work(double operations);

}  // namespace verigrad::proof
