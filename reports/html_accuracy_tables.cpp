#include <fmt/format.h>

#include <array>

#include "reports/display.hpp"
#include "reports/html_parts.hpp"
#include "reports/html_table.hpp"
#include "reports/html_text.hpp"

namespace verigrad::reports {
namespace {

using enum ColumnKind;

constexpr std::array<Column, 14> operation_columns{{
    {"Operation", "The operation, by its name in the language.", code},
    {"Quantity", "Its value, or its derivative by one of its operands.", text},
    {"Region", "Where the operands lie: typical, or a tail.", text},
    {"Dtype", "The precision in which it is computed.", text},
    {"Compared", "Results that were compared with the truth.", numeric},
    {"0 ulp", "Errors that round to 0 ulps.", numeric},
    {"1 ulp", "Errors that round to 1 ulp.", numeric},
    {"2 ulp", "Errors that round to 2 ulps.", numeric},
    {"3 ulp", "Errors that round to 3 ulps.", numeric},
    {"More", "Errors that round to more than 3 ulps.", numeric},
    {"Max", "The largest error in ulps.", numeric},
    {"Naive", "The largest error in ulps of a textbook formula at the same points.", numeric},
    {"Naive formula", "That formula, of x and the other operands.", code},
    {"Worst operands", "The operands of the largest error, exactly.", code},
}};

constexpr std::array<Column, 15> method_columns{{
    {"Method", "The method of numeric differentiation.", text},
    {"Derivatives", "How many derivatives it was tried on.", numeric},
    {"Evaluations", "Evaluations of the function for one derivative, on average.", numeric},
    {"Median", "Half of its relative errors are at most this.", numeric},
    {"99 %", "99 in a hundred of its relative errors are at most this.", numeric},
    {"Worst", "Its largest relative error.", numeric},
    {"Covered %", "How many in a hundred of its error bars cover the error; empty: it has none.",
     numeric},
    {"False alarms %", "How many in a hundred true derivatives it refuses.", numeric},
    {"Undecided %", "How many in a hundred true derivatives it neither refuses nor accepts.",
     numeric},
    {"Misses, 2×", "How many in a hundred derivatives that are twice the truth it accepts.",
     numeric},
    {"+10 %", "How many in a hundred derivatives that are 10 % too large it accepts.", numeric},
    {"+1 %", "How many in a hundred derivatives that are 1 % too large it accepts.", numeric},
    {"+0.1 %", "How many in a hundred derivatives that are 0.1 % too large it accepts.", numeric},
    {"+1e-4", "How many in a hundred derivatives that are a factor 1 + 1e-4 too large it accepts.",
     numeric},
    {"+1e-6", "How many in a hundred derivatives that are a factor 1 + 1e-6 too large it accepts.",
     numeric},
}};

std::string percentage(const std::optional<double>& share) {
  return share ? fmt::format("{:.4g}", *share * 100) : "";
}

std::string count_at(const std::vector<std::int64_t>& counts, std::size_t i) {
  return i < counts.size() ? fmt::format("{}", counts[i]) : "";
}

void append_operations(std::string& out, const std::vector<OperationAccuracy>& operations) {
  if (operations.empty()) return;
  out +=
      "<section aria-labelledby=\"operations\">"
      "<h2 id=\"operations\">Accuracy of operations</h2>\n";
  HtmlTable table(out, "operation-table", "Values and derivatives of operations, by region",
                  operation_columns);
  for (const OperationAccuracy& each : operations)
    table.row(std::array<Cell, operation_columns.size()>{{
        {each.operation},
        {each.quantity},
        {each.region},
        {each.dtype},
        {fmt::format("{}", each.n)},
        {count_at(each.counts, 0)},
        {count_at(each.counts, 1)},
        {count_at(each.counts, 2)},
        {count_at(each.counts, 3)},
        {count_at(each.counts, 4)},
        {compact(each.max)},
        {compact(each.naive)},
        {each.naive_formula},
        {each.worst.empty() ? "" : entries_text(each.worst, hexadecimal)},
    }});
  table.finish();
  out += "</section>\n";
}

void append_methods(std::string& out, const std::vector<MethodAccuracy>& methods) {
  if (methods.empty()) return;
  out +=
      "<section aria-labelledby=\"methods\">"
      "<h2 id=\"methods\">Numeric differentiation</h2>\n"
      "<p>As a checker of derivatives, a method accepts a claim within its error bar or, where it "
      "has none, by the default of torch.autograd.gradcheck: |claimed − value| ≤ 1e-5 + "
      "1e-3 |value|. Verigrad may leave a claim undecided.</p>\n";
  HtmlTable table(out, "method-table", "Methods, over all derivatives of the run", method_columns);
  for (const MethodAccuracy& each : methods)
    table.row(std::array<Cell, method_columns.size()>{{
        {each.method},
        {fmt::format("{}", each.n)},
        {compact(each.evaluations)},
        {compact(each.median)},
        {compact(each.p99)},
        {compact(each.worst)},
        {percentage(each.covered)},
        {percentage(each.false_alarms)},
        {percentage(each.unsure)},
        {percentage(missed_share(each, 1))},
        {percentage(missed_share(each, 0.1))},
        {percentage(missed_share(each, 0.01))},
        {percentage(missed_share(each, 1e-3))},
        {percentage(missed_share(each, 1e-4))},
        {percentage(missed_share(each, 1e-6))},
    }});
  table.finish();
  out += "</section>\n";
}

}  // namespace

void append_accuracy_tables(std::string& out, const Run& run) {
  if (!run.accuracy) return;
  append_operations(out, run.accuracy->operations);
  append_methods(out, run.accuracy->methods);
  if (run.accuracy->notes.empty()) return;
  out += "<section aria-labelledby=\"notes\"><h2 id=\"notes\">Notes</h2>\n<ul>\n";
  for (const std::string& note : run.accuracy->notes)
    out += fmt::format("<li>{}</li>\n", escaped(note));
  out += "</ul>\n</section>\n";
}

}  // namespace verigrad::reports
