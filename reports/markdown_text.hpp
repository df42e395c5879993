#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace verigrad::reports {

// Pieces of GitHub's Markdown that no content breaks.

/// `text` within a block of HTML, on one line.
std::string html_text(std::string_view text);

/// `text` as code on one line, in which GitHub looks for no mentions and links; safe in a table.
std::string markdown_code(std::string_view text);

/// `text`, which ends in a line feed, as a block of code: the fence is longer than any row of
/// backticks within.
std::string markdown_fenced(std::string_view text);

/// A row of a table; the cells are Markdown.
std::string markdown_row(const std::vector<std::string>& cells);

}  // namespace verigrad::reports
