#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runner/run.hpp"

namespace verigrad::cli {

/// The files that a command line names.
struct Inputs {
  std::vector<runner::Input> files;
  std::vector<std::string> empty_directories;  ///< those without a file of the wanted kinds
};

/// Every path is a file, `-` for standard input (read at once, up to the size that a file may
/// have), or a directory, which stands for the files directly in it that end in one of
/// `extensions`, in the order of their names. A file that is named twice, however its path is
/// spelt, stands where it is named first. Files are not opened here; a directory that cannot be
/// read stays in the list for whoever opens it to report. Throws UsageError when there is no path
/// at all.
Inputs find_inputs(const std::vector<std::string>& paths,
                   const std::vector<std::string_view>& extensions = {".grad", ".fpcore"});

/// Standard input, up to the size that a file may have. Throws SourceError when it cannot be read.
std::string read_standard_input();

/// Tells on standard error which values of `--set` lie outside of their inputs' domains.
void report_values_outside_of_domains(const Inputs& inputs, const runner::Options& options);

/// Tells on standard error which directories had nothing; `kinds` are the wanted kinds of files.
void report_empty_directories(const Inputs& inputs, std::string_view kinds = ".grad or .fpcore");

}  // namespace verigrad::cli
