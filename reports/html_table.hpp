// Tables of an HTML report, of ten rows or of a hundred thousand.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace verigrad::reports {

enum class ColumnKind {
  text,
  numeric,  ///< aligned at the right, sorted by value; cells that are no number come last
  verdict,  ///< a badge, sorted by severity
  code,     ///< text in the type of source
  brief     ///< text on one line, cut where it is long, and whole where one points at it
};

/// A column, and the sentence that the page's legend says about it.
struct Column {
  std::string_view title, meaning;
  ColumnKind kind = ColumnKind::text;
};

/// Text as it came, which the table escapes, and where it leads: "#finding-3", or nowhere.
struct Cell {
  std::string text, link{};
};

/// Writes a table into a page as its rows come: the first `shown_rows` as markup, the others as
/// data from which the page's script makes rows when they are asked for. A browser is slow with 1e6
/// cells, and quick with 1e6 strings.
class HtmlTable {
 public:
  static constexpr std::size_t shown_rows = 200;

  /// `id` is unique on the page; `caption` says what a row is.
  HtmlTable(std::string& out, std::string_view id, std::string_view caption,
            std::span<const Column> columns);

  /// One cell a column.
  void row(std::span<const Cell> cells);

  /// Ends the table; with a legend when `legend`. Nothing may be added any more.
  void finish(bool legend = true);

 private:
  void append_markup(std::span<const Cell> cells);
  void append_data(std::span<const Cell> cells);

  std::string& out_;
  std::string id_;
  std::vector<Column> columns_;
  std::string data_;
  std::size_t rows_ = 0;
};

/// The verdicts of checks, then those of accuracy rows, each the worst first: what a verdict's
/// column is sorted by, which has one kind alone.
std::string verdict_order();

/// A verdict's name as a badge, with a sign of its own beside the colour.
std::string badge(std::string_view verdict);

}  // namespace verigrad::reports
