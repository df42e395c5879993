// gradcheck accuracy: how many digits of the derivatives of files are right.
#include "runner/accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <system_error>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/inputs.hpp"
#include "cli/output.hpp"
#include "cli/shared_options.hpp"
#include "cli/timed_run.hpp"
#include "cli/usage.hpp"
#include "cli/values.hpp"
#include "engine/error.hpp"
#include "reports/worst_inputs.hpp"
#include "runner/operation_accuracy.hpp"

namespace verigrad::cli {
namespace {

struct AccuracyOptions {
  runner::Options run;
  Output output;
  bool operations = false;
};

std::vector<Option> measuring_options(runner::Options& run) {
  return {
      {"--samples", "N", "random points of each file (default 256), or of each region with --ops",
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
      flag("--strict", "exit with 1 when a verdict is worse than ok, or a stored input than stored",
           run.strict),
      jobs_option(run.jobs),
  };
}

std::vector<Option> operation_options(AccuracyOptions& options) {
  return {
      flag("--ops", "the operations themselves, by regions of their operands", options.operations),
      {"--corpus", "DIR", "worst inputs of earlier runs, tried again; worse ones are added",
       [&options](const std::string& text) { options.run.corpus = text; }},
  };
}

Syntax syntax_for(AccuracyOptions& options) {
  Syntax syntax{
      .command = "accuracy",
      .summary = "gradcheck accuracy measures how many digits of every derivative are right",
      .positional = "[FILE|DIR…]",
      .about =
          "The engine's derivatives against proven truth, in units in the last place (ulp). A\n"
          "directory means the .grad and .fpcore files directly in it; '-' reads standard input.\n"
          "Derivatives alone are measured: a function whose own value loses all its digits can be\n"
          "ok here. --ops measures values of operations, too.\n",
      .options = {},
      .examples = {"gradcheck accuracy examples",
                   "gradcheck accuracy a.grad --samples 1000 --report html=a.html",
                   "gradcheck accuracy --ops --filter exp,log1p --dtype f32"},
  };
  for (auto group :
       {measuring_options(options.run), operation_options(options), output_options(options.output)})
    syntax.options.insert(syntax.options.end(), group.begin(), group.end());
  return syntax;
}

void check_combinations(const AccuracyOptions& options, std::size_t files) {
  check_combinations(options.output);
  require_one_table(options.output, files > 0, options.operations);
  if (options.run.repro && !options.run.corpus.empty())
    throw UsageError("--repro shows one point: leave out --corpus");
  if (!options.run.overrides.set.empty() && !options.run.corpus.empty())
    throw UsageError("--set gives values, and --corpus keeps those that are drawn: leave out one");
  if (options.run.repro && options.run.seed)
    throw UsageError("--repro has the seed in its token: leave out --seed");
  if (options.run.repro && files > 1)
    throw UsageError(fmt::format("--repro is about one file, but there are {}", files));
  if (options.run.repro && options.operations)
    throw UsageError("--repro names a point of a file: leave out --ops");
  const expressions::Overrides& overrides = options.run.overrides;
  if (options.operations && files == 0 && !(overrides.set.empty() && overrides.dim.empty()))
    throw UsageError(fmt::format("--{} is about a file's {}, but there is --ops alone",
                                 overrides.set.empty() ? "dim" : "set",
                                 overrides.set.empty() ? "sizes" : "inputs"),
                     "operations are measured in regions of their own");
  if (options.operations && files > 0 && !options.run.filter.empty())
    throw UsageError("--filter names operations with --ops, but there are files as well",
                     "measure files and operations in two runs, each with its --filter");
}

std::string progress_text(const runner::Progress& progress) {
  return fmt::format("measuring {} of {} files: {}",
                     std::min(progress.files_done + 1, progress.files), progress.files,
                     progress.current);
}

/// The names between commas, without the spaces around them.
std::vector<std::string> names_in(const std::string& list) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t comma = std::min(list.find(',', begin), list.size());
    const std::size_t first = std::min(list.find_first_not_of(' ', begin), comma);
    std::size_t end = comma;
    while (end > first && list[end - 1] == ' ') --end;
    if (end > first) names.push_back(list.substr(first, end - first));
    begin = comma + 1;
  }
  return names;
}

/// Runs what reads and writes the corpus, whose errors become the command's.
template <class F>
auto with_corpus(F f) {
  try {
    return f();
  } catch (const std::system_error& error) {
    throw OutputError(fmt::format(
        "{}\n  --corpus expects a directory whose files can be read and written", error.what()));
  } catch (const reports::BadWorstInput& error) {
    throw UsageError(error.what(), "mend this line of the corpus, or remove it");
  }
}

/// Adds the operations' rows to a run, which need no files.
void add_operations(const AccuracyOptions& options, reports::Run& run) {
  runner::OperationSurveyOptions survey;
  survey.only = names_in(options.run.filter);
  survey.seed = run.seed;
  if (options.run.samples) survey.samples = *options.run.samples;
  survey.dtype = options.run.overrides.dtype;
  survey.jobs = options.run.jobs;
  survey.interrupted = options.run.interrupted;
  survey.corpus = options.run.corpus;
  try {
    runner::OperationSurvey found = measure_operations(survey);
    run.accuracy->operations = std::move(found.rows);
    std::ranges::move(found.notes, std::back_inserter(run.accuracy->notes));
    if (run.exit_code == 4 && !run.accuracy->operations.empty()) run.exit_code = 0;
    if (run.exit_code == 0 && options.run.strict && found.worsened > 0) run.exit_code = 1;
  } catch (const Error& error) {
    throw UsageError(error.what(), "'gradcheck ops' lists the operations");
  }
  if (survey.interrupted != nullptr && *survey.interrupted) run.exit_code = 130;
}

void explain_nothing(const runner::Options& options) {
  if (options.repro || !options.filter.empty())
    write_message("note: no derivative is what --filter or --repro names\n");
  else
    write_message(
        "note: the files have no derivative, or no point inside of the function's domain was "
        "found\n");
}

}  // namespace

int run_accuracy(const Call& call) {
  AccuracyOptions options;
  const std::vector<std::string> paths = parse(syntax_for(options), call.arguments);
  const Inputs inputs = options.operations && paths.empty() ? Inputs{} : find_inputs(paths);
  check_combinations(options, inputs.files.size());
  require_writable(options.output);
  with_corpus([&] {
    if (!options.run.corpus.empty()) reports::make_corpus(options.run.corpus);
  });
  report_empty_directories(inputs);
  report_values_outside_of_domains(inputs, options.run);
  reports::Run run = timed_run(options.run, options.output.quiet, progress_text, [&] {
    return with_corpus([&] {
      reports::Run measured = runner::measure_accuracy(inputs.files, options.run);
      if (options.operations) add_operations(options, measured);
      return measured;
    });
  });
  if (run.exit_code == 4 && !(inputs.files.empty() && !options.operations))
    explain_nothing(options.run);
  run.command = call.command_line;
  run.version = call.version;
  deliver(options.output, run);
  return run.exit_code;
}

}  // namespace verigrad::cli
