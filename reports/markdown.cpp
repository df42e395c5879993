#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/display.hpp"
#include "reports/findings.hpp"
#include "reports/formats.hpp"
#include "reports/markdown_text.hpp"
#include "reports/wording.hpp"

namespace verigrad::reports {
namespace {

// A comment on GitHub holds 65,536 characters; an explanation takes about 800.
constexpr std::size_t most_explained = 50;

std::string files_table(const Run& run) {
  if (run.files.empty()) return "";
  std::string out = "\n| file | result | details |\n|---|---|---|\n";
  for (const FileResult& file : run.files)
    out += markdown_row(
        {markdown_code(file.path), std::string(to_string(status_of(file))), file_details(file)});
  return out;
}

std::string_view word(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      break;
  }
  return "note";
}

std::string place(const Snippet& snippet) {
  std::string text = snippet.path;
  if (snippet.line > 0) text += fmt::format(":{}", snippet.line);
  if (snippet.line > 0 && snippet.column > 0) text += fmt::format(":{}", snippet.column);
  return text;
}

std::string explanation(const Finding& finding, bool open) {
  const Snippet snippet = snippet_of(finding);
  return fmt::format(
      "\n<details{}><summary>{} <code>{}</code> <code>{}</code></summary>\n\n{}\n</details>\n",
      open ? " open" : "", word(snippet.severity), html_text(place(snippet)),
      html_text(snippet.message), markdown_fenced(render(snippet)));
}

std::string explanations(const Run& run) {
  std::string out;
  const std::vector<Finding> findings = findings_of(run);
  for (std::size_t i = 0; i < std::min(findings.size(), most_explained); ++i)
    out += explanation(findings[i], i == 0);
  if (findings.size() > most_explained)
    out += fmt::format("\n{} more are not shown.\n", findings.size() - most_explained);
  return out;
}

std::string known_number(const std::optional<double>& value) {
  return value ? short_number(*value) : "";
}

std::string share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? "" : percent(part, whole);
}

std::string accuracy_row(const AccuracyRow& of, bool with_overflows) {
  const UlpStatistics& ulps = of.ulps;
  const auto statistic = [&](double value) { return ulps.n == 0 ? "" : short_number(value); };
  const auto count = [](std::int64_t of_these) {
    return of_these > 0 ? fmt::format("{}", of_these) : "";
  };
  std::vector<std::string> cells{markdown_code(of.name.empty() ? of.output : of.name),
                                 markdown_code(of.wrt),
                                 markdown_code(of.dtype),
                                 fmt::format("{}", ulps.n),
                                 statistic(ulps.median),
                                 statistic(ulps.p99),
                                 statistic(ulps.max),
                                 statistic(ulps.mean_bits),
                                 share(ulps.correctly_rounded, ulps.n),
                                 count(of.rejected)};
  if (with_overflows) cells.push_back(count(of.overflow));
  cells.push_back(known_number(of.condition_max));
  cells.push_back(known_number(of.instability));
  cells.emplace_back(to_string(of.verdict));
  return markdown_row(cells);
}

std::string accuracy_table(const FileResult& file) {
  if (file.accuracy.empty()) return "";
  const bool with_overflows =
      std::ranges::any_of(file.accuracy, [](const AccuracyRow& row) { return row.overflow > 0; });
  std::string out = fmt::format(
      "\nErrors in ulps of {}:\n\n"
      "| output | input | dtype | n | median | p99 | max | bits | correctly rounded | redrawn | "
      "{}condition | instability | verdict |\n"
      "|---|---|---|--:|--:|--:|--:|--:|--:|--:|{}--:|--:|---|\n",
      markdown_code(file.path), with_overflows ? "not finite | " : "",
      with_overflows ? "--:|" : "");
  for (const AccuracyRow& each : file.accuracy) out += accuracy_row(each, with_overflows);
  return out;
}

std::string operations_table(const AccuracyReport& report) {
  if (report.operations.empty()) return "";
  std::string out =
      "\nOperations, by the number of results whose error rounds to so many ulps:\n\n"
      "| operation | of | region | dtype | n | 0 | 1 | 2 | 3 | more | max | naive |\n"
      "|---|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|\n";
  for (const OperationAccuracy& each : report.operations) {
    std::vector<std::string> cells{markdown_code(each.operation), markdown_code(each.quantity),
                                   markdown_code(each.region), markdown_code(each.dtype),
                                   fmt::format("{}", each.n)};
    for (std::size_t i = 0; i < 5; ++i)
      cells.push_back(i < each.counts.size() ? fmt::format("{}", each.counts[i]) : "");
    cells.push_back(short_number(each.max));
    cells.push_back(known_number(each.naive));
    out += markdown_row(cells);
  }
  return out;
}

std::string methods_table(const AccuracyReport& report) {
  if (report.methods.empty()) return "";
  std::string out =
      "\nMethods of numeric differentiation, by their relative errors, how often they refuse the "
      "true derivative, and how often they accept one that is off:\n\n"
      "| method | n | evaluations | median | p99 | worst | covered by error bar | false alarms | "
      "undecided | missed: off by 0.1 % | off by 1e-6 |\n"
      "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";
  const auto percentage = [](const std::optional<double>& share) {
    return share ? fmt::format("{:.1f} %", 100 * *share) : "";
  };
  const auto error = [](double value) { return std::isnan(value) ? "" : short_number(value); };
  for (const MethodAccuracy& each : report.methods)
    out += markdown_row({markdown_code(each.method), fmt::format("{}", each.n),
                         short_number(each.evaluations), error(each.median), error(each.p99),
                         error(each.worst), percentage(each.covered), percentage(each.false_alarms),
                         percentage(each.unsure), percentage(missed_share(each, 1e-3)),
                         percentage(missed_share(each, 1e-6))});
  return out;
}

std::string notes(const AccuracyReport& report) {
  std::string out = report.notes.empty() ? "" : "\n";
  for (const std::string& note : report.notes) out += "* " + markdown_code(note) + "\n";
  return out;
}

}  // namespace

std::string render_markdown(const Run& run) {
  std::string out =
      fmt::format("**gradcheck: {}** in {} (seed {})\n", outcome(run), files_text(run), run.seed);
  out += files_table(run) + explanations(run);
  for (const FileResult& file : run.files) out += accuracy_table(file);
  if (run.accuracy)
    out += operations_table(*run.accuracy) + methods_table(*run.accuracy) + notes(*run.accuracy);
  return out;
}

}  // namespace verigrad::reports
