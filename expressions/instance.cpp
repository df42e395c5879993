#include "expressions/instance.hpp"

#include <algorithm>

namespace verigrad::expressions {

Location locate(const SourcePtr& source, Span span) {
  const Position begin = source->position(span.begin);
  const Position end = source->position(span.end);
  Location where;
  where.line = begin.line;
  where.column = begin.column;
  where.line_text = std::string(source->line(begin.line));
  const std::uint32_t line_end =
      source->line_start(begin.line) + static_cast<std::uint32_t>(where.line_text.size());
  const Position last =
      end.line == begin.line ? end : source->position(std::max(line_end, span.begin));
  where.length = last.column - begin.column;
  where.source = source;
  where.span = span;
  return where;
}

std::string on_one_line(std::string_view text) {
  std::string line;
  bool comment = false;
  for (const char c : text) {
    comment = c != '\n' && (comment || c == '#' || c == ';');
    if (comment) continue;
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  return line;
}

bool is_anonymous(const Leaf& leaf) { return leaf.name.find('#') != std::string::npos; }

}  // namespace verigrad::expressions
