// The text of an HTML report: what a page may hold of names and numbers that others chose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/snippet.hpp"

namespace verigrad::reports {

/// `text` for an HTML document, between tags or in a quoted attribute: printable() first, then the
/// five characters that markup gives a meaning as references.
std::string escaped(std::string_view text);

/// `text` as a string of JSON, with its quotes, for a `<script>`: printable(), and no `<`.
std::string json_string(std::string_view text);

/// `value` to so many significant digits, "inf", "-inf" or "nan"; a cell of a table has room for
/// three.
std::string compact(double value, int digits = 3);

/// compact(), or "" for nothing.
std::string compact(const std::optional<double>& value);

/// `digits` to one place after the point, rounded down: no digit is promised that was not verified.
std::string digits_cell(double digits);

/// `count` with its noun: "1 row", "1,204 rows".
std::string grouped(std::int64_t count, std::string_view singular);

/// Up to `most` entries, separated by commas, and how many more there are; brackets around several.
std::string entries_text(const std::vector<double>& entries, std::string (*shown)(double),
                         std::size_t most = 16);

/// A line of a `<dl class="facts">`; line feeds of `text` remain.
void append_fact(std::string& out, std::string_view name, std::string_view text);

/// The snippet's line of source with its carets, as the terminal shows it, without what stands
/// around them; its label alone where no line is known.
void append_excerpt(std::string& out, const Snippet& snippet);

/// A command, which the page's script gives a button to copy it.
void append_command(std::string& out, std::string_view command);

/// "[1, 2]", or "" for a scalar's.
std::string index_text(const std::vector<std::int64_t>& index);

}  // namespace verigrad::reports
