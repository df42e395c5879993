#include "reports/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "reports/display.hpp"
#include "reports/wording.hpp"

namespace verigrad::reports {
namespace {

Severity severity(Verdict verdict, bool strict) {
  if (strict || verdict == Verdict::fail) return Severity::error;
  return verdict == Verdict::inaccurate ? Severity::warning : Severity::note;
}

int rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::fail:
      return 0;
    case Verdict::inaccurate:
      return 2;
    default:
      return 3;
  }
}
constexpr int rank_of_errors = 1;
constexpr double infinity = std::numeric_limits<double>::infinity();

std::string code_of(const CheckResult& check) {
  if (!check.explanation.code.empty() || check.diagnosis.empty()) return check.explanation.code;
  return check.diagnosis.front().code;
}

std::size_t unsigned_or_zero(std::int64_t value) {
  return value > 0 ? static_cast<std::size_t>(value) : 0;
}

std::string default_message(const CheckResult& check) {
  if (!check.diagnosis.empty()) return check.diagnosis.front().message;
  switch (check.verdict) {
    case Verdict::fail:
      return title(check) + " does not hold";
    case Verdict::inaccurate:
      return title(check) + " has lost digits to rounding";
    case Verdict::inconclusive:
      return title(check) + " cannot be decided";
    case Verdict::pass:
      break;
  }
  return title(check) + " holds";
}

// The worst entry's place: "entry [3] at point 7".
std::string place(const WorstEntry& worst) {
  const std::string entry =
      worst.index.empty() ? "" : fmt::format("entry [{}] ", fmt::join(worst.index, ", "));
  return fmt::format("{}at point {}", entry, worst.point);
}

// What a saved run still knows, under the labels of a fresh one.
std::vector<Fact> default_facts(const FileResult& file, const CheckResult& check) {
  std::vector<Fact> facts;
  for (const Diagnosis& each : check.diagnosis)
    if (&each != &check.diagnosis.front())
      facts.push_back({"also", fmt::format("{} [{}]", each.message, each.code)});
  if (check.worst) {
    const WorstEntry& worst = *check.worst;
    const std::string bar = worst.error_bar && std::isfinite(*worst.error_bar)
                                ? fmt::format("  (± {:.1e})", *worst.error_bar)
                                : std::string();
    if (worst.analytic)
      facts.push_back({check.kind == Kind::check ? "engine" : "claimed", number(*worst.analytic)});
    if (worst.reference) facts.push_back({"reference", number(*worst.reference) + bar});
    for (const auto& [name, value] : worst.inputs)
      if (value.shape.empty()) facts.push_back({"at", name + " = " + number(value.data.at(0))});
  }
  if (const auto command = repro_command(file, check)) facts.push_back({"again", *command});
  return facts;
}

std::string_view message_of(const AccuracyRow& row) {
  switch (row.verdict) {
    case AccuracyVerdict::ok:
      return "an error has grown since it was stored";
    case AccuracyVerdict::ill_conditioned:
      return "ill-conditioned: a rounding of the inputs costs as many digits";
    case AccuracyVerdict::unstable:
      return "unstable: it loses more digits than a rounding of the inputs costs";
    case AccuracyVerdict::wrong:
      return "the rule disagrees with the proven derivative";
    case AccuracyVerdict::non_smooth:
      return "there is no derivative at most points";
    case AccuracyVerdict::undecided:
      break;
  }
  return "the true derivative is not known at too many points";
}

std::string entries_text(const std::vector<double>& entries) {
  if (entries.size() == 1) return number(entries.front());
  std::string text = "[";
  for (const double entry : entries) text += (text.size() > 1 ? ", " : "") + number(entry);
  return text + "]";
}

/// "inf ulp at most, 120 at the median"; "" where nothing was compared.
std::string errors_text(const UlpStatistics& ulps) {
  if (ulps.n == 0) return "";
  return fmt::format("{} ulp at most, {} at the median", short_number(ulps.max),
                     short_number(ulps.median));
}

