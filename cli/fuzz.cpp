// gradcheck fuzz: random composite functions against the laws of differentiation.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <system_error>

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
#include "engine/operation_table.hpp"
#include "properties/instructions.hpp"
#include "properties/session.hpp"
#include "reports/text.hpp"
#include "runner/draw.hpp"

namespace verigrad::cli {
namespace {

using properties::SessionOptions;

struct FuzzCommand {
  SessionOptions session;
  runner::Options drawing;
  std::optional<std::uint64_t> cases;
  std::string coverage_path;
  Output output;
};

std::uint64_t seed_from(const std::string& text) {
  if (text != "random") return seed_number("--seed", text);
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32 | device();
}

/// Whether random programs can be made of the operation; throws UsageError that says why not.
void require_drawable(const std::string& name) {
  const auto drawn = properties::instructions(operation_table());
  const Operation* found = operation_table().find(name);
  if (found != nullptr && std::ranges::find(drawn, found) != drawn.end()) return;
  if (found != nullptr && !found->info.internal)
    throw UsageError(fmt::format("--ops: no random programs are made of {}, {}", quote(name),
                                 found->differentiable()
                                     ? "which reads an index tensor"
                                     : "which has no derivative: no law speaks of it"));
  std::vector<std::string_view> names;
  for (const Operation* operation : drawn)
    if (operation != nullptr) names.push_back(operation->name());
  const std::string near = suggestion(name, names);
  throw UsageError(fmt::format("--ops: no operation is called {}", quote(name)),
                   near.empty() ? "'gradcheck ops' lists them" : near);
}

std::vector<std::string> names_from(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    names.push_back(text.substr(begin, end - begin));
    if (names.back().empty())
      throw UsageError(
          fmt::format("--ops expects names with commas between them, not {}", quote(text)),
          "such as --ops sin,matmul");
    require_drawable(names.back());
    begin = end + 1;
  }
  return names;
}

double seconds_from(const std::string& text) {
  try {
    return real_number("--max-time", text, 0, 1e9, true);
  } catch (const UsageError& error) {
    throw UsageError(error.message(), "it counts seconds: --max-time 3600 is an hour");
  }
}

/// `I/N` with 1 <= I <= N.
void set_shard(const std::string& text, properties::FuzzOptions& options) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos)
    throw UsageError(fmt::format("--shard expects I/N, not {}", quote(text)),
                     "such as --shard 2/4 for the second quarter");
  const auto shards = whole_number("--shard", text.substr(slash + 1), 1, 1 << 20);
  options.shard =
      static_cast<std::uint64_t>(whole_number("--shard", text.substr(0, slash), 1, shards) - 1);
  options.shards = static_cast<std::uint64_t>(shards);
}

Syntax syntax_for(FuzzCommand& command) {
  properties::FuzzOptions& fuzz = command.session.fuzz;
  Syntax syntax{
      .command = "fuzz",
      .summary =
          "gradcheck fuzz holds random composite functions against the laws of "
          "differentiation",
      .positional = "[FILE|DIR…]",
      .about =
          "Files, and those that --save has kept, are tried first: their functions at the\n"
          "points that are drawn for them. With files and without --cases nothing else is.\n"
          "A program that breaks a law is made small, printed, and kept.\n",
      .options = {{"--cases", "N", "random programs to try (default 100000)",
                   [&command](const std::string& text) {
                     command.cases = static_cast<std::uint64_t>(
                         whole_number("--cases", text, 0, 1'000'000'000'000));
                   }},
                  {"--max-time", "SECONDS", "stop after so long",
                   [&fuzz](const std::string& text) { fuzz.max_seconds = seconds_from(text); }},
                  {"--seed", "S|random",
                   fmt::format("what all random draws follow from (default {})", fuzz.search.seed),
                   [&command](const std::string& text) {
                     command.drawing.seed = command.session.fuzz.search.seed = seed_from(text);
                   }},
                  {"--ops", "LIST", "operations to make programs of, such as sin,matmul",
                   [&fuzz](const std::string& text) { fuzz.search.only = names_from(text); }},
                  {"--save", "DIR", "keep what fails there, and try what was kept first",
                   [&command](const std::string& text) { command.session.directory = text; }},
                  flag("--keep-going", "go on after a failure, up to 100 that differ",
                       fuzz.keep_going),
                  {"--coverage", "PATH", "write how often each operation was met, and how, as CSV",
                   [&command](const std::string& text) { command.coverage_path = text; }},
                  {"--shard", "I/N",
                   "every N-th program from the I-th: a part for each of N machines",
                   [&fuzz](const std::string& text) { set_shard(text, fuzz); }},
                  samples_option(command.drawing),
                  jobs_option(fuzz.jobs)},
      .examples = {"gradcheck fuzz", "gradcheck fuzz --ops sin,mul,sum --cases 1000000",
                   "gradcheck fuzz --seed random --max-time 3600 --save found --keep-going",
                   "gradcheck fuzz found"},
  };
  const auto output = output_options(command.output);
  syntax.options.insert(syntax.options.end(), output.begin(), output.end());
  return syntax;
}

