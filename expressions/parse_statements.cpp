// One statement a line: everything but leaves, expectations and blocks.
#include <fmt/format.h>

#include <unordered_set>

#include "expressions/parser_impl.hpp"

namespace verigrad::expressions {
namespace {

struct ClaimWord {
  std::string_view word;
  ClaimKind kind;
  int arguments;
  const char* form;
};

constexpr ClaimWord claim_words[] = {
    {"grad", ClaimKind::grad, 2, "grad(Y, X)"},
    {"jacobian", ClaimKind::jacobian, 2, "jacobian(Y, X)"},
    {"hessian", ClaimKind::hessian, 2, "hessian(Y, X)"},
    {"vjp", ClaimKind::vjp, 3, "vjp(Y, X, V)"},
    {"jvp", ClaimKind::jvp, 3, "jvp(Y, X, U)"},
    {"hvp", ClaimKind::hvp, 3, "hvp(Y, X, U)"},
};

const ClaimWord& claim_row(ClaimKind kind) { return claim_words[static_cast<std::size_t>(kind)]; }

}  // namespace

std::optional<ClaimKind> claim_kind_of(std::string_view word) {
  for (const ClaimWord& row : claim_words)
    if (row.word == word) return row.kind;
  return std::nullopt;
}

Statement Parser::parse_statement(Place place, Role role) {
  const Token first = token();
  const Level level(*this, first.span, role == Role::line ? 0 : 1);
  Statement statement;
  if (first.kind == TokenKind::name && kind(1) == TokenKind::assign)
    statement = parse_binding();
  else if (place == Place::test_block)
    statement = parse_in_test(role);
  else
    statement = parse_top_level(role);
  statement.span = since(first.span);
  return statement;
}

Statement Parser::parse_top_level(Role role) {
  if (kind() != TokenKind::name) not_a_statement(Place::top_level);
  const std::string_view word = text(token());
  if (word == "input" || word == "const") return parse_leaf();
  if (word == "dim") return parse_dim();
  if (word == "def") return parse_def();
  if (word == "check") return parse_check();
  if (word == "expect") return parse_expect(Place::top_level);
  if (word == "output") return parse_output();
  if (word == "dtype") return parse_dtype();
  if (word == "set") return parse_set();
  if (word == "use") return parse_use();
  if (claim_kind_of(word)) return parse_claim();
  if (at_header() || word == "print")
    fail(code::wrong_place, token().span,
         word == "test" ? "a test block here" : fmt::format("'{}' outside of a test block", word),
         word == "test" ? "it stands on lines of its own" : "it stands only in test blocks",
         word == "test" ? "" : "begin a block with test \"NAME\":");
  const bool is_call = kind(1) == TokenKind::open_round || kind(1) == TokenKind::dot ||
                       kind(1) == TokenKind::open_square;
  if (role == Role::after_expect_message && is_call) return {{}, ExpressionStatement{parse_sum()}};
  not_a_statement(Place::top_level);
}

Statement Parser::parse_binding() {
  saw_declaration_ = true;
  BindingStatement binding;
  binding.name = expect_new_name("a name");
  take();
  binding.value = parse_expression();
  return {{}, binding};
}

Statement Parser::parse_dtype() {
  const Token word = take();
  const Name dtype = expect_name("f32 or f64");
  if (dtype.text != "f32" && dtype.text != "f64")
    fail(code::dtype, dtype.span, fmt::format("unknown dtype {}", quoted(dtype.text)),
         "expected f32 or f64",
         dtype.text.find("32") != std::string_view::npos   ? "did you mean 'f32'?"
         : dtype.text.find("64") != std::string_view::npos ? "did you mean 'f64'?"
                                                           : "");
  if (saw_declaration_)
    fail(code::dtype, word.span, "'dtype' after a declaration",
         "it stands before every dim, input, const, def and binding", "move this line up");
  return {{}, DtypeStatement{dtype}};
}

Statement Parser::parse_dim() {
  saw_declaration_ = true;
  take();
  std::vector<DimEntry> entries;
  do {
    DimEntry entry;
    entry.name = expect_new_name("the name of a dim");
    if (accept(TokenKind::assign))
      entry.value = parse_expression();
    else if (accept_word("in"))
      entry.value = parse_range("a range such as 1..8");
    else
      unexpected("'= SIZE' or 'in 1..8'");
    entries.push_back(entry);
  } while (accept(TokenKind::comma));
  return {{}, DimStatement{arena_.copy(entries)}};
}

Statement Parser::parse_def() {
  saw_declaration_ = true;
  take();
  DefStatement def;
  def.name = expect_new_name("the name of the function");
  const Token opener = expect(TokenKind::open_round, "'(' and the parameters");
  std::vector<Name> parameters;
  std::unordered_set<std::string_view> known;
  while (kind() != TokenKind::close_round) {
    const Name parameter = expect_new_name("the name of a parameter");
    if (!known.insert(parameter.text).second)
      fail(code::argument, parameter.span,
           fmt::format("parameter {} is named twice", quoted(parameter.text)));
    parameters.push_back(parameter);
    if (!accept(TokenKind::comma)) break;
  }
  expect_close(opener);
  if (kind() == TokenKind::colon)
    unexpected("'=' and the function's value", "a function is one expression: def f(x) = x ** 2");
  expect(TokenKind::assign, "'=' and the function's value");
  def.parameters = arena_.copy(parameters);
  def.body = parse_expression();
  return {{}, def};
}

Statement Parser::parse_output() {
  take();
  return {{}, OutputStatement{expect_name("the name of a binding")}};
}

Statement Parser::parse_check() {
  take();
  CheckStatement check;
  if (!at_end() && !at_word("wrt")) check.output = parse_expression();
  if (!accept_word("wrt")) return {{}, check};
  std::vector<Name> wrt;
  do {
    wrt.push_back(expect_name("the name of an input"));
  } while (accept(TokenKind::comma));
  check.wrt = arena_.copy(wrt);
  return {{}, check};
}

Statement Parser::parse_claim() {
  const Token word = take();
  ClaimStatement claim;
  claim.kind = *claim_kind_of(text(word));
  claim.kind_span = word.span;
  if (claim.kind == ClaimKind::grad && kind() == TokenKind::name)
    claim.wrt = expect_name("the name of an input");
  else
    parse_claim_arguments(claim);
  expect(TokenKind::assign, "'=' and the claimed value");
  claim.claimed = parse_expression();
  if (accept_word("within")) claim.tolerance = parse_expression();
  return {{}, claim};
}

void Parser::parse_claim_arguments(ClaimStatement& claim) {
  const ClaimWord& row = claim_row(claim.kind);
  const Token opener = expect(TokenKind::open_round, fmt::format("'(', as in {} = EXPR", row.form));
  const Level level(*this, opener.span);
  const auto next_argument = [&] {
    if (kind() == TokenKind::close_round)
      fail(code::argument, since(claim.kind_span),
           fmt::format("'{}' needs {} arguments", row.word, row.arguments),
           fmt::format("expected {}", row.form));
    if (kind() != TokenKind::comma) unexpected("','");
    take();
  };
  if (kind() == TokenKind::close_round) next_argument();
  claim.output = parse_expression();
  next_argument();
  claim.wrt = expect_name("the name of an input");
  if (row.arguments == 3) {
    next_argument();
    claim.vector = parse_expression();
  }
  if (kind() == TokenKind::comma && kind(1) != TokenKind::close_round)
    fail(code::argument, token(1).span,
         fmt::format("'{}' takes {} arguments", row.word, row.arguments),
         fmt::format("expected {}", row.form));
  accept(TokenKind::comma);
  expect_close(opener, "");
}

Statement Parser::parse_set() {
  take();
  std::vector<Setting> settings;
  do {
    settings.push_back(parse_setting());
  } while (accept(TokenKind::comma));
  return {{}, SetStatement{arena_.copy(settings)}};
}

Setting Parser::parse_setting() {
  Setting setting;
  setting.key = expect_name("the name of a setting");
  expect(TokenKind::assign, "'=' and the setting's value");
  const Span begin = token().span;
  const auto glued = [this] { return token().span.begin == line_.tokens[at_ - 1].span.end; };
  const bool negative = kind() == TokenKind::minus;
  const bool is_signed = negative || kind() == TokenKind::plus;
  if (is_signed) take();
  if (is_signed && kind() != TokenKind::number) unexpected("a number");
  if (kind() == TokenKind::number) {
    setting.is_number = true;
    setting.number = literal_value(text(take()));
    if (negative) setting.number = -setting.number;
  } else if (kind() == TokenKind::name) {
    take();
    while (kind() == TokenKind::minus && glued() && kind(1) == TokenKind::name) {
      take();
      if (!glued()) unexpected("the rest of the word");
      take();
    }
  } else {
    unexpected("a bare word or a number",
               kind() == TokenKind::string ? "the words of settings have no quotes" : "");
  }
  const Span span = since(begin);
  setting.value = {source_->text(span), span};
  return setting;
}

Statement Parser::parse_use() {
  take();
  UseStatement use;
  use.is_fpcore = accept_word("fpcore");
  use.file = expect_string("a file's name in double quotes", use.file_span);
  if (use.is_fpcore && accept_word("name")) {
    use.has_name = true;
    use.name = expect_string("the name of an FPCore in double quotes", use.name_span);
  }
  return {{}, use};
}

}  // namespace verigrad::expressions
