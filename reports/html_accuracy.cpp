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

constexpr std::array<Column, 33> columns{{
    {"Verdict",
     "Ok, ill-conditioned, unstable, wrong, non-smooth or undecided; leads to the pictures.",
     verdict},
    {"Where", "File and line of the output.", code},
    {"Name", "The name of an FPCore.", text},
    {"Output", "What is differentiated.", code},
    {"By", "The input that it is differentiated by.", code},
    {"Reason", "Why the verdict is not ok.", brief},
    {"Blame", "The operation with the largest share of the rounding error.", brief},
    {"Dtype", "The precision in which the derivative is computed, f64 or f32.", text},
    {"Compared", "Results that were compared with a known truth.", numeric},
    {"Median", "Half of the errors are at most this many ulps.", numeric},
    {"90 %", "Nine in ten errors are at most this many ulps.", numeric},
    {"99 %", "99 in a hundred errors are at most this many ulps.", numeric},
    {"Max", "The largest error in ulps, also of points that the search or the corpus has.",
     numeric},
    {"Bits", "Bits of error: the average of log2(1 + ulps).", numeric},
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
    {"κ median", "Half of the condition numbers of the derivative are at most this.", numeric},
    {"κ max", "The largest condition number of the derivative.", numeric},
    {"Instability",
     "The largest relative error in units of (1 + κ) u: above 8 it is not the input's rounding.",
     numeric},
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

double largest_error(const AccuracyRow& row) {
  return std::isnan(row.ulps.max) ? HUGE_VAL : row.ulps.max;
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

std::array<Cell, columns.size()> cells_of(const AccuracyRow& row) {
  const auto count = [](std::int64_t value) { return Cell{fmt::format("{}", value)}; };
  const UlpStatistics& ulps = row.ulps;
  const auto statistic = [&](double value) { return Cell{ulps.n == 0 ? "" : compact(value)}; };
  return {{
      {std::string(to_string(row.verdict))},
      {row.id},
      {row.name},
      {row.output},
      {row.wrt},
      {row.reason},
      {largest_share(row.blame)},
      {row.dtype},
      count(ulps.n),
      statistic(ulps.median),
      statistic(ulps.p90),
      statistic(ulps.p99),
      statistic(ulps.max),
      statistic(ulps.mean_bits),
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
      {compact(row.condition_median)},
      {compact(row.condition_max)},
      {compact(row.instability)},
      {row.truth_bits == 0 ? "" : fmt::format("{}", row.truth_bits)},
      {compact(row.ball_ulps)},
      {compact(row.predicted)},
  }};
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
      escaped(row.name.empty() ? row.id : row.id + "  " + row.name));
  if (!row.reason.empty()) out += fmt::format("<p class=\"message\">{}</p>\n", escaped(row.reason));
  out += "<div class=\"figures\">\n" + histogram_figure(row.ulps) + distribution_figure(row) +
         input_figure(row) + condition_figure(row);
  if (row.curve) out += step_figure(*row.curve);
  out += ball_figure(row.balls);
  out += blame_figure(row.blame);
  if (row.graph) out += graph_figure(*row.graph);
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
  HtmlTable table(out, "accuracy-table", "Derivatives of one output by one input, the worst first",
                  columns);
  const std::size_t pictured = std::min(rows.size(), most_pictured_rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto cells = cells_of(*rows[i].row);
    if (i < pictured) cells[0].link = fmt::format("#row-{}", i + 1);
    table.row(cells);
  }
  table.finish();
  for (std::size_t i = 0; i < pictured; ++i) append_row(out, *rows[i].file, *rows[i].row, i + 1);
  if (rows.size() > pictured)
    out += fmt::format(
        "<p>Pictures are shown of the {} worst rows, by verdict and largest error; the table has "
        "the other {}.</p>\n",
        pictured, rows.size() - pictured);
  out += "</section>\n";
}

}  // namespace verigrad::reports
