// Text -> tokens, one logical line at a time.
//
// A logical line is one statement: a physical line, and the following ones while a bracket is open.
// Blank and comment lines are skipped. Brackets are only counted here, because a domain may mix
// them (`[0, 1)`); their kinds serve messages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expressions/diagnostic.hpp"
#include "expressions/source.hpp"

namespace verigrad::expressions {

enum class TokenKind : std::uint8_t {
  end,  ///< after the last token of a logical line
  name,
  number,
  string,
  plus,
  minus,
  star,
  slash,
  power,
  at,
  open_round,
  close_round,
  open_square,
  close_square,
  open_curly,
  close_curly,
  comma,
  colon,
  dot,
  dots,  ///< ..
  assign,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  approx,  ///< ~=
  comment,
};

struct Token {
  TokenKind kind = TokenKind::end;
  Span span;
};

bool is_open_bracket(TokenKind kind);
bool is_close_bracket(TokenKind kind);
bool is_comparison(TokenKind kind);

/// One statement's tokens, with a token of kind `end` after the last.
struct LogicalLine {
  std::uint32_t indent = 0;  ///< columns of leading white space, a tab counted as four
  Span indent_span;
  bool has_tab = false;  ///< the indentation contains a tab
  bool broken = false;   ///< an error in it was reported already
  std::vector<Token> tokens;
};

/// Checks that the whole text is UTF-8 without NUL bytes and not too large; reports the first
/// fault.
bool check_text(const SourcePtr& source, Diagnostics& diagnostics);

class Lexer {
 public:
  /// With `keep_comments`, comments are tokens too and comment lines are lines of their own (for
  /// the formatter).
  Lexer(SourcePtr source, Diagnostics& diagnostics, bool keep_comments = false);

  /// Reads the next logical line into `line`; false at the end of the text.
  ///
  /// Reports at most one error a physical line. A bracket that is never closed is reported at the
  /// bracket, or, when a closer of another kind has arrived on the way, at the first one that it
  /// met; the line then ends where that bracket's physical line ends, so that the rest of the file
  /// is still read.
  bool next(LogicalLine& line);

 private:
  struct Fault {
    Diagnostic diagnostic;
    std::size_t line_begin;
  };
  struct Open {
    Token token;
    bool after_in;  ///< an interval may end with the other of ) and ]
  };
  struct Mismatch {
    Token opener, closer;
  };

  bool skip_to_line(LogicalLine& line);
  void read_tokens(LogicalLine& line);
  void read_comment(LogicalLine& line);
  bool read_number(LogicalLine& line);
  bool read_string(LogicalLine& line);
  bool read_operator(LogicalLine& line);
  void read_unknown();
  void bracket(Token token, LogicalLine& line);
  void unclosed(LogicalLine& line);
  [[nodiscard]] bool mismatch_counts(const LogicalLine& line) const;
  void push(LogicalLine& line, TokenKind kind, std::size_t length);
  void fault(Diagnostic diagnostic);
  void skip_physical_line();
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool at_line_end() const {
    return at_ >= text_.size() || text_[at_] == '\n' ||
           (text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n'));
  }

  SourcePtr source_;
  Diagnostics& diagnostics_;
  std::string_view text_;
  bool keep_comments_;
  std::size_t at_ = 0;
  std::size_t line_begin_ = 0;
  std::vector<Open> open_;            // brackets that are open
  std::optional<Mismatch> mismatch_;  // the first of the logical line at hand
  std::vector<Fault> faults_;         // of the logical line at hand, one a physical line
  bool abandoned_ = false;            // the rest of the logical line is not read
};

/// A number literal's value, the nearest double; infinite when it is too large. `text` must be a
/// literal that the lexer accepts.
double literal_value(std::string_view text);

/// The characters a string literal (with its quotes) stands for.
std::string unescape(std::string_view literal);

}  // namespace verigrad::expressions
