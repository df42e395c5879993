#pragma once

#include <atomic>

namespace verigrad::cli {

/// From now on the first Ctrl-C sets the flag that is returned, and the second ends the program.
/// Where the caller has SIGINT ignored (`nohup`, background jobs), it stays ignored.
const std::atomic<bool>& catch_interrupt();

}  // namespace verigrad::cli
