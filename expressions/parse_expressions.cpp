// Operators and operands. Precedence as in Python: ** (right) > unary - + > * / @ > + - >
// comparisons.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "expressions/parser_impl.hpp"

namespace verigrad::expressions {
namespace {

constexpr std::size_t max_keywords = 32;

std::optional<BinaryOp> sum_operator(TokenKind kind) {
  if (kind == TokenKind::plus) return BinaryOp::add;
  if (kind == TokenKind::minus) return BinaryOp::sub;
  return std::nullopt;
}

std::optional<BinaryOp> product_operator(TokenKind kind) {
  if (kind == TokenKind::star) return BinaryOp::mul;
  if (kind == TokenKind::slash) return BinaryOp::div;
  if (kind == TokenKind::at) return BinaryOp::matmul;
  return std::nullopt;
}

}  // namespace

CompareOp compare_op_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::less:
      return CompareOp::lt;
    case TokenKind::less_equal:
      return CompareOp::le;
    case TokenKind::greater:
      return CompareOp::gt;
    case TokenKind::greater_equal:
      return CompareOp::ge;
    case TokenKind::not_equal:
      return CompareOp::ne;
    case TokenKind::approx:
      return CompareOp::approx;
    default:
      return CompareOp::eq;
  }
}

const Expr* Parser::parse_expression() {
  const Span begin = token().span;
  const Expr* left = parse_sum();
  if (comparisons_ == 0 || !is_comparison(kind())) return left;
  if (kind() == TokenKind::approx)
    fail(code::comparison, token().span, "'~=' inside an expression",
         "it stands only in expect A ~= B");
  const Token op = take();
  const Expr* right = parse_sum();
  if (is_comparison(kind())) chained_comparison();
  return build_.compare(compare_op_of(op.kind), left, right, since(begin), op.span);
}

void Parser::chained_comparison() const {
  fail(code::comparison, token().span, "comparisons cannot be chained",
       "a second comparison begins here", "state each comparison on its own");
}

template <class NextOperand, class OperatorOf>
const Expr* Parser::parse_chain(NextOperand next, OperatorOf op_of) {
  const Span begin = token().span;
  const Expr* first = next();
  std::optional<BinaryOp> op = op_of(kind());
  if (!op) return first;
  std::vector<const Expr*> operands{first};
  std::vector<BinaryOp> ops;
  for (; op; op = op_of(kind())) {
    take();
    operands.push_back(next());
    ops.push_back(*op);
  }
  return build_.chain(operands, ops, since(begin));
}

const Expr* Parser::parse_sum() {
  return parse_chain([this] { return parse_product(); }, sum_operator);
}

const Expr* Parser::parse_product() {
  return parse_chain([this] { return parse_prefix(); }, product_operator);
}

const Expr* Parser::parse_prefix() {
  if (kind() != TokenKind::minus && kind() != TokenKind::plus) return parse_power();
  const Token op = take();
  const Level level(*this, op.span);
  const Expr* operand = parse_prefix();
  const UnaryOp unary = op.kind == TokenKind::minus ? UnaryOp::minus : UnaryOp::plus;
  return build_.unary(unary, operand, since(op.span), op.span);
}

const Expr* Parser::parse_power() {
  const Span begin = token().span;
  const Expr* base = parse_postfix();
  if (kind() != TokenKind::power) return base;
  const Token op = take();
  const Level level(*this, op.span);
  const Expr* exponent = parse_prefix();
  return build_.binary(BinaryOp::pow, base, exponent, since(begin));
}

const Expr* Parser::parse_postfix() {
  const Span begin = token().span;
  const Expr* object = parse_primary();
  for (int levels = 1;; ++levels) {
    if (kind() == TokenKind::open_round)
      fail(code::expected, token().span, "only functions and methods can be called",
           "this is neither", "a product needs its sign: a * (b)");
    if (kind() != TokenKind::dot && kind() != TokenKind::open_square) return object;
    const Level level(*this, token().span, levels - 1);  // the latest counts below
    if (kind() == TokenKind::open_square) {
      object = parse_index(object, begin);
    } else {
      take();
      const Name name = expect_name("the name of a method or an attribute");
      if (kind() == TokenKind::open_round) {
        object = parse_call(object, name, begin);
      } else {
        const Level latest(*this, name.span);
        object = build_.attribute(object, name, since(begin));
      }
    }
  }
}

