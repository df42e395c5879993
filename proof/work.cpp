#include "proof/work.hpp"

#include <fmt/format.h>

#include "proof/ball.hpp"

namespace verigrad::proof {
namespace {

thread_local WorkLimit* current = nullptr;

}  // namespace

WorkExhausted::WorkExhausted(double limit)
    : std::runtime_error(fmt::format(
          "the proof takes more than the limit of {:.0e} operations on balls", limit)) {}

WorkLimit::WorkLimit(double limit) : limit_(limit), before_(std::exchange(current, this)) {}

WorkLimit::~WorkLimit() {
  current = before_;
  if (current) current->spent_ += spent_;
}

void spend_work(double operations) {
  if (!current) return;
  current->spent_ += operations * static_cast<double>(working_bits) / 128;
  if (current->spent_ > current->limit_) throw WorkExhausted(current->limit_);
}

}  // namespace verigrad::proof
