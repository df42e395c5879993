// gradcheck accuracy: how many digits of the derivatives of files are right.
#include "runner/accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/environment.hpp"
#include "cli/inputs.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/shared_options.hpp"
#include "cli/usage.hpp"
#include "cli/values.hpp"

namespace verigrad::cli {
namespace {

struct AccuracyOptions {
  runner::Options run;
  Output output;
};

std::vector<Option> measuring_options(runner::Options& run) {
  return {
      {"--samples", "N", "random points of each file (default 256)",
       [&run](const std::string& text) {
         run.samples = whole_number("--samples", text, 1, 1'000'000);
       }},
      seed_option(run),
      set_option(run),
      dim_option(run),
      dtype_option(run),
      max_entries_option(run),
      filter_option(run),
      repro_option(run),
      flag("--strict", "exit with 1 when a verdict is worse than ok", run.strict),
      jobs_option(run.jobs),
  };
}

Syntax syntax_for(AccuracyOptions& options) {
  Syntax syntax{
      .command = "accuracy",
      .summary = "gradcheck accuracy measures how many digits of every derivative are right",
      .positional = "FILE|DIR…",
      .about =
          "The engine's derivatives against proven truth, in units in the last place (ulp). A\n"
          "directory means the .grad and .fpcore files directly in it; '-' reads standard input.\n",
      .options = {},
      .examples = {"gradcheck accuracy examples",
                   "gradcheck accuracy a.grad --samples 1000 --report html=a.html"},
  };
  for (auto group : {measuring_options(options.run), output_options(options.output)})
    syntax.options.insert(syntax.options.end(), group.begin(), group.end());
  return syntax;
}

std::string progress_text(const runner::Progress& progress) {
  return fmt::format("measuring {} of {} files: {}",
                     std::min(progress.files_done + 1, progress.files), progress.files,
                     progress.current);
}

reports::Run timed_run(AccuracyOptions& options, const Inputs& inputs) {
  options.run.interrupted = &catch_interrupt();
  ProgressLine progress(!options.output.quiet);
  if (progress.is_shown())
    options.run.progress = [&progress](const runner::Progress& now) {
      progress.show(progress_text(now));
    };
  const auto start = std::chrono::steady_clock::now();
  const std::string started = utc_now();
  reports::Run run = runner::measure_accuracy(inputs.files, options.run);
  run.started = started;
  run.elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  run.environment = environment();
  return run;
}

}  // namespace

int run_accuracy(const Call& call) {
  AccuracyOptions options;
  const Inputs inputs = find_inputs(parse(syntax_for(options), call.arguments));
  check_combinations(options.output);
  if (options.run.repro && options.run.seed)
    throw UsageError("--repro has the seed in its token: leave out --seed");
  require_writable(options.output);
  report_empty_directories(inputs);
  reports::Run run = timed_run(options, inputs);
  run.command = call.command_line;
  run.version = call.version;
  deliver(options.output, run);
  return run.exit_code;
}

}  // namespace verigrad::cli
