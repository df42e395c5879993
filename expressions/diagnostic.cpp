#include "expressions/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace verigrad::expressions {
namespace {

constexpr std::size_t max_shown_columns = 100;

/// One character as the terminal shows it.
struct Glyph {
  std::string text;
  std::size_t columns = 1;
  std::size_t begin = 0;  // byte offset in its line
};

bool is_wide(char32_t c) {
  struct Range {
    char32_t first, last;
  };
  static constexpr Range ranges[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},  {0x3041, 0xA4CF},
                                     {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},  {0xFE30, 0xFE6F},
                                     {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},  {0x1F300, 0x1F64F},
                                     {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [c](Range r) { return c >= r.first && c <= r.last; });
}

bool is_zero_width(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF;
}

Glyph glyph_at(std::string_view line, std::size_t at, std::size_t& length) {
  const CodePoint c = decode_utf8(line, at);
  length = c.length;
  if (c.value == '\t') return {"    ", 4, at};
  const bool control = c.value < 0x20 || (c.value >= 0x7F && c.value < 0xA0) ||
                       (c.value >= 0x202A && c.value <= 0x202E) ||
                       (c.value >= 0x2066 && c.value <= 0x2069);
  if (!c.valid || control) return {"\xEF\xBF\xBD", 1, at};
  const std::size_t columns = is_zero_width(c.value) ? 0 : is_wide(c.value) ? 2 : 1;
  return {std::string(line.substr(at, c.length)), columns, at};
}

/// The part of a line that is shown, and the columns of the carets below it.
struct Snippet {
  std::string text;
  std::size_t caret_column = 0;
  std::size_t caret_count = 1;
};

/// The first byte at or before `at` that is at most `columns` characters to the left of it.
std::size_t step_back(std::string_view line, std::size_t at, std::size_t columns) {
  while (at > 0 && columns > 0) {
    --at;
    while (at > 0 && (static_cast<unsigned char>(line[at]) & 0xC0u) == 0x80u) --at;
    --columns;
  }
  return at;
}

/// Shows at most max_shown_columns of `line`, so that bytes [begin, end) are among them from their
/// start.
Snippet cut(std::string_view line, std::size_t begin, std::size_t end) {
  constexpr std::size_t context = 30;
  std::size_t from = 0;
  if (line.size() > max_shown_columns && end > max_shown_columns)
    from = step_back(line, begin, context);
  Snippet shown;
  std::size_t columns = 0;
  if (from > 0) {
    shown.text = "…";
    columns = 1;
  }
  std::size_t caret_end = 0;
  std::size_t length = 0;
  std::size_t at = from;
  bool begun = false;
  for (; at < line.size() && columns < max_shown_columns; at += length) {
    const Glyph glyph = glyph_at(line, at, length);
    if (at >= begin && !begun) {
      shown.caret_column = columns;
      begun = true;
    }
    shown.text += glyph.text;
    columns += glyph.columns;
    if (at < end) caret_end = columns;
  }
  if (!begun) shown.caret_column = columns;
  if (at < line.size()) shown.text += "…";
  if (caret_end > shown.caret_column) shown.caret_count = caret_end - shown.caret_column;
  return shown;
}

std::string head(const Diagnostic& d, const Styles& s) {
  const bool error = d.severity == Severity::error;
  const std::string code = d.code.empty() ? "" : fmt::format("[{}]", d.code);
  return fmt::format("{}{}{}{}{}: {}{}\n", error ? s.error : s.warning, error ? "error" : "warning",
                     code, s.reset, s.message, d.message, s.reset);
}

}  // namespace

std::string quoted(std::string_view name) {
  constexpr std::size_t longest = 60;
  std::string shown = "'";
  std::size_t length = 0;
  std::size_t count = 0;
  for (std::size_t at = 0; at < name.size(); at += length) {
    if (++count > longest) {
      shown += "…";
      break;
    }
    if (name[at] == '\n') {
      shown += "\\n";
      length = 1;
    } else {
      shown += glyph_at(name, at, length).text;
    }
  }
  return shown + "'";
}

Styles Styles::ansi() {
  return {"\033[1;31m", "\033[1;33m", "\033[1;34m", "\033[1m", "\033[1;32m", "\033[0m"};
}

std::string render(const Diagnostic& diagnostic, const Styles& styles) {
  std::string out = head(diagnostic, styles);
  std::size_t width = 1;
  auto to = std::back_inserter(out);
  const Styles& s = styles;
  if (diagnostic.source) {
    const SourceFile& source = *diagnostic.source;
    const Position at = source.position(diagnostic.span.begin);
    const std::string number = fmt::format("{}", at.line);
    width = number.size();
    const std::string_view line = source.line(at.line);
    const std::size_t start = source.line_start(at.line);
    const std::size_t begin = std::min<std::size_t>(diagnostic.span.begin - start, line.size());
    const std::size_t end = std::clamp<std::size_t>(
        diagnostic.span.end - std::min<std::size_t>(start, diagnostic.span.end), begin,
        line.size());
    const Snippet snippet = cut(line, begin, end);
    const std::string& mark = diagnostic.severity == Severity::error ? s.error : s.warning;
    fmt::format_to(to, "{0:{1}}{2}-->{3} {4}:{5}:{6}\n", "", width, s.gutter, s.reset,
                   source.path(), at.line, at.column);
    fmt::format_to(to, "{0:{1}} {2}|{3}\n", "", width, s.gutter, s.reset);
    fmt::format_to(to, "{0}{1} |{2}{3}{4}\n", s.gutter, number, s.reset,
                   snippet.text.empty() ? "" : " ", snippet.text);
    fmt::format_to(to, "{0:{1}} {2}|{3} {4:{5}}{6}{7:^>{8}}{9}{10}{11}\n", "", width, s.gutter,
                   s.reset, "", snippet.caret_column, mark, "", snippet.caret_count,
                   diagnostic.label.empty() ? "" : " ", diagnostic.label, s.reset);
  }
  if (diagnostic.notes.empty() && diagnostic.help.empty()) return out;
  if (diagnostic.source) fmt::format_to(to, "{0:{1}} {2}|{3}\n", "", width, s.gutter, s.reset);
  for (const std::string& note : diagnostic.notes)
    fmt::format_to(to, "{0:{1}} {2}={3} note: {4}\n", "", width, s.gutter, s.reset, note);
  if (!diagnostic.help.empty())
    fmt::format_to(to, "{0:{1}} {2}={3} {4}help{3}: {5}\n", "", width, s.gutter, s.reset, s.help,
                   diagnostic.help);
  return out;
}

void Diagnostics::add(Diagnostic diagnostic) {
  if (!diagnostic.source) diagnostic.source = source_;
  const bool error = diagnostic.severity == Severity::error;
  const std::size_t held = error ? errors_ : all_.size() - errors_;
  if (held >= max_errors) return;
  const bool known = std::any_of(all_.begin(), all_.end(), [&](const Diagnostic& other) {
    return other.code == diagnostic.code && other.span == diagnostic.span &&
           other.source == diagnostic.source && other.message == diagnostic.message;
  });
  if (known) return;
  if (error && ++errors_ == max_errors)
    diagnostic.notes.push_back(fmt::format("stopped after {} errors", max_errors));
  all_.push_back(std::move(diagnostic));
}

std::string Diagnostics::render_all(const Styles& styles) const {
  std::string out;
  for (const Diagnostic& diagnostic : all_) {
    if (!out.empty()) out += '\n';
    out += render(diagnostic, styles);
  }
  return out;
}

}  // namespace verigrad::expressions
