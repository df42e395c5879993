// `input` and `const`, with their shapes and domains.
#include <fmt/format.h>

#include "expressions/parser_impl.hpp"
#include "expressions/suggest.hpp"

namespace verigrad::expressions {

Statement Parser::parse_leaf() {
  saw_declaration_ = true;
  const Token word = take();
  LeafStatement leaf;
  leaf.is_input = text(word) == "input";
  leaf.name = expect_new_name(leaf.is_input ? "the name of an input" : "the name of a constant");
  if (accept(TokenKind::colon)) parse_shape(leaf);
  if (accept_word("in")) leaf.domain = parse_domain();
  if (accept(TokenKind::assign)) leaf.value = parse_expression();
  if (at_end()) return {{}, leaf};
  if (kind() == TokenKind::comma && !leaf.value && !leaf.domain)
    unexpected("the end of the statement", fmt::format("one {} a line", text(word)));
  if (kind() == TokenKind::open_square && !leaf.has_shape && !leaf.domain && !leaf.value)
    unexpected("':', 'in' or '='",
               fmt::format("a shape follows a colon: {} {} : [n]", text(word), leaf.name.text));
  end_of_statement();
  return {{}, leaf};
}

void Parser::parse_shape(LeafStatement& leaf) {
  const Span begin = token().span;
  if (kind() != TokenKind::open_square)
    fail(code::shape, begin, "a shape is a list of sizes",
         fmt::format("found {}", describe(token())),
         "write it in square brackets: [n] or [n, 2 * d]");
  const Token opener = take();
  const Level level(*this, opener.span);
  std::vector<const Expr*> sizes;
  while (kind() != TokenKind::close_square) {
    sizes.push_back(parse_expression());
    check_size(*sizes.back());
    if (!accept(TokenKind::comma)) break;
  }
  expect_close(opener);
  leaf.has_shape = true;
  leaf.shape = arena_.copy(sizes);
  leaf.shape_span = since(begin);
}

void Parser::check_size(const Expr& size) const {
  const char* label = "expected sizes and dims with + - *";
  if (size.kind == ExprKind::name && !is_reserved(size.text)) return;
  if (size.kind == ExprKind::number) {
    if (size.text.find_first_not_of("0123456789") == std::string_view::npos) return;
    fail(code::shape, size.span, fmt::format("{} is not a size", quoted(size.text)),
         "expected a whole number");
  }
  if (size.kind != ExprKind::binary) fail(code::shape, size.span, "this is not a size", label);
  for (const BinaryOp op : size.ops())
    if (op != BinaryOp::add && op != BinaryOp::sub && op != BinaryOp::mul)
      fail(
          code::shape, size.span,
          op == BinaryOp::div ? "sizes cannot be divided" : "this operator does not apply to sizes",
          label,
          op == BinaryOp::div ? "name the smaller size and multiply: dim h = 2, d = 2 * h" : "");
  for (const Expr* operand : size.children) check_size(*operand);
}

const Domain* Parser::parse_domain() {
  switch (kind()) {
    case TokenKind::open_square:
    case TokenKind::open_round:
      return parse_interval();
    case TokenKind::open_curly:
      return parse_finite_set();
    case TokenKind::name:
      return parse_distribution();
    default:
      break;
  }
  const bool range = kind() == TokenKind::number && kind(1) == TokenKind::dots;
  fail(code::domain, token().span, "expected a domain", fmt::format("found {}", describe(token())),
       range ? "the interval is written [a, b]; a..b is for dims"
             : "a domain is [a, b], (a, b], {a, b, c}, normal(mean, sd) or logrange(a, b)");
}

const Domain* Parser::parse_interval() {
  const std::size_t begin = at_;
  const Token opener = take();
  const Level level(*this, opener.span);
  const bool square = opener.kind == TokenKind::open_square;
  std::vector<const Expr*> ends;
  while (!is_close_bracket(kind())) {
    ends.push_back(parse_expression());
    if (!accept(TokenKind::comma)) break;
  }
  const bool data = square && (ends.size() != 2 || ends[0]->kind == ExprKind::list);
  if (data && kind() == TokenKind::close_square) refuse_data(begin);
  if (kind() != TokenKind::close_round && kind() != TokenKind::close_square)
    unexpected("',' or the ']' or ')' that ends the interval");
  const bool open_high = take().kind == TokenKind::close_round;
  const Span span = since(opener.span);
  if (ends.size() != 2)
    fail(code::domain, span, fmt::format("an interval has two ends, this one {}", ends.size()),
         "expected [a, b]", "a finite set is written {a, b, c}");
  return arena_.make(Domain{DomainKind::interval, !square, open_high, span, arena_.copy(ends)});
}

void Parser::refuse_data(std::size_t opener) const {
  const Span span = join(line_.tokens[opener].span, token().span);
  const std::string_view list = source_->text(span);
  fail(code::data_after_in, span, "'in' is followed by a domain, never by a list of data",
       "expected an interval such as [a, b]",
       list.size() <= 40 && list.find('\n') == std::string_view::npos
           ? fmt::format("a value follows '=': {} = {}", text(line_.tokens[opener - 2]), list)
           : "a value follows '='");
}

const Domain* Parser::parse_finite_set() {
  const Token opener = take();
  const Level level(*this, opener.span);
  std::vector<const Expr*> values;
  while (kind() != TokenKind::close_curly) {
    values.push_back(parse_expression());
    if (!accept(TokenKind::comma)) break;
  }
  expect_close(opener);
  const Span span = since(opener.span);
  if (values.empty()) fail(code::domain, span, "this set is empty", "expected at least one value");
  return arena_.make(Domain{DomainKind::finite_set, false, false, span, arena_.copy(values)});
}

const Domain* Parser::parse_distribution() {
  const Token word = token();
  const std::string_view name = text(word);
  const bool known = name == "normal" || name == "logrange" || name == "signed_logrange";
  if (!known) {
    const std::string near = did_you_mean(name, {"normal", "logrange", "signed_logrange"});
    fail(code::domain, word.span, fmt::format("unknown domain {}", quoted(name)),
         near.empty() ? "expected [a, b], {a, b, c}, normal(mean, sd) or logrange(a, b)"
                      : fmt::format("did you mean '{}'?", near),
         near.empty() ? "a value follows '='" : "");
  }
  take();
  const Token opener = expect(TokenKind::open_round, "'('");
  const Level level(*this, opener.span);
  std::vector<const Expr*> values;
  while (kind() != TokenKind::close_round) {
    values.push_back(parse_expression());
    if (!accept(TokenKind::comma)) break;
  }
  expect_close(opener);
  const Span span = since(word.span);
  if (values.size() != 2)
    fail(code::domain, span, fmt::format("'{}' takes two values, found {}", name, values.size()),
         name == "normal" ? "expected normal(mean, sd)" : fmt::format("expected {}(a, b)", name));
  const DomainKind kind = name == "normal"     ? DomainKind::normal
                          : name == "logrange" ? DomainKind::logrange
                                               : DomainKind::signed_logrange;
  return arena_.make(Domain{kind, false, false, span, arena_.copy(values)});
}

}  // namespace verigrad::expressions
