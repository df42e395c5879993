#pragma once

#include <stdexcept>
#include <utility>

namespace verigrad::proof {

/// Thrown when a proof takes more work than its limit.
class WorkExhausted : public std::runtime_error {
 public:
  explicit WorkExhausted(double limit);
};

/// The work of a scope on this thread: operations on balls of 128 bits, longer ones in proportion.
/// Counted and not timed, so that what a proof decides is the same on every machine. Without such a
/// scope work is neither counted nor limited.
class WorkLimit {
 public:
  explicit WorkLimit(double limit);
  ~WorkLimit();
  WorkLimit(const WorkLimit&) = delete;
  WorkLimit& operator=(const WorkLimit&) = delete;

  double spent() const { return spent_; }

 private:
  friend void spend_work(double operations);
  double limit_;
  double spent_ = 0;
  WorkLimit* before_;
};

/// Adds operations at this thread's precision. Throws WorkExhausted.
void spend_work(double operations);

}  // namespace verigrad::proof
