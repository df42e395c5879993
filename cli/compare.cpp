// gradcheck compare: what got better or worse between two saved runs.
#include "reports/compare.hpp"

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/saved_run.hpp"
#include "cli/shared_options.hpp"
#include "cli/usage.hpp"
#include "cli/values.hpp"

namespace verigrad::cli {
namespace {

struct CompareOptions {
  double digits = 0.5;
  std::string format = "text";
  Color color = Color::automatic;
};

Syntax syntax_for(CompareOptions& options) {
  return {
      .command = "compare",
      .summary = "gradcheck compare tells what got better or worse between two saved runs",
      .positional = "OLD.json NEW.json",
      .about =
          "Worse is a worse verdict, fewer digits of the worst entry, an accuracy row whose p99\n"
          "or max error is more than twice as large and above 1 ulp, a row of an operation whose\n"
          "max error is, a failure that is new, and a file that has errors now. Lines may have\n"
          "moved: a check is known by its file, kind, name, output, inputs and dtype. Exits 1\n"
          "when something got worse, else 0; '-' reads standard input.\n",
      .options = {{"--digits", "D",
                   fmt::format("digits that may be lost or won unnoticed (default {})",
                               options.digits),
                   [&options](const std::string& text) {
                     options.digits = real_number("--digits", text, 0, 16);
                   }},
                  {"--format", "FORMAT", "text, json or markdown (default text)",
                   [&options](const std::string& text) {
                     options.format = one_of("--format", text, {"text", "json", "markdown"});
                   }},
                  color_option(options.color)},
      .examples = {"gradcheck compare before.json after.json",
                   "gradcheck compare before.json after.json --digits 1 --format markdown"},
  };
}

std::string rendered(const CompareOptions& options, const reports::Comparison& comparison) {
  if (options.format == "json") return comparison_json(comparison);
  if (options.format == "markdown") return comparison_markdown(comparison);
  return comparison_text(comparison, output_style(options.color));
}

}  // namespace

int run_compare(const Call& call) {
  CompareOptions options;
  const std::vector<std::string> paths = parse(syntax_for(options), call.arguments);
  if (paths.size() != 2)
    throw UsageError(fmt::format("two saved runs are compared, but {} given",
                                 paths.empty()       ? "none is"
                                 : paths.size() == 1 ? "one is"
                                                     : fmt::format("{} are", paths.size())));
  if (paths[0] == "-" && paths[1] == "-")
    throw UsageError("standard input holds one saved run, not two");
  const reports::Run before = read_saved_run(paths[0]);
  const reports::Run after = read_saved_run(paths[1]);
  if (are_of_different_kinds(before, after))
    throw UsageError(
        fmt::format("{} is a run of 'gradcheck accuracy', and {} is not: there is nothing "
                    "to compare",
                    quote(paths[before.accuracy ? 0 : 1]), quote(paths[before.accuracy ? 1 : 0])),
        "save both runs with the same command");
  const reports::Comparison comparison = reports::compare(before, after, options.digits);
  write_output(rendered(options, comparison));
  return comparison.count(reports::Trend::worse) > 0 ? 1 : 0;
}

}  // namespace verigrad::cli
