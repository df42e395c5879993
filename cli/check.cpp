// gradcheck check: runs every check, claim, expectation and test of the files.
#include <fmt/format.h>

#include <chrono>
#include <system_error>
#include <thread>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/environment.hpp"
#include "cli/inputs.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/shared_options.hpp"
#include "cli/usage.hpp"
#include "cli/values.hpp"
#include "reports/file.hpp"
#include "reports/text.hpp"
#include "reports/writer.hpp"

namespace verigrad::cli {
namespace {

struct Report {
  const reports::Writer* writer;
  std::string path;
};

struct CheckOptions {
  runner::Options run;
  std::string format = "text";
  std::vector<Report> reports;
  Color color = Color::automatic;
  bool list = false, quiet = false, verbose = false;
};

const reports::Writer* writer_for(std::string_view option, const std::string& format) {
  return reports::writer(one_of(option, format, reports::writer_names()));
}

Report report_from(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals + 1 == text.size())
    throw UsageError(fmt::format("--report expects FORMAT=PATH, not {}", quote(text)),
                     "such as --report json=run.json");
  return {writer_for("--report", text.substr(0, equals)), text.substr(equals + 1)};
}

std::string method_from(const std::string& text) {
  return one_of("--method", text, {"auto", "enclosure", "finite-difference"});
}

runner::ReproToken repro_from(const std::string& text) {
  const auto token = runner::parse_repro(text);
  if (!token)
    throw UsageError(fmt::format("--repro expects LINE:kPOINT:SEED, not {}", quote(text)),
                     "failures print theirs, such as 5:k3:42");
  return *token;
}

int default_jobs() {
  const unsigned processors = std::thread::hardware_concurrency();
  return processors == 0 ? 1 : static_cast<int>(std::min(processors, 64U));
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
      {"--filter", "FILE:LINE|NAME", "only what stands on a line, or is called so",
       [&run](const std::string& text) { run.filter = text; }},
      {"--repro", "TOKEN", "one point of one check again, as a failure names it",
       [&run](const std::string& text) { run.repro = repro_from(text); }},
      flag("--list", "only say what would be run", options.list),
      flag("--fail-fast", "stop at the first failure", run.fail_fast),
      {"-j", "N", "threads (default: one a processor); results do not depend on it",
       [&run](const std::string& text) {
         run.jobs = static_cast<int>(whole_number("-j", text, 1, 1024));
       }},
  };
}

std::vector<Option> output_options(CheckOptions& options) {
  return {
      {"--format", "FORMAT",
       fmt::format("on standard output: {} (default text)", either(reports::writer_names())),
       [&options](const std::string& text) {
         options.format = writer_for("--format", text)->name();
       }},
      {"--report", "FORMAT=PATH", "also into a file, whole or not at all",
       [&options](const std::string& text) { options.reports.push_back(report_from(text)); }, true},
      flag("--quiet", "failures and the summary only", options.quiet),
      flag("--verbose", "a line for every check, and the time taken", options.verbose),
      color_option(options.color),
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
                     choosing_options(options), output_options(options)})
    syntax.options.insert(syntax.options.end(), group.begin(), group.end());
  return syntax;
}

void check_combinations(const CheckOptions& options, const Inputs& inputs) {
  if (options.quiet && options.verbose)
    throw UsageError("--quiet and --verbose exclude each other");
  if (options.list && (options.format != "text" || !options.reports.empty()))
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
      write_message(render(reports::snippet_of(file, error), message_style(options.color)) + "\n");
  write_output(out);
  const bool wrong = reports::summarize(errors).error > 0;
  return wrong ? 2 : lines.empty() ? 4 : 0;
}

// Writes the reports; a failure is told and becomes the run's exit code.
void write_reports(const CheckOptions& options, reports::Run& run) {
  for (const Report& report : options.reports) try {
      reports::write_file_atomically(report.path, report.writer->render(run));
    } catch (const std::system_error& error) {
      const reports::Style style = message_style(options.color);
      write_message(fmt::format("{}: {}\n", style.paint(style.error, "error"), error.what()));
      if (run.exit_code != 130) run.exit_code = 3;
    }
}

std::string rendered(const CheckOptions& options, const reports::Run& run) {
  if (options.format != "text") return reports::writer(options.format)->render(run);
  return reports::render_text(run, {.style = output_style(options.color),
                                    .quiet = options.quiet,
                                    .verbose = options.verbose,
                                    .strict = options.run.strict});
}

reports::Run timed_run(CheckOptions& options, const Inputs& inputs) {
  options.run.interrupted = &catch_interrupt();
  ProgressLine progress(!options.quiet);
  if (progress.is_shown())
    options.run.progress = [&progress](const runner::Progress& now) { progress.show(now); };
  const auto start = std::chrono::steady_clock::now();
  const std::string started = utc_now();
  reports::Run run = runner::check(inputs.files, options.run);
  run.started = started;
  run.elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  run.environment = environment();
  return run;
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
  options.run.jobs = default_jobs();
  const Inputs inputs = find_inputs(parse(syntax_for(options), call.arguments));
  check_combinations(options, inputs);
  report_empty_directories(inputs);
  if (options.list) return list(options, inputs);

  reports::Run run = timed_run(options, inputs);
  run.command = call.command_line;
  run.version = call.version;
  if (run.exit_code == 4) explain_nothing(options);
  write_reports(options, run);
  write_output(rendered(options, run));
  return run.exit_code;
}

}  // namespace verigrad::cli
