#include "expressions/lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "expressions/codes.hpp"
#include "expressions/lookalikes.hpp"
#include "expressions/syntax.hpp"

namespace verigrad::expressions {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

/// Whether the closer belongs to the opener; an interval may be half-open.
bool closes(TokenKind opener, TokenKind closer, bool interval) {
  using enum TokenKind;
  if (interval && opener != open_curly) return closer != close_curly;
  return (opener == open_round && closer == close_round) ||
         (opener == open_square && closer == close_square) ||
         (opener == open_curly && closer == close_curly);
}

}  // namespace

bool is_open_bracket(TokenKind kind) {
  return kind == TokenKind::open_round || kind == TokenKind::open_square ||
         kind == TokenKind::open_curly;
}

bool is_close_bracket(TokenKind kind) {
  return kind == TokenKind::close_round || kind == TokenKind::close_square ||
         kind == TokenKind::close_curly;
}

bool is_comparison(TokenKind kind) { return kind >= TokenKind::equal && kind <= TokenKind::approx; }

bool check_text(const SourcePtr& source, Diagnostics& diagnostics) {
  if (source->oversized()) {
    diagnostics.add(
        {code::too_large,
         Severity::error,
         fmt::format("the file is larger than the limit of {} MiB", max_file_bytes >> 20),
         Span{0, 1},
         "the file begins here",
         {},
         "keep large data in a .csv or .npy file: const X = load(\"data.csv\")",
         source});
    return false;
  }
  const std::string_view text = source->text();
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    if (c.valid && c.value != 0) {
      at += c.length;
      continue;
    }
    const auto begin = static_cast<std::uint32_t>(at);
    const std::string found =
        c.valid ? "a NUL byte" : fmt::format("byte 0x{:02X}", static_cast<unsigned char>(text[at]));
    diagnostics.add({code::not_text,
                     Severity::error,
                     "the file is not UTF-8 text",
                     Span{begin, begin + 1},
                     found + " is not part of a text",
                     {},
                     c.valid ? "" : "save the file in the encoding UTF-8",
                     source});
    return false;
  }
  return true;
}

Lexer::Lexer(SourcePtr source, Diagnostics& diagnostics, bool keep_comments)
    : source_(std::move(source)),
      diagnostics_(diagnostics),
      text_(source_->text()),
      keep_comments_(keep_comments) {}

bool Lexer::next(LogicalLine& line) {
  line = LogicalLine{{}, {}, false, false, std::move(line.tokens)};
  line.tokens.clear();
  open_.clear();
  mismatch_.reset();
  faults_.clear();
  abandoned_ = false;
  if (!skip_to_line(line)) return false;
  read_tokens(line);
  if (!open_.empty() && !abandoned_) unclosed(line);
  for (Fault& fault : faults_) diagnostics_.add(std::move(fault.diagnostic));
  line.broken = !faults_.empty();
  const auto end =
      line.tokens.empty() ? static_cast<std::uint32_t>(at_) : line.tokens.back().span.end;
  line.tokens.push_back({TokenKind::end, {end, end}});
  return true;
}

bool Lexer::skip_to_line(LogicalLine& line) {
  while (at_ < text_.size()) {
    line_begin_ = at_;
    line.indent = 0;
    line.has_tab = false;
    for (; peek() == ' ' || peek() == '\t'; ++at_) {
      line.has_tab = line.has_tab || peek() == '\t';
      line.indent += peek() == '\t' ? 4 : 1;
    }
    line.indent_span = {static_cast<std::uint32_t>(line_begin_), static_cast<std::uint32_t>(at_)};
    const bool empty = at_line_end() || (peek() == '#' && !keep_comments_);
    if (!empty) return true;
    skip_physical_line();
  }
  return false;
}

void Lexer::skip_physical_line() {
  const std::size_t end = text_.find('\n', at_);
  at_ = end == std::string_view::npos ? text_.size() : end + 1;
}

void Lexer::push(LogicalLine& line, TokenKind kind, std::size_t length) {
  const auto begin = static_cast<std::uint32_t>(at_);
  at_ += length;
  line.tokens.push_back({kind, {begin, static_cast<std::uint32_t>(at_)}});
}

void Lexer::fault(Diagnostic diagnostic) {
  const bool same_line = !faults_.empty() && faults_.back().line_begin == line_begin_;
  if (same_line || faults_.size() >= Diagnostics::max_errors) return;
  diagnostic.source = source_;
  faults_.push_back({std::move(diagnostic), line_begin_});
}

