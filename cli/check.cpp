// gradcheck check: runs every check, claim, expectation and test of the files.
#include <fmt/format.h>

#include <algorithm>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/inputs.hpp"
#include "cli/output.hpp"
#include "cli/shared_options.hpp"
#include "cli/timed_run.hpp"
#include "cli/usage.hpp"
#include "cli/values.hpp"
#include "reports/findings.hpp"

namespace verigrad::cli {
namespace {

struct CheckOptions {
  runner::Options run;
  Output output;
  bool list = false;
};

std::string method_from(const std::string& text) {
  return one_of("--method", text, {"auto", "enclosure", "finite-difference"});
}

std::vector<Option> drawing_options(runner::Options& run) {
  return {
      samples_option(run), seed_option(run),  set_option(run),
      dim_option(run),     dtype_option(run), max_entries_option(run),
  };
}

std::vector<Option> judging_options(runner::Options& run) {
  return {
      {"--method", "METHOD", "auto, enclosure or finite-difference (default auto)",
       [&run](const std::string& text) { run.method = method_from(text); }},
      {"--bits", "B", "most bits of precision of a proof",
       [&run](const std::string& text) { run.bits = whole_number("--bits", text, 128, 1 << 20); }},
      {"--rtol", "R", "relative tolerance, instead of digits",
       [&run](const std::string& text) { run.rtol = real_number("--rtol", text, 0, 1); }},
      {"--max-ulps", "U", "units in the last place that a value may be off",
       [&run](const std::string& text) {
         run.max_ulps = real_number("--max-ulps", text, 0, 1e18);
       }},
      flag("--fast", "check gradients along random lines, not entry by entry", run.fast),
      flag("--strict", "inaccurate and inconclusive results fail", run.strict),
      {"--timeout", "SECONDS", "for every check (default: none)",
       [&run](const std::string& text) {
         run.timeout_s = real_number("--timeout", text, 0, 1e9, true);
       }},
  };
}

std::vector<Option> choosing_options(CheckOptions& options) {
  runner::Options& run = options.run;
  return {
      filter_option(run),
      repro_option(run),
      flag("--list", "only say what would be run", options.list),
      flag("--fail-fast", "stop at the first failure", run.fail_fast),
      jobs_option(run.jobs),
  };
}

Syntax syntax_for(CheckOptions& options) {
  Syntax syntax{
      .command = "check",
      .summary = "gradcheck check runs every check, claim, expectation and test of the files",
      .positional = "FILE|DIR…",
      .about =
          "A directory means the .grad and .fpcore files directly in it; '-' reads standard\n"
          "input. An option given here wins over a file's 'set'.\n",
      .options = {},
      .examples = {"gradcheck check examples", "gradcheck check a.grad --samples 200 --seed 7",
                   "gradcheck check a.grad --format json --report text=a.txt"},
  };
  for (auto group : {drawing_options(options.run), judging_options(options.run),
                     choosing_options(options), output_options(options.output)})
    syntax.options.insert(syntax.options.end(), group.begin(), group.end());
  return syntax;
}

void check_combinations(const CheckOptions& options, const Inputs& inputs) {
  check_combinations(options.output);
  if (options.list && (options.output.format != "text" || !options.output.reports.empty()))
    throw UsageError("--list prints lines of text: it goes with neither --format nor --report");
  if (!options.run.repro) return;
  if (options.run.seed) throw UsageError("--repro has the seed in its token: leave out --seed");
  if (inputs.files.size() > 1)
    throw UsageError(
        fmt::format("--repro is about one file, but there are {}", inputs.files.size()));
}

int list(const CheckOptions& options, const Inputs& inputs) {
  std::vector<reports::FileResult> errors;
  std::string out;
  const auto lines = runner::list(inputs.files, options.run, errors);
  for (const std::string& line : lines) out += line + "\n";
  for (const reports::FileResult& file : errors)
    for (const reports::FileError& error : file.errors)
      write_message(render(reports::snippet_of(file, error), message_style(options.output.color)) +
                    "\n");
  write_output(out);
  const bool wrong = reports::summarize(errors).error > 0;
  return wrong ? 2 : lines.empty() ? 4 : 0;
}

std::string progress_text(const runner::Progress& progress) {
  const std::string failed =
      progress.failures > 0 ? fmt::format(", {} failed", progress.failures) : "";
  return fmt::format("checking {} of {} files{}: {}",
                     std::min(progress.files_done + 1, progress.files), progress.files, failed,
                     progress.current);
}

void explain_nothing(const CheckOptions& options) {
  if (options.run.repro)
    write_message("note: --repro names a line on which nothing is checked\n");
  else if (!options.run.filter.empty())
    write_message(fmt::format("note: nothing matches --filter {}; '--list' shows what there is\n",
                              quote(options.run.filter)));
}

}  // namespace

int run_check(const Call& call) {
  CheckOptions options;
  const Inputs inputs = find_inputs(parse(syntax_for(options), call.arguments));
  check_combinations(options, inputs);
  report_empty_directories(inputs);
  report_values_outside_of_domains(inputs, options.run);
  if (options.list) return list(options, inputs);

  require_writable(options.output);
  reports::Run run = timed_run(options.run, options.output.quiet, progress_text,
                               [&] { return runner::check(inputs.files, options.run); });
  run.command = call.command_line;
  run.version = call.version;
  run.strict = options.run.strict;
  if (run.exit_code == 4) explain_nothing(options);
  deliver(options.output, run);
  return run.exit_code;
}

}  // namespace verigrad::cli
