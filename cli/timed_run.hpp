#pragma once

#include <chrono>
#include <string>

#include "cli/environment.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "reports/model.hpp"
#include "runner/options.hpp"

namespace verigrad::cli {

/// Runs files with Ctrl-C caught and, unless `quiet`, a line of progress on a terminal, and fills
/// in `started`, `elapsed_s` and `environment`.
template <class ProgressText, class Measure>
reports::Run timed_run(runner::Options& options, bool quiet, ProgressText progress_text,
                       Measure measure) {
  options.interrupted = &catch_interrupt();
  ProgressLine progress(!quiet);
  if (progress.is_shown())
    options.progress = [&](const runner::Progress& now) { progress.show(progress_text(now)); };
  const auto start = std::chrono::steady_clock::now();
  const std::string started = utc_now();
  reports::Run run = measure();
  run.started = started;
  run.elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  run.environment = environment();
  return run;
}

}  // namespace verigrad::cli
