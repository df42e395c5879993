#pragma once

#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/color.hpp"
#include "runner/options.hpp"

namespace verigrad::cli {

// Options that several commands share; each writes to what it is given, which must outlive the
// parse.

Option samples_option(runner::Options& options);
Option seed_option(runner::Options& options);
Option set_option(runner::Options& options);
Option dim_option(runner::Options& options);
Option dtype_option(runner::Options& options);
Option max_entries_option(runner::Options& options);
Option filter_option(runner::Options& options);
Option repro_option(runner::Options& options);
Option color_option(Color& color);
/// `-j N`, threads; `jobs` becomes the number of processors until then.
Option jobs_option(int& jobs);

/// `--format` for the commands that know text and JSON only.
Option format_option(std::string& format);

/// A flag that sets `value`.
Option flag(std::string name, std::string help, bool& value);

}  // namespace verigrad::cli
