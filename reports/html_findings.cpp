#include <fmt/format.h>

#include <algorithm>

#include "reports/display.hpp"
#include "reports/html_parts.hpp"
#include "reports/html_table.hpp"
#include "reports/html_text.hpp"
#include "reports/snippet.hpp"
#include "reports/wording.hpp"

namespace verigrad::reports {
namespace {

constexpr std::string_view repro_label = "again";

void append_facts(std::string& out, const Snippet& snippet) {
  std::string lines;
  for (const Fact& fact : snippet.facts)
    if (fact.label != repro_label) append_fact(lines, fact.label, fact.text);
  if (!lines.empty()) out += "<dl class=\"facts\">\n" + lines + "</dl>\n";
}

// The reasons that the headline and the facts have not given already.
void append_diagnosis(std::string& out, const CheckResult& check, const Snippet& snippet) {
  std::string lines;
  for (const Diagnosis& each : check.diagnosis) {
    const auto says_it = [&](const Fact& fact) {
      return fact.label + " " + fact.text == each.message ||
             fact.text.find(each.message) != std::string::npos;
    };
    if (each.message == snippet.message || std::ranges::any_of(snippet.facts, says_it)) continue;
    append_fact(lines, each.code, each.message);
  }
  if (!lines.empty()) out += "<dl class=\"facts\">\n" + lines + "</dl>\n";
}

void append_number(std::string& out, std::string_view name, const std::optional<double>& value,
                   std::string_view after = "") {
  if (value) append_fact(out, name, compact(*value) + std::string(after));
}

void append_worst(std::string& out, const WorstEntry& worst) {
  std::string lines;
  if (!worst.index.empty()) append_fact(lines, "entry", index_text(worst.index));
  append_fact(lines, "point", fmt::format("{}", worst.point));
  for (const auto& [name, value] : worst.inputs)
    append_fact(lines, name,
                value.shape.empty() && value.data.size() == 1
                    ? number(value.data.front())
                    : entries_text(value.data, number) + "  shape " + index_text(value.shape));
  if (worst.analytic) append_fact(lines, "under test", number(*worst.analytic));
  if (worst.reference) append_fact(lines, "reference", number(*worst.reference));
  append_number(lines, "error bar", worst.error_bar);
  append_number(lines, "absolute error", worst.absolute_error);
  append_number(lines, "relative error", worst.relative_error);
  if (worst.analytic && worst.reference && *worst.reference != 0)
    append_number(lines, "ratio", *worst.analytic / *worst.reference, "  (under test / reference)");
  append_number(lines, "error in ulp", worst.ulps);
  if (worst.digits) append_fact(lines, "digits", digits_cell(*worst.digits));
  out += "<h4>The worst entry</h4>\n<dl class=\"facts numbers\">\n" + lines + "</dl>\n";
}

void append_repro(std::string& out, const FileResult& file, const CheckResult& check,
                  const Snippet& snippet) {
  const auto fact = std::ranges::find(snippet.facts, repro_label, &Fact::label);
  std::string command;
  if (fact != snippet.facts.end())
    command = fact->text;
  else if (const auto again = repro_command(file, check))
    command = *again;
  else
    return;
  append_command(out, command);
}

void append_finding(std::string& out, const Finding& finding, std::size_t number_on_page) {
  const FileResult* file = finding.file;
  const CheckResult* check = finding.check;
  const Snippet snippet = snippet_of(finding);
  const std::string_view name = to_string(check->verdict);
  const std::string code = snippet.code.empty() ? "" : fmt::format("[{}] ", snippet.code);
  out += fmt::format(
      "<article class=\"finding {0}\" aria-labelledby=\"finding-{1}\">\n"
      "<h3 id=\"finding-{1}\">{2} {3}</h3>\n<p class=\"place\">{4}</p>\n"
      "<p class=\"message\">{5}{6}</p>\n",
      name, number_on_page, badge(name), escaped(title(*check)),
      escaped(snippet.line == 0 ? snippet.path : fmt::format("{}:{}", snippet.path, snippet.line)),
      escaped(code), escaped(snippet.message));
  append_excerpt(out, snippet);
  append_facts(out, snippet);
  append_diagnosis(out, *check, snippet);
  append_repro(out, *file, *check, snippet);
  if (check->worst) append_worst(out, *check->worst);
  out += "</article>\n";
}

void append_error(std::string& out, const FileResult& file, const FileError& error) {
  const Snippet snippet = snippet_of(file, error);
  out += fmt::format(
      "<article class=\"finding fail\">\n<h3>[{}] {}</h3>\n<p class=\"place\">{}:{}:{}</p>\n",
      escaped(error.code), escaped(error.message), escaped(snippet.path), error.line, error.column);
  append_excerpt(out, snippet);
  append_facts(out, snippet);
  out += "</article>\n";
}

}  // namespace

void append_findings(std::string& out, const Run& run) {
  const std::vector<Finding> found = failed_checks(run);
  if (found.empty()) return;
  out +=
      "<section aria-labelledby=\"findings\">"
      "<h2 id=\"findings\">What did not pass</h2>\n";
  for (std::size_t i = 0; i < std::min(found.size(), most_findings); ++i)
    append_finding(out, found[i], i + 1);
  if (found.size() > most_findings)
    out += fmt::format(
        "<p>{} more did not pass: the table of all checks has them, and the JSON of the run "
        "explains them.</p>\n",
        found.size() - most_findings);
  out += "</section>\n";
}

void append_errors(std::string& out, const Run& run) {
  std::size_t shown = 0, left_out = 0;
  std::string articles;
  for (const FileResult& file : run.files)
    for (const FileError& error : file.errors) {
      if (shown == most_findings) {
        ++left_out;
        continue;
      }
      ++shown;
      append_error(articles, file, error);
    }
  if (shown == 0) return;
  out += "<section aria-labelledby=\"errors\"><h2 id=\"errors\">Errors in files</h2>\n" + articles;
  if (left_out > 0)
    out += fmt::format("<p>{} more.</p>\n", grouped(static_cast<std::int64_t>(left_out), "error"));
  out += "</section>\n";
}

}  // namespace verigrad::reports