void prepare_directory(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (!std::filesystem::is_directory(directory))
    throw UsageError(fmt::format("--save expects a directory, not {}", quote(directory)));
}

/// The functions of a file at its points; what is wrong with it goes to `errors`.
void add_replays(const runner::Input& input, const FuzzCommand& command, SessionOptions& session,
                 std::vector<reports::FileResult>& errors) {
  const runner::DrawnFile drawn =
      runner::draw_file(input, command.drawing, runner::default_samples);
  if (!drawn.errors.empty())
    errors.push_back({.path = input.path, .checks = {}, .errors = drawn.errors});
  for (const runner::Sample& sample : drawn.samples)
    if (sample.instance.output != no_value && !sample.no_point)
      session.replays.push_back(
          {input.path,
           properties::edited({sample.instance.program, sample.instance.output, sample.point})});
}

/// Nothing found is lost when the run is killed: without a directory it is told at once.
void tell(const properties::Counterexample& found, properties::Stage stage) {
  if (stage != properties::Stage::drawn) return;
  write_message(fmt::format("found: {} does not hold for\n{}", found.law->name, found.text));
}

reports::Run timed_run(const Call& call, FuzzCommand& command,
                       std::vector<reports::FileResult> errors) {
  properties::FuzzOptions& fuzz = command.session.fuzz;
  fuzz.interrupted = &catch_interrupt();
  ProgressLine progress(!command.output.quiet);
  if (progress.is_shown())
    fuzz.progress = [&](const properties::FuzzProgress& now) {
      progress.show(fmt::format("{} programs, {:.0f} a second, {} found", now.cases,
                                static_cast<double>(now.cases) / now.seconds, now.found));
    };
  if (command.session.directory.empty())
    fuzz.found = [](const properties::Failure&, const properties::Counterexample& found,
                    properties::Stage stage) { tell(found, stage); };
  const std::string started = utc_now();
  properties::SessionResult result = run_session(command.session);
  reports::Run& run = result.run;
  run.files.insert(run.files.begin(), errors.begin(), errors.end());
  run.summary = reports::summarize(run.files);
  run.exit_code = reports::exit_code(run.files, {.interrupted = run.exit_code == 130});
  run.started = started;
  run.elapsed_s = result.seconds;
  run.environment = environment();
  run.command = call.command_line;
  run.version = call.version;
  if (!command.coverage_path.empty())
    if (!write_file(command.output, command.coverage_path, result.coverage_csv) &&
        run.exit_code != 130)
      run.exit_code = 3;
  return run;
}

}  // namespace

int run_fuzz(const Call& call) {
  FuzzCommand command;
  std::vector<std::string> paths = parse(syntax_for(command), call.arguments);
  check_combinations(command.output);
  require_writable(command.output);
  if (!command.coverage_path.empty()) require_writable(command.coverage_path);
  SessionOptions& session = command.session;
  session.fuzz.search.expensive_every = 16;
  session.fuzz.cases = command.cases.value_or(paths.empty() ? 100'000 : 0);
  if (!session.directory.empty()) {
    prepare_directory(session.directory);
    paths.insert(paths.begin(), session.directory);
  }
  std::vector<reports::FileResult> errors;
  if (!paths.empty())
    for (const runner::Input& input : find_inputs(paths).files)
      add_replays(input, command, session, errors);
  try {
    reports::Run run = timed_run(call, command, std::move(errors));
    deliver(command.output, run);
    return run.exit_code;
  } catch (const std::system_error& error) {
    throw OutputError(error.what());
  }
}

}  // namespace verigrad::cli