/// Where the digits are lost: the largest share, if it has a place.
const OperationShare* culprit_of(const AccuracyRow& row) {
  return row.blame.empty() || row.blame.front().line <= 0 ? nullptr : &row.blame.front();
}

void put_at(Snippet& snippet, const FileResult& file, const OperationShare& share) {
  snippet.path = share.path.empty() ? file.path : share.path;
  snippet.line = unsigned_or_zero(share.line);
  snippet.column = unsigned_or_zero(share.column);
  if (!share.line_text.empty()) snippet.line_text = share.line_text;
  snippet.length = unsigned_or_zero(share.length);
  snippet.label = fmt::format("{:.0f} % of the rounding error{}", 100 * share.share,
                              share.backward ? ", in the backward pass" : "");
}

void put_at_statement(Snippet& snippet, const FileResult& file, const AccuracyRow& row) {
  snippet.path = file.path;
  snippet.line = unsigned_or_zero(row.line);
  snippet.column = unsigned_or_zero(row.column);
}

std::vector<Fact> facts_of(const AccuracyRow& row) {
  std::vector<Fact> facts;
  if (const std::string errors = errors_text(row.ulps); !errors.empty())
    facts.push_back({"error", errors});
  if (const std::string counts = counts_text(row); !counts.empty())
    facts.push_back({"counts", counts});
  for (const std::string& sentence : row.worsened) facts.push_back({"worse", sentence});
  if (row.worst) {
    facts.push_back({"computed", number(row.worst->computed)});
    facts.push_back({"true", number(row.worst->truth)});
    for (const auto& [name, entries] : row.worst->inputs)
      facts.push_back({"at", name + " = " + entries_text(entries)});
  }
  for (const OperationShare& share : row.blame) {
    const std::string place = place_text(share);
    facts.push_back(
        {"lost in",
         fmt::format("{}{}{}  {:.0f} %", share.operation, place.empty() ? "" : " at " + place,
                     share.backward ? " (backward)" : "", share.share * 100)});
  }
  for (const Rewrite& rewrite : row.rewrites)
    facts.push_back({std::string(rewrite_label(row, rewrite)), rewrite_text(rewrite)});
  if (!row.repro.empty()) facts.push_back({"again", row.repro});
  return facts;
}

}  // namespace

std::vector<Finding> findings_of(const Run& run) {
  struct Ranked {
    int rank;
    double order;
    Finding finding;
  };
  std::vector<Ranked> all;
  for (const FileResult& file : run.files) {
    for (const FileError& error : file.errors)
      all.push_back({rank_of_errors, 0, {.file = &file, .error = &error, .strict = run.strict}});
    for (const CheckResult& check : file.checks)
      if (check.verdict != Verdict::pass)
        all.push_back({rank(check.verdict),
                       digits_left(check),
                       {.file = &file, .check = &check, .strict = run.strict}});
    for (const AccuracyRow& row : file.accuracy)
      if (is_finding(row))
        all.push_back({rank(as_verdict(row)),
                       std::isnan(row.ulps.max) ? -infinity : -row.ulps.max,
                       {.file = &file, .row = &row, .strict = run.strict}});
  }
  std::stable_sort(all.begin(), all.end(), [](const Ranked& a, const Ranked& b) {
    return a.rank != b.rank ? a.rank < b.rank : a.order < b.order;
  });
  std::vector<Finding> findings;
  findings.reserve(all.size());
  for (const Ranked& each : all) findings.push_back(each.finding);
  return findings;
}

Severity severity_of(const Finding& finding) {
  if (finding.check) return severity(finding.check->verdict, finding.strict);
  if (finding.row) return severity(as_verdict(*finding.row), finding.strict);
  return Severity::error;
}

