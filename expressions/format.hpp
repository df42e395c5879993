// The canonical layout behind `gradcheck fmt`.
//
// * One space around binary operators, after commas and around the `=` of a statement; none inside
// brackets, around
//   the `=` of a keyword, around `..`, and after a sign.
// * Blocks are indented by four spaces a level; lines inside brackets keep their line ends and move
// with their first.
// * The `:`, `in` and `=` of statements on adjacent lines that stand in one column stay in one
// column, as far
//   to the left as the longest line allows; elsewhere one space precedes them.
// * Comments keep their text and, where there is room, their column; at least two spaces precede
// one behind code.
// * Runs of empty lines become one; none at the start or the end; lines end with LF.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "expressions/diagnostic.hpp"
#include "expressions/lexer.hpp"
#include "expressions/source.hpp"

namespace verigrad::expressions {

/// The text in canonical layout, or nothing when it has errors or would exceed max_file_bytes (then
/// `diagnostics` says so). Idempotent, and the result parses to the same tree.
std::optional<std::string> format(const SourcePtr& source, Diagnostics& diagnostics);

/// What may be aligned with the lines above and below.
enum class Anchor : std::uint8_t { none, colon, in, equals, comment };

/// How one token is set.
struct Spacing {
  std::uint8_t before = 0;  ///< spaces, when a token precedes it on its line
  Anchor anchor = Anchor::none;
};

/// The spacing of every token of a line that parses (comments included).
std::vector<Spacing> space_tokens(const SourceFile& source, const LogicalLine& line);

}  // namespace verigrad::expressions
