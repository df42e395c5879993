#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace verigrad::cli {

/// One option of a command.
struct Option {
  std::string name;   ///< "--samples", "-j"
  std::string value;  ///< what stands for its value in help: "N"; empty for a flag
  std::string help;   ///< half a line
  /// Takes the value, once for every time it was given (a flag gets ""). Throws UsageError.
  std::function<void(const std::string& value)> accept;
  bool repeatable = false;  ///< otherwise the last one counts
};

/// What a command takes, for the parser and for `--help`.
struct Syntax {
  std::string command;     ///< "check"
  std::string summary;     ///< one line, without a full stop
  std::string positional;  ///< "FILE|DIR…"; empty when there are only options
  std::string about;       ///< lines between usage and options, may be empty
  std::vector<Option> options;
  std::vector<std::string> examples;  ///< whole command lines
};

/// `--help` was given: `text` belongs on standard output.
struct HelpRequested {
  std::string text;
};

/// Hands every option to its `accept` and returns the other arguments in their order. `-` is one of
/// these, and so is everything behind `--`. Throws UsageError for an option that does not exist or
/// lacks its value, and HelpRequested.
std::vector<std::string> parse(const Syntax& syntax, std::span<const std::string> arguments);

/// The text of `gradcheck COMMAND --help`.
std::string help_text(const Syntax& syntax);

/// Rows of two columns, the first padded to the widest (up to 24 columns, then on its own line).
std::string two_columns(const std::vector<std::pair<std::string, std::string>>& rows);

}  // namespace verigrad::cli
