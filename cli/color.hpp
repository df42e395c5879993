#pragma once

#include <string>

#include "expressions/diagnostic.hpp"
#include "reports/style.hpp"

namespace verigrad::cli {

/// `--color`: `automatic` means on a terminal, unless NO_COLOR is set (https://no-color.org) or
/// TERM is `dumb`.
enum class Color { automatic, always, never };

/// "auto", "always" or "never". Throws UsageError.
Color color_from(const std::string& text);

/// Whether the terminal understands escape sequences, as far as its name tells.
bool terminal_is_dumb();

reports::Style output_style(Color color);
reports::Style message_style(Color color);

/// message_style for the diagnostics of `expressions`.
expressions::Styles diagnostic_styles(Color color);

}  // namespace verigrad::cli