void Lexer::read_tokens(LogicalLine& line) {
  while (at_ < text_.size() && !abandoned_) {
    const char c = peek();
    if (at_line_end()) {
      skip_physical_line();
      if (open_.empty()) return;
      line_begin_ = at_;
    } else if (c == ' ' || c == '\t') {
      ++at_;
    } else if (c == '#') {
      read_comment(line);
    } else if (is_name_start(c)) {
      std::size_t length = 1;
      while (is_name_part(peek(length))) ++length;
      push(line, TokenKind::name, length);
    } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      read_number(line);
    } else if (c == '"') {
      read_string(line);
    } else if (!read_operator(line)) {
      read_unknown();
    }
  }
}

void Lexer::read_comment(LogicalLine& line) {
  std::size_t end = at_;
  while (end < text_.size() && text_[end] != '\n') ++end;
  if (end > at_ && text_[end - 1] == '\r') --end;
  if (keep_comments_)
    push(line, TokenKind::comment, end - at_);
  else
    at_ = end;
}

bool Lexer::read_number(LogicalLine& line) {
  std::size_t n = 0;
  const auto digits = [&](auto accepts) {
    const std::size_t from = n;
    while (accepts(peek(n))) ++n;
    return n > from;
  };
  const auto is_hex_digit = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  const bool hex = peek() == '0' && (peek(1) == 'x' || peek(1) == 'X');
  if (hex) n = 2;
  const auto run = [&] { return hex ? digits(is_hex_digit) : digits(is_digit); };
  bool good = run();
  if (peek(n) == '.' && peek(n + 1) != '.') {
    ++n;
    good = run() || good;
  }
  const char mark = hex ? 'p' : 'e';
  if (good && (peek(n) | 0x20) == mark) {
    ++n;
    if (peek(n) == '+' || peek(n) == '-') ++n;
    good = digits(is_digit);
  }
  std::string help;
  const bool name_follows = is_name_part(peek(n));
  const bool digits_follow = peek(n) == '.' && is_digit(peek(n + 1));
  const std::size_t value_end = n;
  while (is_name_part(peek(n)) || (peek(n) == '.' && is_digit(peek(n + 1)))) ++n;
  const auto begin = static_cast<std::uint32_t>(at_);
  const Span span{begin, static_cast<std::uint32_t>(at_ + n)};
  const std::string_view text = text_.substr(at_, n);
  if (good && !name_follows && !digits_follow) {
    if (literal_value(text) > 1.7976931348623157e308)
      fault({code::number_literal,
             Severity::error,
             fmt::format("the number {} is too large for a double", quoted(text)),
             span,
             "the largest is about 1.8e308",
             {},
             "infinity is written inf"});
    push(line, TokenKind::number, n);
    return true;
  }
  if (good && name_follows && peek(value_end) == '_')
    help = "digits are written without '_'";
  else if (good && name_follows && !hex)
    help = fmt::format("a product needs its sign: {} * {}", text.substr(0, value_end),
                       text.substr(value_end));
  fault({code::number_literal,
         Severity::error,
         fmt::format("{} is not a number", quoted(text)),
         span,
         "expected a number such as 1, 1.5, .5, 1e-3 or 0x1.8p3",
         {},
         help});
  push(line, TokenKind::number, n);
  return false;
}

bool Lexer::read_string(LogicalLine& line) {
  std::size_t n = 1;
  const auto here = [&](std::size_t from, std::size_t length) {
    const auto begin = static_cast<std::uint32_t>(at_ + from);
    return Span{begin, begin + static_cast<std::uint32_t>(length)};
  };
  const auto ended = [&] { return at_ + n >= text_.size() || text_[at_ + n] == '\n'; };
  bool good = true;
  while (!ended() && peek(n) != '"') {
    if (peek(n) == '\\') {
      const char escaped = peek(n + 1);
      if (escaped != '"' && escaped != '\\' && escaped != 'n') {
        const bool shown = escaped != '\n' && escaped != '\r' && escaped != '\0';
        const std::size_t size = shown ? 1u + decode_utf8(text_, at_ + n + 1).length : 1u;
        fault({code::string_literal,
               Severity::error,
               "a string knows no such escape",
               here(n, size),
               "expected \\\", \\\\ or \\n",
               {},
               "a backslash itself is written \\\\"});
        good = false;
      } else {
        ++n;
      }
    }
    ++n;
  }
  if (ended()) {
    while (n > 1 && (text_[at_ + n - 1] == '\r')) --n;
    fault({code::string_literal,
           Severity::error,
           "this string has no end",
           here(0, n),
           "expected a closing \" on the same line",
           {},
           "a line end inside is written \\n"});
    push(line, TokenKind::string, n);
    return false;
  }
  push(line, TokenKind::string, n + 1);
  return good;
}

