// What the parser says when it meets something else than it expected.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "expressions/parser.hpp"
#include "expressions/parser_impl.hpp"
#include "expressions/suggest.hpp"

namespace verigrad::expressions {
namespace {

struct Habit {
  std::string_view word;
  const char* help;
};

/// Words of other languages inside an expression.
constexpr Habit expression_habits[] = {
    {"if", "a choice is written where(condition, a, b)"},
    {"else", "a choice is written where(condition, a, b)"},
    {"lambda", "a function is written on its own line: def f(x) = x ** 2"},
    {"and", "state each condition in its own where or expect"},
    {"or", "state each condition in its own where or expect"},
    {"not", "state the opposite comparison"},
    {"is", "equality is written =="},
    {"for", "write the sum over entries as an operation on tensors, as in sum(x * y)"},
};

/// Words of other languages at the start of a line.
constexpr Habit line_habits[] = {
    {"import", "all functions are known already; another file's functions: use \"lib.grad\""},
    {"from", "all functions are known already; another file's functions: use \"lib.grad\""},
    {"let", "a binding is written NAME = EXPR"},
    {"var", "a binding is written NAME = EXPR"},
    {"auto", "a binding is written NAME = EXPR"},
    {"val", "a binding is written NAME = EXPR"},
    {"return", "the last binding is the output, or the one that the line 'output NAME' names"},
    {"if", "a choice is written where(condition, a, b)"},
    {"else", "a choice is written where(condition, a, b)"},
    {"while", "there are no loops but 'for i in a..b:' in test blocks"},
    {"assert", "an assertion is written expect A == B"},
    {"param", "a differentiable leaf is written input NAME : SHAPE in DOMAIN"},
    {"parameter", "a differentiable leaf is written input NAME : SHAPE in DOMAIN"},
    {"fn", "a function is written def f(x) = EXPR"},
    {"function", "a function is written def f(x) = EXPR"},
    {"lambda", "a function is written def f(x) = EXPR"},
    {"class", "a function is written def f(x) = EXPR"},
};

template <std::size_t N>
const char* find_habit(const Habit (&habits)[N], std::string_view word) {
  const auto found = std::find_if(std::begin(habits), std::end(habits),
                                  [&](const Habit& h) { return h.word == word; });
  return found == std::end(habits) ? nullptr : found->help;
}

}  // namespace

void Parser::fail(const char* code, Span span, std::string message, std::string label,
                  std::string help, std::vector<std::string> notes) const {
  throw DiagnosticError({code, Severity::error, std::move(message), span, std::move(label),
                         std::move(notes), std::move(help), source_});
}

void Parser::unexpected(std::string_view wanted, std::string help,
                        std::vector<std::string> notes) const {
  const Token& found = token();
  const std::string_view word = text(found);
  if (is_comparison(found.kind))
    fail(code::comparison, found.span, fmt::format("a comparison where {} was expected", wanted),
         "comparisons stand only inside where( ) and expect",
         found.kind == TokenKind::approx ? "~= stands only in expect A ~= B" : "");
  if (found.kind == TokenKind::dots)
    fail(code::range, found.span, fmt::format("a range where {} was expected", wanted),
         "a..b stands only after 'dim NAME in' and in 'for'", "a slice is written x[a:b]");
  if (found.kind == TokenKind::name && word == "within")
    fail(code::within, found.span, "'within' where none may stand", "",
         "a tolerance belongs to a claim, as in grad x = EXPR within 1e-6, or to expect A ~= B");
  if (is_close_bracket(found.kind) && nesting_ == 0)
    fail(code::bracket, found.span, fmt::format("'{}' closes nothing", word),
         fmt::format("expected {}", wanted));
  if (found.kind == TokenKind::name && help.empty()) {
    const char* habit = find_habit(expression_habits, word);
    if (habit) help = habit;
  }
  if (at_ > 0 && help.empty() && found.kind != TokenKind::end) {
    const Token& before = line_.tokens[at_ - 1];
    const bool begins_statement = at_ == 1 && is_statement_word(text(before));
    const char* habit = before.kind == TokenKind::name && !begins_statement
                            ? find_habit(expression_habits, text(before))
                            : nullptr;
    if (habit) help = habit;
    if (before.kind == TokenKind::slash && found.kind == TokenKind::slash)
      help = "a quotient rounded down is written floor(a / b)";
  }
  fail(code::expected, found.span, fmt::format("expected {}", wanted),
       fmt::format("found {}", describe(found)), std::move(help), std::move(notes));
}

void Parser::end_of_statement() const {
  if (at_end()) return;
  if (kind() == TokenKind::assign)
    unexpected("the end of the statement",
               "one '=' a line; a comparison is written == and stands in expect");
  if (at_word("in") && text(line_.tokens[0]) == "dim")
    unexpected("the end of the statement",
               "a dim is fixed, dim n = 3, or drawn from a range, dim n in 1..8");
  if (at_word("in"))
    unexpected("the end of the statement", "a domain stands before the value: input x in [0, 1]");
  if (kind() == TokenKind::comma) unexpected("the end of the statement", "one statement a line");
  unexpected("the end of the statement");
}

void Parser::not_a_statement(Place place) const {
  const Token& first = token();
  const std::string_view word = text(first);
  const bool top = place == Place::top_level;
  std::string label = top ? "expected NAME = EXPR, a declaration, a check or a claim"
                          : "expected NAME = EXPR, a call, expect, print, with or for";
  std::string help;
  const TokenKind second = kind(1);
  const bool in_place =
      second >= TokenKind::plus && second <= TokenKind::at && kind(2) == TokenKind::assign;
  if (first.kind == TokenKind::name) {
    if (const char* habit = find_habit(line_habits, word)) {
      help = habit;
    } else if (in_place) {
      help = top ? "a name is assigned once: give the result another name"
                 : fmt::format("write {0} = {0} {1} …, or a method such as add_", word,
                               text(token(1)));
    } else if (is_comparison(second)) {
      help = fmt::format("a comparison that must hold is written expect {} {} …", word,
                         text(token(1)));
    } else if (second == TokenKind::comma) {
      help = "one name a line";
    } else if (second == TokenKind::name || second == TokenKind::string) {
      const std::string near = did_you_mean(
          word, {"dtype", "dim", "input", "const", "def", "output", "check", "grad", "jacobian",
                 "hessian", "vjp", "jvp", "hvp", "expect", "set", "use", "test"});
      if (!near.empty()) label = fmt::format("did you mean '{}'?", near);
    } else if (top) {
      help = "a value that stands alone does nothing: give it a name";
    }
  }
  fail(code::not_a_statement, first.span, "this line is not a statement", std::move(label),
       std::move(help));
}

}  // namespace verigrad::expressions
