#include <fmt/format.h>

#include <cmath>

#include "reports/display.hpp"
#include "reports/text.hpp"

namespace verigrad::reports {
namespace {

Severity severity(Verdict verdict, bool strict) {
  if (strict || verdict == Verdict::fail) return Severity::error;
  return verdict == Verdict::inaccurate ? Severity::warning : Severity::note;
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

}  // namespace

std::string title(const CheckResult& check) {
  const std::string output = check.output.value_or("");
  const std::string wrt = fmt::format("{}", fmt::join(check.wrt, ", "));
  const std::string_view kind = to_string(check.kind);
  switch (check.kind) {
    case Kind::check:
      return fmt::format("check{}{}", output.empty() ? "" : " " + output,
                         wrt.empty() ? "" : " wrt " + wrt);
    case Kind::test:
      return fmt::format("test \"{}\"", check.name.value_or(""));
    case Kind::expect:
      return check.name ? "expect " + *check.name : "expect";
    default:
      break;
  }
  if (output.empty()) return fmt::format("{} {}", kind, wrt);
  return fmt::format("{}({}, {})", kind, output, wrt);
}

std::optional<std::string> repro_command(const FileResult& file, const CheckResult& check) {
  if (!check.repro || file.path == "-") return std::nullopt;
  return fmt::format("gradcheck check {} --repro {}", shell_word(file.path),
                     shell_word(*check.repro));
}

Snippet snippet_of(const FileResult& file, const CheckResult& check, bool strict) {
  const Explanation& explanation = check.explanation;
  Snippet snippet;
  snippet.severity = severity(check.verdict, strict);
  snippet.code = explanation.code;
  if (snippet.code.empty() && !check.diagnosis.empty()) snippet.code = check.diagnosis.front().code;
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

}  // namespace verigrad::reports
