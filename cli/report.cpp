// gradcheck report: a saved run in another format.
#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/output.hpp"
#include "cli/saved_run.hpp"
#include "cli/usage.hpp"
#include "cli/values.hpp"

namespace verigrad::cli {
namespace {

struct ReportOptions {
  Output output;
  std::string path;  ///< instead of standard output, when it is not empty
};

Syntax syntax_for(ReportOptions& options) {
  Syntax syntax{
      .command = "report",
      .summary = "gradcheck report renders a saved run in another format",
      .positional = "RUN.json",
      .about =
          "RUN.json is what --format json or --report json=RUN.json of a run has written; '-'\n"
          "reads standard input. A saved run has no source lines, so that what failed is\n"
          "explained by its diagnosis and its worst entry. Exits 0 whatever the run came to.\n",
      .options = output_options(options.output, "--to"),
      .examples = {"gradcheck report run.json --to markdown",
                   "gradcheck report run.json --to csv -o run.csv --report junit=run.xml"},
  };
  syntax.options.insert(syntax.options.begin() + 1,
                        {"-o", "PATH", "into a file instead, whole or not at all",
                         [&options](const std::string& text) { options.path = text; }});
  return syntax;
}

}  // namespace

int run_report(const Call& call) {
  ReportOptions options;
  const std::vector<std::string> paths = parse(syntax_for(options), call.arguments);
  check_combinations(options.output);
  if (paths.size() != 1)
    throw UsageError(paths.empty() ? "no saved run given"
                                   : fmt::format("one saved run at a time, but there is {} as well",
                                                 quote(paths[1])));
  const reports::Run run = read_saved_run(paths.front());
  if (!options.path.empty())
    options.output.reports.push_back({reports::writer(options.output.format), options.path});
  require_one_table(options.output, !run.files.empty(),
                    run.accuracy && !run.accuracy->operations.empty());
  const bool written = write_reports(options.output, run);
  if (options.path.empty()) write_output(rendered(options.output, run));
  return written ? 0 : 3;
}

}  // namespace verigrad::cli
