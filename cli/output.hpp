#pragma once

#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/color.hpp"
#include "reports/model.hpp"
#include "reports/writer.hpp"

namespace verigrad::cli {

/// Where a run's result goes, and how it looks there.
struct Output {
  struct Report {
    const reports::Writer* writer;
    std::string path;
  };

  std::string format = "text";
  std::vector<Report> reports;
  Color color = Color::automatic;
  bool quiet = false, verbose = false;
};

/// `--format`, which may have another name, `--report`, `--quiet`, `--verbose` and `--color`.
std::vector<Option> output_options(Output& output, std::string format_option = "--format");

/// Throws UsageError for options that exclude each other.
void check_combinations(const Output& output);

/// Throws UsageError for CSV of a run that has derivatives of files as well as operations: a CSV is
/// one table.
void require_one_table(const Output& output, bool files, bool operations);

/// Throws OutputError when a file that a run is to write cannot be: before the run, so that its
/// time is not lost.
void require_writable(const std::string& path);
/// The same for the reports' paths.
void require_writable(const Output& output);

/// A run in the output's format.
std::string rendered(const Output& output, const reports::Run& run);

/// Writes a file about a run. One that cannot be written is told on standard error: false.
bool write_file(const Output& output, const std::string& path, const std::string& contents);

/// Writes the reports, as `write_file` does; false when one of them could not be written.
bool write_reports(const Output& output, const reports::Run& run);

/// Writes the reports, then the run to standard output. A report that cannot be written becomes the
/// run's exit code, 3, unless that is 130.
void deliver(const Output& output, reports::Run& run);

}  // namespace verigrad::cli