bool Lexer::read_operator(LogicalLine& line) {
  struct Spelling {
    std::string_view text;
    TokenKind kind;
  };
  using enum TokenKind;
  static constexpr Spelling spellings[] = {
      {"**", power},      {"..", dots},          {"==", equal},      {"!=", not_equal},
      {"<=", less_equal}, {">=", greater_equal}, {"~=", approx},     {"+", plus},
      {"-", minus},       {"*", star},           {"/", slash},       {"@", at},
      {"(", open_round},  {")", close_round},    {"[", open_square}, {"]", close_square},
      {"{", open_curly},  {"}", close_curly},    {",", comma},       {":", colon},
      {".", dot},         {"=", assign},         {"<", less},        {">", greater}};
  for (const Spelling& spelling : spellings) {
    if (!text_.substr(at_).starts_with(spelling.text)) continue;
    push(line, spelling.kind, spelling.text.size());
    bracket(line.tokens.back(), line);
    return true;
  }
  return false;
}

void Lexer::bracket(Token token, LogicalLine& line) {
  if (is_close_bracket(token.kind) && !open_.empty()) {
    const Open opener = open_.back();
    open_.pop_back();
    if (!mismatch_ && !closes(opener.token.kind, token.kind, opener.after_in))
      mismatch_ = Mismatch{opener.token, token};
  }
  if (!is_open_bracket(token.kind)) return;
  const std::size_t count = line.tokens.size();
  const bool after_in = count > 1 && source_->text(line.tokens[count - 2].span) == "in";
  open_.push_back({token, after_in});
  if (open_.size() <= static_cast<std::size_t>(max_nesting)) return;
  fault({code::nesting,
         Severity::error,
         fmt::format("nested deeper than the limit of {} levels", max_nesting),
         token.span,
         fmt::format("bracket number {}", max_nesting + 1),
         {},
         "give the inner parts names"});
  abandoned_ = true;
  line.broken = true;
  skip_physical_line();
}

/// Whether the wrong closer belongs to the statement at hand: no line from the bracket that is
/// never closed up to it looks like the start of another statement.
bool Lexer::mismatch_counts(const LogicalLine& line) const {
  const std::size_t last = source_->position(mismatch_->opener.span.begin).line;
  for (std::size_t n = source_->position(open_.back().token.span.begin).line + 1; n <= last; ++n) {
    const std::string_view text = source_->line(n);
    if (text.find_first_not_of(" \t") <= line.indent) return false;
  }
  return true;
}

void Lexer::unclosed(LogicalLine& line) {
  const bool wrong_closer = mismatch_ && mismatch_counts(line);
  const Token opener = wrong_closer ? mismatch_->opener : open_.back().token;
  const std::size_t number = source_->position(opener.span.begin).line;
  const std::size_t end =
      number < source_->line_count() ? source_->line_start(number + 1) : text_.size();
  const auto cut = std::partition_point(line.tokens.begin(), line.tokens.end(),
                                        [&](const Token& t) { return t.span.begin < end; });
  line.tokens.erase(cut, line.tokens.end());
  at_ = end;
  // What lies beyond is read again; what lies before is reported now.
  std::erase_if(faults_, [&](const Fault& fault) { return fault.line_begin >= end; });
  const std::string_view text = source_->text(opener.span);
  const char* closer = text == "(" ? ")" : text == "[" ? "]" : "}";
  std::string message = fmt::format("'{}' is never closed", text);
  std::vector<std::string> notes;
  if (wrong_closer) {
    message = fmt::format("'{}' is closed by '{}'", text, source_->text(mismatch_->closer.span));
    notes.push_back(fmt::format("'{}' stands at {}", source_->text(mismatch_->closer.span),
                                source_->where(mismatch_->closer.span)));
  }
  faults_.push_back({{code::bracket,
                      Severity::error,
                      std::move(message),
                      opener.span,
                      fmt::format("expected a matching '{}' further on", closer),
                      std::move(notes),
                      {},
                      source_},
                     end});
}

void Lexer::read_unknown() {
  const CodePoint c = decode_utf8(text_, at_);
  if (!faults_.empty() && faults_.back().line_begin == line_begin_) {  // one a line is reported
    at_ += c.length;
    return;
  }
  const Span span{static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(at_ + c.length)};
  const Lookalike* known = find_lookalike(c.value);
  const std::string_view text = text_.substr(at_, c.length);
  std::string message = fmt::format("unknown character {}", quoted(text));
  if (c.value >= 0x80 || c.value < 0x20)
    message += fmt::format(" (U+{:04X})", std::uint32_t{c.value});
  fault({code::character,
         Severity::error,
         std::move(message),
         span,
         known ? known->label : "",
         {},
         known ? known->help
               : std::string(c.value >= 0x80 ? "names and operators are ASCII; other characters "
                                               "stand in comments and strings"
                                             : "")});
  at_ += c.length;
}

}  // namespace verigrad::expressions
