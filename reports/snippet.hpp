#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "reports/style.hpp"

namespace verigrad::reports {

enum class Severity { note, warning, error };

/// One line of the block below a snippet: `  = claimed    -1.83`.
struct Fact {
  std::string label;  ///< "claimed", "true", "engine", "pattern", "try", "again", …
  std::string text;   ///< may hold line feeds; further lines are aligned below the first

  bool operator==(const Fact&) const = default;
};

/// A message about one span of one line of a text.
struct Snippet {
  Severity severity = Severity::error;
  std::string code;                      ///< "G101"; empty leaves the brackets out
  std::string message;                   ///< one line
  std::string path;                      ///< empty leaves the place out
  std::size_t line = 0;                  ///< 1-based; 0: the text as a whole, no line is shown
  std::size_t column = 0;                ///< 1-based, in code points; 0: the line as a whole
  std::optional<std::string> line_text;  ///< without the line's end; nothing: no excerpt
  std::size_t length = 1;                ///< of the span, in code points; 0 is shown as one caret
  std::string label;                     ///< behind the carets
  std::vector<Fact> facts;
};

/// The layout of every message that Verigrad prints about a text:
///
///     error[G101]: claimed gradient disagrees with the function
///      --> examples/wrong_claim.grad:5:10
///       |
///     5 | grad x = -2 * exp(-(x ** 2))
///       |          ^^^^^^^^^^^^^^^^^^^ entry [3] of 4 is off by a factor 3.39
///       |
///       = claimed    -1.833692914431962
///
/// Ends in a line feed. Carets stand below the span's characters as a terminal shows them: tabs are
/// four columns, East Asian characters two, combining marks none. Control characters, bidirectional
/// overrides and invalid UTF-8 are escaped. Of a line longer than 160 characters the part around
/// the span is shown, with `…` for the rest.
std::string render(const Snippet& snippet, const Style& style = Style::none());

}  // namespace verigrad::reports