const Expr* Parser::parse_primary() {
  const Token first = token();
  switch (first.kind) {
    case TokenKind::number:
      return parse_number();
    case TokenKind::string:
      take();
      return build_.string(string_value(first), first.span);
    case TokenKind::open_round:
      return parse_group();
    case TokenKind::open_square:
      return parse_list();
    case TokenKind::open_curly:
      unexpected("an expression", "a list is written in square brackets: [a, b]");
    case TokenKind::name:
      break;
    default:
      unexpected("an expression");
  }
  const std::string_view word = text(first);
  if (word == "in" || word == "wrt" || word == "within") unexpected("an expression");
  take();
  if (word == "True" || word == "False") return build_.boolean(word == "True", first.span);
  if (word == "None") return build_.none(first.span);
  const Name name{word, first.span};
  if (kind() == TokenKind::open_round) return parse_call(nullptr, name, first.span);
  return build_.name(word, first.span);
}

const Expr* Parser::parse_number() {
  const Token literal = take();
  return build_.number(text(literal), literal_value(text(literal)), literal.span);
}

const Expr* Parser::parse_group() {
  const Token opener = take();
  const Level level(*this, opener.span);
  if (kind() == TokenKind::close_round) unexpected("an expression", "an empty list is written []");
  const Expr* inner = parse_expression();
  if (kind() == TokenKind::comma) unexpected("')'", "a list is written in square brackets: [a, b]");
  expect_close(opener, "");
  return inner;
}

const Expr* Parser::parse_list() {
  const Token opener = take();
  const Level level(*this, opener.span);
  std::vector<const Expr*> elements;
  while (kind() != TokenKind::close_square) {
    elements.push_back(parse_expression());
    if (!accept(TokenKind::comma)) break;
  }
  expect_close(opener);
  return build_.list(elements, since(opener.span));
}

const Expr* Parser::parse_call(const Expr* object, Name function, Span begin) {
  const Token opener = take();
  const Level level(*this, opener.span);
  const bool is_where = !object && function.text == "where";
  if (is_where) ++comparisons_;
  std::vector<const Expr*> positional;
  std::vector<Keyword> keywords;
  while (kind() != TokenKind::close_round) {
    if (kind() == TokenKind::name && kind(1) == TokenKind::assign)
      keywords.push_back(parse_keyword(keywords));
    else if (keywords.empty())
      positional.push_back(parse_expression());
    else
      fail(code::argument, token().span, "a positional argument after a keyword argument",
           "expected NAME=VALUE", "put the arguments without names first");
    if (!accept(TokenKind::comma)) break;
  }
  expect_close(opener);
  if (is_where) --comparisons_;
  const Span span = since(begin);
  return object ? build_.method(object, function, positional, keywords, span)
                : build_.call(function, positional, keywords, span);
}

Keyword Parser::parse_keyword(const std::vector<Keyword>& before) {
  const Name name = expect_new_name("a keyword");
  if (before.size() >= max_keywords)
    fail(code::argument, name.span,
         fmt::format("more than the limit of {} keyword arguments", max_keywords));
  const bool twice = std::any_of(before.begin(), before.end(),
                                 [&](const Keyword& k) { return k.name.text == name.text; });
  if (twice)
    fail(code::argument, name.span, fmt::format("keyword {} is given twice", quoted(name.text)));
  take();
  return {name, parse_expression()};
}

const Expr* Parser::parse_index(const Expr* object, Span begin) {
  const Token opener = take();
  const Level level(*this, opener.span);
  std::vector<const Expr*> items;
  if (kind() == TokenKind::close_square) unexpected("an index or a slice");
  while (kind() != TokenKind::close_square) {
    items.push_back(parse_index_item());
    if (!accept(TokenKind::comma)) break;
  }
  expect_close(opener);
  return build_.index(object, items, since(begin));
}

const Expr* Parser::parse_index_item() {
  const Span begin = token().span;
  const auto part = [this]() -> const Expr* {
    const bool empty = kind() == TokenKind::colon || kind() == TokenKind::comma ||
                       kind() == TokenKind::close_square;
    return empty ? nullptr : parse_expression();
  };
  if (kind() == TokenKind::comma) unexpected("an index or a slice");
  if (kind() == TokenKind::dots && kind(1) == TokenKind::dot)
    fail(code::expected, join(token().span, token(1).span), "'...' (ellipsis) is not supported",
         "expected an index or a slice", "write every dim: x[:, 0]");
  const Expr* start = part();
  if (!accept(TokenKind::colon)) return start;
  const Expr* stop = part();
  const Expr* step = accept(TokenKind::colon) ? part() : nullptr;
  return build_.slice(start, stop, step, since(begin));
}

const Expr* Parser::parse_range(std::string_view what) {
  const Span begin = token().span;
  if (kind() == TokenKind::open_square || kind() == TokenKind::open_curly)
    unexpected(what, "a range of integers is written 1..8, both ends included");
  const Expr* first = parse_sum();
  if (kind() != TokenKind::dots) unexpected("'..' and the last value of the range");
  take();
  const Expr* last = parse_sum();
  return build_.range(first, last, since(begin));
}

}  // namespace verigrad::expressions
