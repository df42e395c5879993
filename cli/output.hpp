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

/// Writes the reports, then the run to standard output. A report that cannot be written is told on
/// standard error and becomes the run's exit code, 3, unless that is 130.
void deliver(const Output& output, reports::Run& run);

}  // namespace verigrad::cli
