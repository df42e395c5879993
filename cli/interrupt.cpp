#include "cli/interrupt.hpp"

#include <csignal>

namespace verigrad::cli {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_interrupt(int) { interrupted.store(true); }

}  // namespace

const std::atomic<bool>& catch_interrupt() {
  struct sigaction former {};
  if (::sigaction(SIGINT, nullptr, &former) == 0 && former.sa_handler == SIG_IGN)
    return interrupted;
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  return interrupted;
}

}  // namespace verigrad::cli
