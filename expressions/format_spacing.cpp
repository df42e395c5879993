#include <utility>

#include "expressions/format.hpp"
#include "expressions/parser.hpp"

namespace verigrad::expressions {
namespace {

using enum TokenKind;

/// Walks over the tokens of one statement and says how each is set.
class Spacer {
 public:
  Spacer(const SourceFile& source, const LogicalLine& line) : source_(source), line_(line) {}

  std::vector<Spacing> run() {
    std::vector<Spacing> all;
    all.reserve(line_.tokens.size());
    for (at_ = 0; at_ < line_.tokens.size(); ++at_) {
      const Token& token = line_.tokens[at_];
      all.push_back(token.kind == comment ? Spacing{2, Anchor::comment} : next(token));
    }
    return all;
  }

 private:
  [[nodiscard]] std::string_view text(const Token& t) const { return source_.text(t.span); }
  [[nodiscard]] TokenKind following() const {
    return at_ + 1 < line_.tokens.size() ? line_.tokens[at_ + 1].kind : end;
  }

  Spacing next(const Token& token) {
    const bool infix = is_sign(token.kind) && operand_before_;
    Spacing spacing;
    if (has_before_) spacing.before = space_before(token, infix) ? 1 : 0;
    spacing.anchor = anchor_of(token);
    remember(token, infix);
    return spacing;
  }

  static bool is_sign(TokenKind kind) { return kind == plus || kind == minus; }

  /// `finite-difference` in a `set` is one word.
  [[nodiscard]] bool is_hyphen(const Token& token, bool infix) const {
    return in_set_ && infix && token.kind == minus && token.span.begin == before_.span.end;
  }

  [[nodiscard]] bool space_before(const Token& token, bool infix) const {
    if (is_hyphen(token, infix)) return false;
    switch (token.kind) {
      case comma:
      case close_round:
      case close_square:
      case close_curly:
        return false;
      case colon:
        return depth_ == 0 ? leaf_colon_due_ : before_.kind == comma;
      case dot:
        return before_.kind == number;
      case dots:
        return before_.kind == number && text(before_).ends_with('.');
      case assign:
        return depth_ == 0;
      case open_round:
      case open_square:
        if (operand_before_) return false;
        break;
      default:
        break;
    }
    return infix || space_after_before();
  }

  /// Whether a space follows the token before, if the one at hand does not mind.
  [[nodiscard]] bool space_after_before() const {
    if (is_open_bracket(before_.kind) || prefix_before_) return false;
    switch (before_.kind) {
      case dot:
      case dots:
        return false;
      case colon:
      case assign:
        return depth_ == 0;
      default:
        return true;
    }
  }

  Anchor anchor_of(const Token& token) {
    if (depth_ > 0) return Anchor::none;
    if (token.kind == colon && leaf_colon_due_) return Anchor::colon;
    if (token.kind == assign && !std::exchange(equals_seen_, true)) return Anchor::equals;
    const bool is_in = token.kind == name && text(token) == "in";
    if (is_in && !equals_seen_ && !std::exchange(in_seen_, true)) return Anchor::in;
    return Anchor::none;
  }

  void remember(const Token& token, bool infix) {
    const bool hyphen = is_hyphen(token, infix);
    const bool word = at_statement_start_ && token.kind == name && following() != assign;
    const std::string_view spelled = word ? text(token) : std::string_view{};
    if (at_statement_start_) {
      leaf_colon_due_ = spelled == "input" || spelled == "const";
      in_set_ = spelled == "set";
      in_expect_ = spelled == "expect";
    }
    if (is_open_bracket(token.kind)) ++depth_;
    if (is_close_bracket(token.kind) && depth_ > 0) --depth_;
    at_statement_start_ = token.kind == colon && depth_ == 0 && in_expect_;
    if (token.kind == colon && depth_ == 0) leaf_colon_due_ = false;
    const bool introduces =
        (spelled == "expect" || spelled == "print" || spelled == "check") && following() != dot;
    operand_before_ = (token.kind == name && !introduces && !is_word_of_grammar(token)) ||
                      token.kind == number || token.kind == string || is_close_bracket(token.kind);
    prefix_before_ = (is_sign(token.kind) && !infix) || hyphen;
    before_ = token;
    has_before_ = true;
  }

  [[nodiscard]] bool is_word_of_grammar(const Token& token) const {
    const std::string_view spelled = text(token);
    return spelled == "in" || spelled == "wrt" || spelled == "within";
  }

  const SourceFile& source_;
  const LogicalLine& line_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  Token before_;
  bool has_before_ = false;
  bool operand_before_ = false;
  bool prefix_before_ = false;
  bool at_statement_start_ = true;
  bool leaf_colon_due_ = false;
  bool in_set_ = false;
  bool in_expect_ = false;
  bool equals_seen_ = false;
  bool in_seen_ = false;
};

}  // namespace

std::vector<Spacing> space_tokens(const SourceFile& source, const LogicalLine& line) {
  return Spacer(source, line).run();
}

}  // namespace verigrad::expressions
