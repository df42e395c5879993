#include "proof/work.hpp"

#include <fmt/format.h>

#include "proof/ball.hpp"

namespace verigrad::proof {
namespace {

thread_local WorkLimit* current = nullptr;

/// Arb keeps memory for each thread, which nobody else gives back at the thread's end.
struct ArbCaches {
  ~ArbCaches() { flint_cleanup(); }
};

}  // namespace

WorkLimit::WorkLimit(double limit, std::optional<double> seconds)
    : limit_(limit), seconds_(seconds), before_(std::exchange(current, this)) {
  static thread_local const ArbCaches caches;
}

WorkLimit::~WorkLimit() {
  current = before_;
  if (current) current->spent_ += spent_;
}

void WorkLimit::spend(double operations) {
  constexpr unsigned calls_a_look = 256;
  spent_ += operations * static_cast<double>(working_bits) / 128;
  if (spent_ > limit_)
    throw WorkExhausted(
        fmt::format("the proof takes more than the limit of {:.0e} operations on balls", limit_));
  if (!seconds_ || ++calls_ % calls_a_look != 0) return;
  if (std::chrono::duration<double>(Clock::now() - begin_).count() > *seconds_)
    throw WorkExhausted(fmt::format("the proof takes more than the limit of {} s", *seconds_));
}

void spend_work(double operations) {
  if (current) current->spend(operations);
}

}  // namespace verigrad::proof
