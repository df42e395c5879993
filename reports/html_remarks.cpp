#include <fmt/format.h>

#include <array>

#include "reports/display.hpp"
#include "reports/html_parts.hpp"
#include "reports/html_table.hpp"
#include "reports/html_text.hpp"
#include "reports/wording.hpp"

namespace verigrad::reports {
namespace {

using enum ColumnKind;

constexpr std::array<Column, 4> met_columns{{
    {"File", "The file whose functions use the operation.", code},
    {"Operation", "The operation, by its name in the language.", code},
    {"Operand", "A special point of the operation: a kink, a pole, a point where formulas change.",
     numeric},
    {"Points met", "At how many points of the run the operand was exactly that.", numeric},
}};

// What one check had to say; further lines of one text stay its own.
void append_lines(std::string& out, const CheckResult& check) {
  out += "<pre tabindex=\"0\">";
  const auto append = [&](std::string_view lead, std::string_view text) {
    out += lead;
    while (!text.empty()) {
      const Glyph glyph = first_glyph(text);
      out += glyph.code == '\n' ? "\n" : escaped(text.substr(0, glyph.bytes));
      text.remove_prefix(glyph.bytes);
    }
    out += "\n";
  };
  for (const std::string& line : check.printed) append("", line);
  for (const std::string& warning : check.warnings) append("warning: ", warning);
  out += "</pre>\n";
}

void append_output(std::string& out, const Run& run) {
  std::size_t shown = 0, left_out = 0;
  std::string blocks;
  for (const FileResult& file : run.files)
    for (const CheckResult& check : file.checks) {
      if (check.printed.empty() && check.warnings.empty()) continue;
      if (shown == most_findings) {
        ++left_out;
        continue;
      }
      ++shown;
      blocks += fmt::format("<h3>{}</h3>\n<p class=\"place\">{}:{}</p>\n", escaped(title(check)),
                            escaped(file.path), check.line);
      append_lines(blocks, check);
    }
  if (shown == 0) return;
  out += "<section aria-labelledby=\"printed\"><h2 id=\"printed\">What tests printed</h2>\n";
  out += blocks;
  if (left_out > 0) out += fmt::format("<p>{} more tests printed something.</p>\n", left_out);
  out += "</section>\n";
}

void append_coverage(std::string& out, const Run& run) {
  std::size_t points = 0;
  for (const FileResult& file : run.files) points += file.coverage.size();
  if (points == 0) return;
  out += "<section aria-labelledby=\"met\"><h2 id=\"met\">Special points</h2>\n";
  HtmlTable table(out, "met-table", "Special points of operations, and how often they were met",
                  met_columns);
  for (const FileResult& file : run.files)
    for (const MetPoint& point : file.coverage)
      table.row(std::array<Cell, met_columns.size()>{
          {{file.path}, {point.operation}, {number(point.at)}, {fmt::format("{}", point.points)}}});
  table.finish();
  out += "</section>\n";
}

}  // namespace

void append_remarks(std::string& out, const Run& run) {
  append_output(out, run);
  append_coverage(out, run);
}

}  // namespace verigrad::reports
