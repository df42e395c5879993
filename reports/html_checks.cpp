#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "reports/html_parts.hpp"
#include "reports/html_table.hpp"
#include "reports/html_text.hpp"
#include "reports/wording.hpp"

namespace verigrad::reports {
namespace {

using enum ColumnKind;

constexpr std::array<Column, 10> columns{{
    {"Verdict", "Pass, inaccurate, fail or inconclusive; leads to the explanation.", verdict},
    {"File", "The file, as it was given on the command line.", code},
    {"Line", "Where the statement stands; 0 is the check of a file that has none.", numeric},
    {"Kind", "The statement: a check, a claim such as grad, an expectation or a test.", text},
    {"Output", "What is differentiated; of a test, its name.", code},
    {"By", "The inputs that it is differentiated by.", code},
    {"Digits",
     "Decimal digits of the derivative that were verified, at the worst entry, rounded down.",
     numeric},
    {"Points", "How many points it was judged at.", numeric},
    {"Comparisons", "How many entries of derivatives were compared.", numeric},
    {"Method", "How the truth was found: enclosure (a proof) or finite-difference.", text},
}};

std::array<Cell, columns.size()> cells_of(const FileResult& file, const CheckResult& check) {
  const double digits = verified_digits(check);
  return {{
      {std::string(to_string(check.verdict))},
      {file.path},
      {fmt::format("{}", check.line)},
      {std::string(to_string(check.kind))},
      {check.output.value_or(check.name.value_or(""))},
      {fmt::format("{}", fmt::join(check.wrt, ", "))},
      {std::isinf(digits) ? "" : digits_cell(digits)},
      {fmt::format("{}", check.points)},
      {fmt::format("{}", check.comparisons)},
      {check.method.value_or("")},
  }};
}

}  // namespace

std::vector<Finding> failed_checks(const Run& run) {
  std::vector<Finding> found = findings_of(run);
  std::erase_if(found, [](const Finding& finding) { return finding.check == nullptr; });
  return found;
}

void append_checks(std::string& out, const Run& run) {
  const std::vector<Finding> found = failed_checks(run);
  const bool any =
      !found.empty() || std::any_of(run.files.begin(), run.files.end(),
                                    [](const FileResult& file) { return !file.checks.empty(); });
  if (!any) return;
  out += "<section aria-labelledby=\"checks\"><h2 id=\"checks\">All checks</h2>\n";
  HtmlTable table(out, "check-table", "All checks, the worst first", columns);
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto cells = cells_of(*found[i].file, *found[i].check);
    if (i < most_findings) cells[0].link = fmt::format("#finding-{}", i + 1);
    table.row(cells);
  }
  for (const FileResult& file : run.files)
    for (const CheckResult& check : file.checks)
      if (check.verdict == Verdict::pass) table.row(cells_of(file, check));
  table.finish();
  out += "</section>\n";
}

}  // namespace verigrad::reports
