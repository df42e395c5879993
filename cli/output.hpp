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

/// `--format`, `--report`, `--quiet`, `--verbose` and `--color`.
std::vector<Option> output_options(Output& output);

/// Throws UsageError for options that exclude each other.
void check_combinations(const Output& output);

/// Throws OutputError when a file that a run is to write cannot be: before the run, so that its
/// time is not lost.
void require_writable(const std::string& path);
/// The same for the reports' paths.
void require_writable(const Output& output);

/// Writes a file about the run. When it cannot be written, that is told on standard error and
/// becomes the run's exit code, 3, unless that is 130.
void write_file(const Output& output, reports::Run& run, const std::string& path,
                const std::string& contents);

/// Writes the reports, as `write_file` does, then the run to standard output.
void deliver(const Output& output, reports::Run& run);

}  // namespace verigrad::cli
