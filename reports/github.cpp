#include <fmt/format.h>

#include "reports/display.hpp"
#include "reports/findings.hpp"
#include "reports/formats.hpp"
#include "reports/wording.hpp"

namespace verigrad::reports {
namespace {

// Of each kind, in a step (GitHub's documentation of workflow commands).
constexpr std::int64_t most_shown = 10;

// Behind the last `::`. The toolkit's escapes (@actions/core, command.ts).
std::string escaped_data(std::string_view text) {
  std::string result;
  for (const char c : text) switch (c) {
      case '%':
        result += "%25";
        break;
      case '\r':
        result += "%0D";
        break;
      case '\n':
        result += "%0A";
        break;
      default:
        result += c;
    }
  return result;
}

// The value of `file=`, `title=`.
std::string escaped_property(std::string_view text) {
  std::string result;
  for (const char c : escaped_data(text)) switch (c) {
      case ':':
        result += "%3A";
        break;
      case ',':
        result += "%2C";
        break;
      default:
        result += c;
    }
  return result;
}

std::string_view command(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

std::string place(const Snippet& snippet) {
  if (snippet.path == "-") return "";
  std::string text = fmt::format("file={},", escaped_property(printable(snippet.path)));
  if (snippet.line > 0) text += fmt::format("line={},", snippet.line);
  if (snippet.line > 0 && snippet.column > 0) text += fmt::format("col={},", snippet.column);
  return text;
}

std::string annotation(const Finding& finding) {
  const Snippet snippet = snippet_of(finding);
  return fmt::format("::{} {}title={}::{}\n", command(snippet.severity), place(snippet),
                     escaped_property(printable(rule_of(finding) + ": " + snippet.message)),
                     escaped_data(render(snippet)));
}

std::string left_out(std::int64_t count, std::string_view kind) {
  if (count <= most_shown) return "";
  return fmt::format("; GitHub shows {} of {} {}", most_shown, count, kind);
}

}  // namespace

std::string render_github(const Run& run) {
  constexpr std::size_t bytes_of_annotation = 1024;  // room that is not used costs addresses alone
  const std::vector<Finding> findings = findings_of(run);
  std::string out;
  out.reserve((findings.size() + 1) * bytes_of_annotation);
  std::int64_t errors = 0, warnings = 0;
  for (const Finding& finding : findings) {
    ++(severity_of(finding) == Severity::error ? errors : warnings);
    out += annotation(finding);
  }
  const std::string summary =
      fmt::format("{} in {} (seed {}){}{}", outcome(run), files_text(run), run.seed,
                  left_out(errors, "errors"), left_out(warnings, "warnings"));
  out += fmt::format("::notice title=gradcheck::{}\n", escaped_data(summary));
  return out;
}

}  // namespace verigrad::reports
