#include "reports/html_table.hpp"

#include <fmt/format.h>

#include "reports/html_text.hpp"
#include "reports/model.hpp"

namespace verigrad::reports {
namespace {

std::string_view css_class(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::numeric:
      return "number";
    case ColumnKind::verdict:
      return "verdict";
    case ColumnKind::code:
      return "code";
    case ColumnKind::brief:
      return "brief";
    case ColumnKind::text:
      break;
  }
  return "text";
}

std::string linked(const Cell& cell, const std::string& content) {
  if (cell.link.empty()) return content;
  return fmt::format("<a href=\"{}\">{}</a>", escaped(cell.link), content);
}

}  // namespace

std::string verdict_order() {
  using enum Verdict;
  std::string order;
  for (const Verdict each : {fail, inaccurate, inconclusive, pass})
    order += fmt::format("{} ", gradcheck::to_string(each));
  for (const AccuracyVerdict each : accuracy_verdicts_worst_first)
    order += fmt::format("{} ", to_string(each));
  order.pop_back();
  return order;
}

std::string badge(std::string_view verdict) {
  const std::string name = escaped(verdict);
  return fmt::format("<span class=\"badge {0}\">{0}</span>", name);
}

HtmlTable::HtmlTable(std::string& out, std::string_view id, std::string_view caption,
                     std::span<const Column> columns)
    : out_(out), id_(id), columns_(columns.begin(), columns.end()) {
  out_ += fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{1}\">"
      "<table id=\"{0}\" data-order=\"{2}\">\n<caption>{1}</caption>\n<thead><tr>",
      escaped(id), escaped(caption), verdict_order());
  for (const Column& column : columns_)
    out_ += fmt::format("<th scope=\"col\" class=\"{}\">{}</th>", css_class(column.kind),
                        escaped(column.title));
  out_ += "</tr></thead>\n<tbody>\n";
}

void HtmlTable::row(std::span<const Cell> cells) {
  if (rows_ < shown_rows)
    append_markup(cells);
  else
    append_data(cells);
  ++rows_;
}

void HtmlTable::append_markup(std::span<const Cell> cells) {
  out_ += "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const ColumnKind kind = columns_[i].kind;
    const bool is_badge = kind == ColumnKind::verdict && !cells[i].text.empty();
    const bool titled = kind == ColumnKind::brief && !cells[i].text.empty();
    const std::string title =
        titled ? fmt::format(" title=\"{}\"", escaped(cells[i].text)) : std::string();
    out_ += fmt::format("<td class=\"{}\"{}>{}</td>", css_class(kind), title,
                        linked(cells[i], is_badge ? badge(cells[i].text) : escaped(cells[i].text)));
  }
  out_ += "</tr>\n";
}

void HtmlTable::append_data(std::span<const Cell> cells) {
  data_ += data_.empty() ? "[" : ",\n[";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) data_ += ',';
    const std::string text = json_string(cells[i].text);
    data_ +=
        cells[i].link.empty() ? text : fmt::format("[{},{}]", text, json_string(cells[i].link));
  }
  data_ += ']';
}

void HtmlTable::finish(bool legend) {
  out_ += "</tbody></table></div>\n";
  if (rows_ > shown_rows) {
    out_ += fmt::format(
        "<noscript><p>The first {} of {}; the others need scripts.</p></noscript>\n"
        "<script type=\"application/json\" data-rows-of=\"{}\">[{}]</script>\n",
        shown_rows, grouped(static_cast<std::int64_t>(rows_), "row"), escaped(id_), data_);
  }
  if (!legend) return;
  out_ += "<details class=\"legend\"><summary>What the columns mean</summary><dl>\n";
  for (const Column& column : columns_)
    out_ += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(column.title), escaped(column.meaning));
  out_ += "</dl></details>\n";
}

}  // namespace verigrad::reports
