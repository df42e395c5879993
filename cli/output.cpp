#include "cli/output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "cli/console.hpp"
#include "cli/shared_options.hpp"
#include "cli/usage.hpp"
#include "cli/values.hpp"
#include "reports/file.hpp"
#include "reports/text.hpp"

namespace verigrad::cli {
namespace {

const reports::Writer* writer_for(std::string_view option, const std::string& format) {
  return reports::writer(one_of(option, format, reports::writer_names()));
}

Output::Report report_from(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals + 1 == text.size())
    throw UsageError(fmt::format("--report expects FORMAT=PATH, not {}", quote(text)),
                     "such as --report json=run.json");
  const std::string path = text.substr(equals + 1);
  if (path == "-")
    throw UsageError("--report expects a file, not '-'",
                     "--format decides what standard output gets; ./- is a file of that name");
  return {writer_for("--report", text.substr(0, equals)), path};
}

}  // namespace

std::vector<Option> output_options(Output& output, std::string format_option) {
  return {
      {format_option, "FORMAT",
       fmt::format("on standard output: {} (default text)", either(reports::writer_names())),
       [&output, format_option](const std::string& text) {
         output.format = writer_for(format_option, text)->name();
       }},
      {"--report", "FORMAT=PATH", "also into a file, whole or not at all",
       [&output](const std::string& text) { output.reports.push_back(report_from(text)); }, true},
      flag("--quiet", "failures and the summary only", output.quiet),
      flag("--verbose", "a line for every check, and the time taken", output.verbose),
      color_option(output.color),
  };
}

void check_combinations(const Output& output) {
  if (output.quiet && output.verbose) throw UsageError("--quiet and --verbose exclude each other");
}

void require_one_table(const Output& output, bool files, bool operations) {
  const bool csv = output.format == "csv" ||
                   std::ranges::any_of(output.reports, [](const Output::Report& report) {
                     return report.writer->name() == "csv";
                   });
  if (csv && files && operations)
    throw UsageError("csv is one table: derivatives of files or operations, not both",
                     "measure them in two runs, or take json, which holds both");
}

void require_writable(const std::string& path) {
  try {
    reports::require_writable(path);
  } catch (const std::system_error& error) {
    throw OutputError(error.what());
  }
}

void require_writable(const Output& output) {
  for (const Output::Report& report : output.reports) require_writable(report.path);
}

std::string rendered(const Output& output, const reports::Run& run) {
  if (output.format != "text") return reports::writer(output.format)->render(run);
  return reports::render_text(
      run, {.style = output_style(output.color), .quiet = output.quiet, .verbose = output.verbose});
}

bool write_file(const Output& output, const std::string& path, const std::string& contents) {
  try {
    reports::write_file_atomically(path, contents);
    return true;
  } catch (const std::system_error& error) {
    const reports::Style style = message_style(output.color);
    write_message(fmt::format("{}: {}\n", style.paint(style.error, "error"), error.what()));
    return false;
  }
}

bool write_reports(const Output& output, const reports::Run& run) {
  bool written = true;
  for (const Output::Report& report : output.reports)
    written &= write_file(output, report.path, report.writer->render(run));
  return written;
}

void deliver(const Output& output, reports::Run& run) {
  if (!write_reports(output, run) && run.exit_code != 130) run.exit_code = 3;
  write_output(rendered(output, run));
}

}  // namespace verigrad::cli