std::string rule_of(const Finding& finding) {
  if (finding.error) return finding.error->code;
  if (finding.row && finding.row->verdict == AccuracyVerdict::ok) return "accuracy-worsened";
  if (finding.row) return fmt::format("accuracy-{}", to_string(finding.row->verdict));
  const std::string code = code_of(*finding.check);
  return code.empty() ? std::string(gradcheck::to_string(finding.check->verdict)) : code;
}

Snippet snippet_of(const Finding& finding) {
  if (finding.check) return snippet_of(*finding.file, *finding.check, finding.strict);
  if (finding.row) return snippet_of(*finding.file, *finding.row, finding.strict);
  return snippet_of(*finding.file, *finding.error);
}

std::optional<std::string> repro_command(const FileResult& file, const CheckResult& check) {
  if (!check.repro || file.path == "-") return std::nullopt;
  const std::string core =  // whose place is that of its line and column
      file.path.ends_with(".fpcore") ? fmt::format(" --filter {}:{}", check.line, check.column)
                                     : "";
  return fmt::format("gradcheck check {}{} --repro {}", shell_word(file.path), core,
                     shell_word(*check.repro));
}

Snippet snippet_of(const FileResult& file, const CheckResult& check, bool strict) {
  const Explanation& explanation = check.explanation;
  Snippet snippet;
  snippet.severity = severity(check.verdict, strict);
  snippet.code = code_of(check);
  snippet.message = explanation.message.empty() ? default_message(check) : explanation.message;
  snippet.path = file.path;
  snippet.line = explanation.line > 0 ? explanation.line : unsigned_or_zero(check.line);
  snippet.column = explanation.column > 0 ? explanation.column : unsigned_or_zero(check.column);
  snippet.line_text = explanation.line_text;
  snippet.length = explanation.length;
  snippet.label = explanation.label;
  if (snippet.label.empty() && check.worst) snippet.label = place(*check.worst);
  snippet.facts = explanation.facts.empty() ? default_facts(file, check) : explanation.facts;
  return snippet;
}

Snippet snippet_of(const FileResult& file, const FileError& error) {
  Snippet snippet;
  snippet.code = error.code;
  snippet.message = error.message;
  snippet.path = error.path.empty() ? file.path : error.path;
  snippet.line = unsigned_or_zero(error.line);
  snippet.column = unsigned_or_zero(error.column);
  snippet.line_text = error.line_text;
  snippet.length = error.length;
  snippet.label = error.label.empty() ? error.help.value_or("") : error.label;
  snippet.facts = error.facts;
  return snippet;
}

Snippet snippet_of(const FileResult& file, const AccuracyRow& row, bool strict) {
  Snippet snippet;
  snippet.severity = severity(as_verdict(row), strict);
  snippet.message = fmt::format("{}: {}", title(row), message_of(row));
  snippet.facts = facts_of(row);
  const OperationShare* culprit = culprit_of(row);
  if (culprit == nullptr) {
    put_at_statement(snippet, file, row);
    snippet.label = row.reason;
    return snippet;
  }
  put_at(snippet, file, *culprit);
  if (!row.reason.empty()) snippet.facts.insert(snippet.facts.begin(), {"why", row.reason});
  return snippet;
}

std::optional<Snippet> statement_of(const Finding& finding) {
  if (!finding.row || finding.row->line <= 0 || culprit_of(*finding.row) == nullptr)
    return std::nullopt;
  Snippet snippet;
  snippet.severity = Severity::note;
  snippet.message = title(*finding.row) + " is measured here";
  put_at_statement(snippet, *finding.file, *finding.row);
  return snippet;
}

std::optional<Snippet> culprit_snippet(const FileResult& file, const OperationShare& share) {
  if (share.line == 0 || share.line_text.empty()) return std::nullopt;
  Snippet snippet;
  snippet.severity = Severity::note;
  snippet.message = "where the digits are lost";
  put_at(snippet, file, share);
  return snippet;
}

}  // namespace verigrad::reports
