#include "reports/snippet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "reports/display.hpp"

namespace verigrad::reports {
namespace {

constexpr std::size_t longest_excerpt = 160;
constexpr std::size_t context_before = 60;
constexpr std::size_t fact_label_width = 10;

struct Excerpt {
  std::string text;
  std::size_t caret_begin = 0, caret_count = 0;  // in display columns
};

// The line's characters from `first` on, as many as are shown, and where the span lies among them.
Excerpt excerpt_of(std::string_view line, std::size_t column, std::size_t length) {
  const std::size_t begin = column > 0 ? column - 1 : 0;
  const std::size_t end = begin + std::min(std::max<std::size_t>(length, 1), line.size() + 1);
  const std::size_t first =
      end <= longest_excerpt || begin <= context_before ? 0 : begin - context_before;
  Excerpt result;
  std::size_t shown_width = 0, position = 0;
  if (first > 0) {
    result.text = "…";
    shown_width = 1;
  }
  result.caret_begin = std::string_view::npos;
  for (; !line.empty(); ++position) {
    const Glyph glyph = first_glyph(line);
    line.remove_prefix(glyph.bytes);
    if (position < first) continue;
    if (position == first + longest_excerpt) {
      result.text += "…";
      break;
    }
    if (position == begin) result.caret_begin = shown_width;
    if (begin <= position && position < end) result.caret_count += glyph.width;
    result.text += glyph.text;
    shown_width += glyph.width;
  }
  if (result.caret_begin == std::string_view::npos) result.caret_begin = shown_width;
  result.caret_count = std::max<std::size_t>(result.caret_count, 1);
  return result;
}

std::string_view word(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "";
}

std::string_view colour(Severity severity, const Style& style) {
  switch (severity) {
    case Severity::error:
      return style.error;
    case Severity::warning:
      return style.warning;
    case Severity::note:
      return style.note;
  }
  return "";
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return printable(text);
}

std::string without_trailing_spaces(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

void append_fact(std::string& out, const Fact& fact, std::size_t label_width,
                 const std::string& margin, const Style& style) {
  const std::string lead = margin + " " + style.paint(style.faint, "=") + " ";
  const std::string label = fact.label.empty() ? "" : padded(fact.label, label_width) + " ";
  const std::string indent(margin.size() + 3 + display_width(label), ' ');
  std::string_view rest = fact.text;
  bool first = true;
  do {
    const std::size_t line_end = std::min(rest.find('\n'), rest.size());
    const std::string line = (first ? label : indent) + printable(rest.substr(0, line_end));
    out += (first ? lead : "") + without_trailing_spaces(line) + "\n";
    rest.remove_prefix(std::min(line_end + 1, rest.size()));
    first = false;
  } while (!rest.empty());
}

}  // namespace

std::string render(const Snippet& snippet, const Style& style) {
  const std::string_view tint = colour(snippet.severity, style);
  std::string head(word(snippet.severity));
  if (!snippet.code.empty()) head += fmt::format("[{}]", printable(snippet.code));
  std::string out =
      style.paint(tint, head) + style.paint(style.strong, ": " + one_line(snippet.message)) + "\n";

  const std::string line_number = fmt::format("{}", snippet.line);
  const std::string margin(line_number.size(), ' ');
  const std::string bar = margin + " " + style.paint(style.faint, "|");
  if (!snippet.path.empty()) {
    out += margin + style.paint(style.faint, "-->") + " " + printable(snippet.path);
    if (snippet.line > 0) out += ":" + line_number;
    if (snippet.line > 0 && snippet.column > 0) out += fmt::format(":{}", snippet.column);
    out += "\n";
  }

  std::vector<Fact> facts = snippet.facts;
  if (snippet.line > 0 && snippet.line_text) {
    const Excerpt excerpt = excerpt_of(*snippet.line_text, snippet.column, snippet.length);
    const std::string carets(excerpt.caret_count, '^');
    const std::string label = snippet.label.empty() ? "" : " " + one_line(snippet.label);
    out += bar + "\n" + style.paint(style.faint, line_number + " |");
    out += without_trailing_spaces(" " + excerpt.text) + "\n";
    out += bar + " " + std::string(excerpt.caret_begin, ' ');
    out += style.paint(tint, carets + label) + "\n";
  } else if (!snippet.label.empty()) {
    facts.insert(facts.begin(), Fact{"", snippet.label});
  }

  if (facts.empty()) return out;
  std::size_t label_width = fact_label_width;
  for (const Fact& fact : facts) label_width = std::max(label_width, display_width(fact.label));
  out += bar + "\n";
  for (const Fact& fact : facts) append_fact(out, fact, label_width, margin, style);
  return out;
}

}  // namespace verigrad::reports
