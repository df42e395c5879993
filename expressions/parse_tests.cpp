// Expectations, and the statements of test blocks.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "expressions/parser_impl.hpp"
#include "expressions/suggest.hpp"

namespace verigrad::expressions {
namespace {

struct VerdictWord {
  std::string_view word;
  ExpectedVerdict verdict;
};

constexpr VerdictWord verdict_words[] = {{"pass", ExpectedVerdict::pass},
                                         {"inaccurate", ExpectedVerdict::inaccurate},
                                         {"fail", ExpectedVerdict::fail},
                                         {"inconclusive", ExpectedVerdict::inconclusive}};

const VerdictWord* find_verdict(std::string_view word) {
  for (const VerdictWord& row : verdict_words)
    if (row.word == word) return &row;
  return nullptr;
}

/// Statement words that mean nothing else at the start of a line in a test block.
bool is_declaration_word(std::string_view word) {
  static constexpr std::array words = {"dtype",  "dim",   "input", "const", "def",
                                       "output", "check", "set",   "use",   "test"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

Statement Parser::parse_expect(Place place) {
  const Token word = take();
  const bool is_message = (at_word("error") || at_word("warning")) && kind(1) == TokenKind::string;
  if (is_message) return parse_expect_message(place);
  if (kind() == TokenKind::name && kind(1) == TokenKind::colon)
    return parse_expect_verdict(place, word.span);
  ++comparisons_;
  ExpectStatement expect;
  expect.left = parse_sum();
  if (is_comparison(kind())) {
    expect.op = compare_op_of(take().kind);
    expect.right = parse_sum();
    if (is_comparison(kind())) chained_comparison();
  } else if (kind() == TokenKind::assign) {
    unexpected("a comparison or the end of the statement", "equality is written ==");
  }
  --comparisons_;
  if (at_word("within") && expect.op != CompareOp::approx)
    fail(code::within, token().span, "'within' belongs to '~='",
         expect.op == CompareOp::eq ? "'==' is exact" : "",
         "an approximate comparison is written expect A ~= B within TOL");
  if (accept_word("within")) expect.tolerance = parse_expression();
  return {{}, expect};
}

Statement Parser::parse_expect_message(Place place) {
  ExpectMessageStatement expect;
  expect.is_error = text(take()) == "error";
  expect.text = expect_string("the text that the message contains", expect.text_span);
  expect_colon("':' and a statement");
  if (at_end()) unexpected("a statement");
  if (at_header())
    fail(code::wrong_place, token().span, "a block cannot be the subject of an expect",
         "expected a statement of one line");
  expect.statement = arena_.make(parse_statement(place, Role::after_expect_message));
  return {{}, expect};
}

Statement Parser::parse_expect_verdict(Place place, Span begin) {
  const Token word = take();
  const VerdictWord* row = find_verdict(text(word));
  if (!row) {
    const std::string near =
        did_you_mean(text(word), {"pass", "inaccurate", "fail", "inconclusive"});
    const bool message = text(word) == "error" || text(word) == "warning";
    fail(code::expected, word.span, "expected a verdict",
         near.empty() ? "expected pass, inaccurate, fail or inconclusive"
                      : fmt::format("did you mean '{}'?", near),
         message ? fmt::format("the text is required: expect {} \"TEXT\": STATEMENT", text(word))
                 : "");
  }
  if (place == Place::test_block)
    fail(code::wrong_place, join(begin, word.span), "a verdict is expected inside a test block",
         "claims and checks stand at top level");
  take();
  ExpectVerdictStatement expect;
  expect.verdict = row->verdict;
  expect.verdict_span = word.span;
  const Token first = token();
  const bool judged = first.kind == TokenKind::name && kind(1) != TokenKind::assign &&
                      (text(first) == "check" || claim_kind_of(text(first)));
  if (!judged) unexpected("a claim or a check");
  Statement subject = text(first) == "check" ? parse_check() : parse_claim();
  subject.span = since(first.span);
  expect.statement = arena_.make(subject);
  return {{}, expect};
}

void Parser::expect_colon(std::string_view what) { expect(TokenKind::colon, what); }

// ----------------------------------------------------------------------------------- test blocks

Statement Parser::parse_in_test(Role role) {
  const Token first = token();
  const bool is_word = first.kind == TokenKind::name;
  const std::string_view word = is_word ? text(first) : std::string_view{};
  const TokenKind second = kind(1);
  const bool in_place = is_word && second >= TokenKind::plus && second <= TokenKind::at &&
                        kind(2) == TokenKind::assign;
  if (in_place) not_a_statement(Place::test_block);
  if (word == "expect" && second != TokenKind::dot) return parse_expect(Place::test_block);
  if (word == "print" && second != TokenKind::dot) return parse_print();
  const bool words_follow = second == TokenKind::name || second == TokenKind::string;
  if (is_word && ((is_declaration_word(word) && (words_follow || second == TokenKind::end)) ||
                  (claim_kind_of(word) && second == TokenKind::name)))
    fail(code::wrong_place, first.span, fmt::format("'{}' inside a test block", word),
         "it stands only at top level", "write it before the test, without indentation");
  if (is_word && words_follow) not_a_statement(Place::test_block);
  const Expr* expression = parse_expression();
  if (kind() == TokenKind::assign)
    fail(code::wrong_place, token().span, "only names are assigned",
         claim_kind_of(word) ? "in a test block this is a call, not a claim" : "",
         claim_kind_of(word) ? "a claim stands at top level; here: expect grad(y, x)[0] == …"
                             : "an entry is changed by a method such as x.copy_(…)");
  const bool has_effect =
      expression->kind == ExprKind::call || expression->kind == ExprKind::method;
  if (role == Role::line && at_end() && !has_effect)
    fail(code::not_a_statement, expression->span, "this line does nothing",
         "expected a call, an assignment, expect or print");
  return {{}, ExpressionStatement{expression}};
}

Statement Parser::parse_print() {
  take();
  if (at_end()) unexpected("an expression to print");
  return {{}, PrintStatement{parse_expression()}};
}

bool Parser::at_header() const {
  if (!at_word("test") && !at_word("with") && !at_word("for")) return false;
  if (kind(1) == TokenKind::assign || kind(1) == TokenKind::dot) return false;
  if (kind(1) == TokenKind::string || kind(1) == TokenKind::name) return true;
  return line_.tokens.size() > 1 && line_.tokens[line_.tokens.size() - 2].kind == TokenKind::colon;
}

void Parser::parse_header_and_block(Place place, std::vector<const Statement*>& into) {
  const std::uint32_t indent = line_.indent;
  const Span line_span = join(token().span, line_.tokens.back().span);
  std::optional<Statement> header;
  if (!line_.broken) {
    try {
      const Level level(*this, token().span, 1 + blocks_);
      header = parse_header(place);
      header->span = since(line_span);
      end_of_statement();
    } catch (const DiagnosticError& error) {
      diagnostics_.add(error.diagnostic());
      header.reset();
    }
  }
  advance_line();
  if (blocks_ >= max_nesting) return skip_block(indent);
  if (!header && (!more_ || line_.indent <= indent)) return;
  ++blocks_;
  const std::span<const Statement* const> body = parse_block(indent, line_span);
  --blocks_;
  if (!header) return;
  if (auto* test = std::get_if<TestStatement>(&header->node)) test->body = body;
  if (auto* no_grad = std::get_if<NoGradStatement>(&header->node)) no_grad->body = body;
  if (auto* loop = std::get_if<ForStatement>(&header->node)) loop->body = body;
  into.push_back(arena_.make(*header));
}

Statement Parser::parse_header(Place place) {
  const Token word = take();
  const bool is_test = text(word) == "test";
  if (is_test != (place == Place::top_level))
    fail(code::wrong_place, word.span,
         is_test ? "a test block inside a test block"
                 : fmt::format("'{}' outside of a test block", text(word)),
         is_test ? "it stands only at top level" : "it stands only in test blocks",
         is_test ? "" : "begin a block with test \"NAME\":");
  Statement header;
  if (is_test) {
    TestStatement test;
    test.name = expect_string("the test's name in double quotes", test.name_span);
    header.node = test;
  } else if (text(word) == "with") {
    if (!accept_word("no_grad")) unexpected("no_grad()");
    expect(TokenKind::open_round, "'()'");
    expect(TokenKind::close_round, "')'");
    header.node = NoGradStatement{};
  } else {
    ForStatement loop;
    loop.variable = expect_new_name("the name of the loop's variable");
    if (!accept_word("in")) unexpected("'in' and a range");
    if (at_word("range") && kind(1) == TokenKind::open_round)
      unexpected("a range such as 0..4", "range(n) is written 0..n - 1: both ends are included");
    loop.range = parse_range("a range such as 0..4");
    header.node = loop;
  }
  expect_colon("':' at the end of the line");
  return header;
}

}  // namespace verigrad::expressions
