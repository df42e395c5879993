#pragma once

#include <string>
#include <string_view>

namespace verigrad::reports {

/// The escape sequences that text is painted with; all empty means plain text.
struct Style {
  std::string_view error, warning, note, good, strong, faint, reset;

  /// No colour: what files, pipes and `--color never` get.
  static constexpr Style none() { return {}; }

  /// The sixteen ANSI colours, which follow the terminal's own theme.
  static constexpr Style ansi() {
    return {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m", "\x1b[32m", "\x1b[1m", "\x1b[34m", "\x1b[0m"};
  }

  /// `text` in the colour `on`, which is one of this style's members.
  std::string paint(std::string_view on, std::string_view text) const {
    if (on.empty() || text.empty()) return std::string(text);
    return std::string(on).append(text).append(reset);
  }
};

}  // namespace verigrad::reports
