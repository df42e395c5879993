#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "reports/display.hpp"
#include "reports/findings.hpp"
#include "reports/html_parts.hpp"
#include "reports/html_pictures.hpp"
#include "reports/html_table.hpp"
#include "reports/html_text.hpp"
#include "reports/wording.hpp"

namespace verigrad::reports {
namespace {

using enum ColumnKind;

constexpr std::array<Column, 34> columns{{
    {"Verdict",
     "Ok, ill-conditioned, unstable, wrong, non-smooth or undecided; leads to the pictures.",
     verdict},
    {"Where", "File of the output, and its line where one is known.", code},
    {"Name", "The name of an FPCore.", text},
    {"Output", "What is differentiated.", code},
    {"By", "The input that it is differentiated by.", code},
    {"Dtype", "The precision in which the derivative is computed, f64 or f32.", text},
    {"Compared", "Results that were compared with a known truth.", numeric},
    {"Median", "Half of the errors are at most this many ulps.", numeric},
    {"99 %", "99 in a hundred errors are at most this many ulps.", numeric},
    {"Max", "The largest error in ulps, also of points that the search or the corpus has.",
     numeric},
    {"Bits", "Bits of error: the average of log2(1 + ulps).", numeric},
    {"κ max", "The largest condition number of the derivative.", numeric},
    {"Instability",
     "The largest relative error in units of (1 + κ) u: above 8 it is not the input's rounding.",
     numeric},
    {"Blame", "The operation with the largest share of the rounding error.", brief},
    {"Reason", "Why the verdict is not ok.", brief},
    {"90 %", "Nine in ten errors are at most this many ulps.", numeric},
    {"Correct", "Results that are correctly rounded: the number nearest to the truth.", numeric},
    {"≤ 1", "Results that are within 1 ulp.", numeric},
    {"≤ 4", "Results that are within 4 ulps.", numeric},
    {"Points", "Points at which the derivative was computed.", numeric},
    {"Searched", "Moves that were tried from the worst points, for worse ones.", numeric},
    {"Rejected", "Draws outside of the function's domain.", numeric},
    {"Undecided", "Entries whose truth could not be enclosed.", numeric},
    {"Non-smooth", "Entries on kinks, jumps or edges, which have no derivative.", numeric},
    {"Value lost",
     "Points at which the function is computed as NaN or an infinity, but has a finite value.",
     numeric},
    {"Overflow", "Results that are NaN, or an infinity that the truth does not round to.", numeric},
    {"Underflow", "Results that are 0 where the truth has a rounding other than 0.", numeric},
    {"Signs", "Results other than 0 whose sign is wrong.", numeric},
    {"Zeros", "Results that are not 0 where the truth is.", numeric},
    {"Relative max",
     "The largest relative error, of subnormal derivatives by the smallest normal number.",
     numeric},
    {"κ median", "Half of the condition numbers of the derivative are at most this.", numeric},
    {"Truth bits", "The most bits that the proof of one of the truths took.", numeric},
    {"Ball",
     "The radius at the worst point, in ulps, of the enclosure by interval arithmetic of the same "
     "precision.",
     numeric},
    {"Predicted",
     "The error in ulps at the worst point that rounding every operation once adds up to, to first "
     "order.",
     numeric},
}};

struct MeasuredRow {
  const FileResult* file = nullptr;
  const AccuracyRow* row = nullptr;
};

// Results that are not finite are worse than any error.
double largest_error(const AccuracyRow& row) {
  return row.overflow > 0 || std::isnan(row.ulps.max) ? HUGE_VAL : row.ulps.max;
}

std::vector<MeasuredRow> worst_first(const Run& run) {
  std::vector<MeasuredRow> rows;
  for (const FileResult& file : run.files)
    for (const AccuracyRow& row : file.accuracy) rows.push_back({&file, &row});
  std::stable_sort(rows.begin(), rows.end(), [](const MeasuredRow& a, const MeasuredRow& b) {
    const AccuracyVerdict first = a.row->verdict, second = b.row->verdict;
    return first != second ? first > second : largest_error(*a.row) > largest_error(*b.row);
  });
  return rows;
}

std::string largest_share(const std::vector<OperationShare>& blame) {
  const auto most = std::ranges::max_element(blame, {}, &OperationShare::share);
  if (most == blame.end()) return "";
  const std::string place = place_text(*most);
  return fmt::format("{} {}{}{:.0f} %", most->operation, place.empty() ? "" : place + " ",
                     most->backward ? "backward " : "", most->share * 100);
}

// The row's own name of where it stands, but for the line 0 of what has none.
std::string place_of(const FileResult& file, const AccuracyRow& row) {
  return row.line == 0 ? file.path : row.id;
}

std::array<Cell, columns.size()> cells_of(const FileResult& file, const AccuracyRow& row) {
  const auto count = [](std::int64_t value) { return Cell{fmt::format("{}", value)}; };
  const UlpStatistics& ulps = row.ulps;
  const auto statistic = [&](double value) { return Cell{ulps.n == 0 ? "" : compact(value)}; };
  return {{
      {std::string(to_string(row.verdict))},
      {place_of(file, row)},
      {row.name},
      {row.output},
      {row.wrt},
      {row.dtype},
      count(ulps.n),
      statistic(ulps.median),
      statistic(ulps.p99),
      statistic(ulps.max),
      statistic(ulps.mean_bits),
      {compact(row.condition_max)},
      {compact(row.instability)},
      {largest_share(row.blame)},
      {row.reason},
      statistic(ulps.p90),
      count(ulps.correctly_rounded),
      count(ulps.within_1),
      count(ulps.within_4),
      count(row.points),
      count(row.searched),
      count(row.rejected),
      count(row.undecided),
      count(row.non_smooth),
      count(row.value_overflow),
      count(row.overflow),
      count(row.underflow),
      count(row.wrong_signs),
      count(row.wrong_zeros),
      {compact(row.relative_max)},
      {compact(row.condition_median)},
      {row.truth_bits == 0 ? "" : fmt::format("{}", row.truth_bits)},
      {compact(row.ball_ulps)},
      {compact(row.predicted)},
  }};
}

constexpr auto name_column = std::ranges::find(columns, "Name", &Column::title) - columns.begin();

// The rows, of which the first `pictured` lead to their pictures; names have a column where there
// are any.
void append_table(std::string& out, const std::vector<MeasuredRow>& rows, std::size_t pictured) {
  const bool named =
      std::ranges::any_of(rows, [](const MeasuredRow& each) { return !each.row->name.empty(); });
  const auto with_or_without_name = [named](const auto& all) {
    std::vector result(all.begin(), all.end());
    if (!named) result.erase(result.begin() + name_column);
    return result;
  };
  HtmlTable table(out, "accuracy-table", "Derivatives of one output by one input, the worst first",
                  with_or_without_name(columns));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto cells = cells_of(*rows[i].file, *rows[i].row);
    if (i < pictured) cells[0].link = fmt::format("#row-{}", i + 1);
    table.row(with_or_without_name(cells));
  }
  table.finish();
}

void append_worst_point(std::string& out, const AccuracyRow& row) {
  const WorstPoint& worst = *row.worst;
  const auto both = [](double value) { return hexadecimal(value) + "  = " + number(value); };
  out += "<h4>The worst point</h4>\n<dl class=\"facts numbers\">\n";
  if (!worst.index.empty()) append_fact(out, "entry", index_text(worst.index));
  append_fact(out, "point", origin_text(worst));
  for (const auto& [name, entries] : worst.inputs)
    append_fact(out, name,
                entries.size() == 1 ? both(entries.front()) : entries_text(entries, hexadecimal));
  append_fact(out, "computed", both(worst.computed));
  append_fact(out, "truth", both(worst.truth));
  append_fact(out, "error in ulp", compact(worst.ulps));
  if (row.predicted) append_fact(out, "predicted", compact(*row.predicted));
  if (worst.condition) append_fact(out, "condition number", compact(*worst.condition));
  out += "</dl>\n";
}

/// The source of the largest shares.
void append_culprits(std::string& out, const FileResult& file, const AccuracyRow& row) {
  constexpr std::size_t most = 3;
  std::string excerpts;
  for (std::size_t i = 0; i < std::min(row.blame.size(), most); ++i)
    if (const auto snippet = culprit_snippet(file, row.blame[i])) {
      if (snippet->path != file.path)
        excerpts += fmt::format("<p class=\"place\">{}</p>\n", escaped(snippet->path));
      append_excerpt(excerpts, *snippet);
    }
  if (!excerpts.empty()) out += "<h4>Where the digits are lost</h4>\n" + excerpts;
  if (row.rewrites.empty()) return;
  out += "<h4>Other forms, as the file has them</h4>\n<dl class=\"facts\">\n";
  for (const Rewrite& rewrite : row.rewrites)
    append_fact(out, rewrite_label(row, rewrite), rewrite_text(rewrite));
  out += "</dl>\n";
}

void append_row(std::string& out, const FileResult& file, const AccuracyRow& row,
                std::size_t number_on_page) {
  const std::string_view name = to_string(row.verdict);
  out += fmt::format(
      "<article class=\"finding {0}\" aria-labelledby=\"row-{1}\">\n"
      "<h3 id=\"row-{1}\">{2} d {3} / d {4}</h3>\n<p class=\"place\">{5}</p>\n",
      name, number_on_page, badge(name), escaped(row.output), escaped(row.wrt),
      escaped(place_of(file, row) + (row.name.empty() ? "" : "  " + row.name)));
  if (!row.reason.empty()) out += fmt::format("<p class=\"message\">{}</p>\n", escaped(row.reason));
  for (const std::string& sentence : row.worsened)
    out += fmt::format("<p class=\"message\">Worse: {}</p>\n", escaped(sentence));
  out += "<div class=\"figures\">\n" + histogram_figure(row) + distribution_figure(row) +
         input_figure(row) + condition_figure(row);
  if (row.curve) out += step_figure(*row.curve);
  out += ball_figure(row.balls);
  out += blame_figure(row.blame);
  if (row.graph)
    out += graph_figure(*row.graph,
                        fmt::format("Graph {}, d {} / d {}", number_on_page, row.output, row.wrt));
  out += "</div>\n";
  append_culprits(out, file, row);
  if (row.worst) append_worst_point(out, row);
  if (!row.repro.empty()) append_command(out, row.repro);
  out += "</article>\n";
}

}  // namespace

void append_accuracy(std::string& out, const Run& run) {
  const std::vector<MeasuredRow> rows = worst_first(run);
  if (rows.empty()) return;
  out +=
      "<section aria-labelledby=\"accuracy\"><h2 id=\"accuracy\">Accuracy of derivatives</h2>\n"
      "<p>Errors are counted in units of the last place of the correctly rounded truth: with t "
      "the truth and r the number of the precision nearest to it, |result − t| / ulp(r). A "
      "correctly rounded result is within ½ ulp.</p>\n";
  const std::size_t pictured = std::min(rows.size(), most_pictured_rows);
  append_table(out, rows, pictured);
  for (std::size_t i = 0; i < pictured; ++i) append_row(out, *rows[i].file, *rows[i].row, i + 1);
  if (rows.size() > pictured)
    out += fmt::format(
        "<p>Pictures are shown of the {} worst rows, by verdict and largest error; the table has "
        "the other {}.</p>\n",
        pictured, rows.size() - pictured);
  out += "</section>\n";
}

}  // namespace verigrad::reports
