#include "expressions/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "expressions/parser_impl.hpp"

namespace verigrad::expressions {

bool is_reserved(std::string_view name) {
  static constexpr std::array words = {"pi",   "inf", "nan", "True",  "False",
                                       "None", "in",  "wrt", "within"};
  return std::find(words.begin(), words.end(), name) != words.end();
}

bool is_statement_word(std::string_view name) {
  static constexpr std::array words = {
      "dtype", "dim", "input", "const",  "def", "output", "check", "grad",  "jacobian", "hessian",
      "vjp",   "jvp", "hvp",   "expect", "set", "use",    "test",  "print", "with",     "for"};
  return std::find(words.begin(), words.end(), name) != words.end();
}

Parser::Parser(const SourcePtr& source, Arena& arena, Diagnostics& diagnostics)
    : source_(source),
      arena_(arena),
      diagnostics_(diagnostics),
      build_(arena),
      lexer_(source, diagnostics) {}

Parser::Level::Level(Parser& parser, Span at, int levels) : parser_(parser), levels_(levels) {
  parser_.nesting_ += levels_;
  if (parser_.nesting_ <= max_nesting) return;
  parser_.nesting_ -= levels_;
  parser_.fail(code::nesting, at,
               fmt::format("nested deeper than the limit of {} levels", max_nesting),
               fmt::format("level {}", max_nesting + 1), "give the inner parts names");
}

// ------------------------------------------------------------------------------ lines and blocks

void Parser::parse_file(std::vector<const Statement*>& statements) {
  advance_line();
  while (more_ && !diagnostics_.full()) {
    check_indent(0);
    parse_line(Place::top_level, statements);
  }
}

const Expr* Parser::parse_lone_expression() {
  advance_line();
  try {
    if (!more_) fail(code::expected, {}, "expected an expression", "the text is empty");
    if (line_.broken) return nullptr;
    const Expr* expression = parse_expression();
    if (!at_end()) unexpected("the end of the expression");
    advance_line();
    if (more_) unexpected("the end of the expression");
    return expression;
  } catch (const DiagnosticError& error) {
    diagnostics_.add(error.diagnostic());
    return nullptr;
  }
}

void Parser::advance_line() {
  more_ = lexer_.next(line_);
  at_ = 0;
  nesting_ = 0;
  comparisons_ = 0;
}

void Parser::check_indent(std::uint32_t expected) {
  if (line_.has_tab) {
    if (!tab_before_)
      diagnostics_.add({code::indentation,
                        Severity::error,
                        "a tab in the indentation",
                        line_.indent_span,
                        "expected spaces only",
                        {},
                        "indent a block by four spaces",
                        source_});
  } else if (line_.indent != expected && !line_.broken) {
    const Span span = line_.indent_span.size() > 0 ? line_.indent_span : token().span;
    diagnostics_.add({code::indentation,
                      Severity::error,
                      "unexpected indentation",
                      span,
                      fmt::format("expected {} spaces, found {}", expected, line_.indent),
                      {},
                      expected == 0 ? "only the lines of a test block are indented"
                                    : "all lines of a block begin at the same depth",
                      source_});
  }
  tab_before_ = line_.has_tab;
}

void Parser::parse_line(Place place, std::vector<const Statement*>& into) {
  if (at_header()) return parse_header_and_block(place, into);
  const std::uint32_t indent = line_.indent;
  const bool was_broken = line_.broken;
  const bool opens_block =
      line_.tokens.size() > 1 && line_.tokens[line_.tokens.size() - 2].kind == TokenKind::colon;
  bool failed = was_broken;
  if (!was_broken) {
    try {
      const Statement statement = parse_statement(place, Role::line);
      end_of_statement();
      into.push_back(arena_.make(statement));
    } catch (const DiagnosticError& error) {
      diagnostics_.add(error.diagnostic());
      failed = true;
    }
  }
  advance_line();
  if (failed && opens_block) skip_block(indent);
}

std::span<const Statement* const> Parser::parse_block(std::uint32_t parent_indent, Span header) {
  if (!more_ || line_.indent <= parent_indent) {
    diagnostics_.add({code::indentation,
                      Severity::error,
                      "expected an indented block",
                      header,
                      "the lines after this one belong further to the right",
                      {},
                      "indent a block by four spaces",
                      source_});
    return {};
  }
  std::vector<const Statement*> body;
  std::uint32_t expected = line_.indent;
  while (more_ && line_.indent > parent_indent && !diagnostics_.full()) {
    check_indent(expected);
    expected = line_.indent;
    parse_line(Place::test_block, body);
  }
  return arena_.copy(body);
}

void Parser::skip_block(std::uint32_t parent_indent) {
  while (more_ && line_.indent > parent_indent && !diagnostics_.full()) advance_line();
}

// ---------------------------------------------------------------------------------------- tokens

const Token& Parser::token(std::size_t ahead) const {
  return line_.tokens[std::min(at_ + ahead, line_.tokens.size() - 1)];
}

bool Parser::at_word(std::string_view word, std::size_t ahead) const {
  const Token& t = token(ahead);
  return t.kind == TokenKind::name && text(t) == word;
}

Token Parser::take() {
  const Token taken = token();
  if (at_ + 1 < line_.tokens.size()) ++at_;
  return taken;
}

bool Parser::accept(TokenKind expected) {
  if (kind() != expected) return false;
  take();
  return true;
}

bool Parser::accept_word(std::string_view word) {
  if (!at_word(word)) return false;
  take();
  return true;
}

Token Parser::expect(TokenKind wanted, std::string_view what) {
  if (kind() != wanted) unexpected(what);
  return take();
}

void Parser::expect_close(const Token& opener, std::string_view also) {
  const auto closer =
      static_cast<TokenKind>(static_cast<std::uint8_t>(opener.kind) + std::uint8_t{1});
  if (accept(closer)) return;
  const std::string_view open = text(opener);
  const char* close = open == "(" ? ")" : open == "[" ? "]" : "}";
  const Position at = source_->position(opener.span.begin);
  std::vector<std::string> notes{
      fmt::format("'{}' was opened at line {}, column {}", open, at.line, at.column)};
  if (is_close_bracket(kind()))
    fail(code::bracket, token().span, fmt::format("'{}' does not close '{}'", text(token()), open),
         fmt::format("expected '{}'", close), "", std::move(notes));
  unexpected(fmt::format("{}{}'{}'", also, also.empty() ? "" : " or ", close), "",
             std::move(notes));
}

Name Parser::expect_name(std::string_view what) {
  if (kind() != TokenKind::name) unexpected(what);
  const Token t = take();
  return {text(t), t.span};
}

Name Parser::expect_new_name(std::string_view what) {
  if (kind() == TokenKind::name && is_reserved(text(token())))
    fail(code::reserved_word, token().span,
         fmt::format("{} cannot be assigned", quoted(text(token()))),
         "this word has a fixed meaning", "choose another name");
  return expect_name(what);
}

std::string_view Parser::expect_string(std::string_view what, Span& span) {
  const Token t = expect(TokenKind::string, what);
  span = t.span;
  return string_value(t);
}

std::string_view Parser::string_value(const Token& literal) {
  const std::string_view raw = text(literal);
  if (raw.find('\\') == std::string_view::npos) return raw.substr(1, raw.size() - 2);
  return arena_.copy(unescape(raw));
}

std::string Parser::describe(const Token& t) const {
  if (t.kind == TokenKind::end) return "the end of the line";
  if (t.kind == TokenKind::string) return "the string " + quoted(text(t)).substr(1, 40);
  return quoted(text(t));
}

Span Parser::since(Span begin) const {
  const std::uint32_t end = at_ > 0 ? line_.tokens[at_ - 1].span.end : begin.end;
  return {begin.begin, std::max(begin.end, end)};
}

// ------------------------------------------------------------------------------------ entrances

SyntaxTree parse(const SourcePtr& source, Diagnostics& diagnostics) {
  SyntaxTree tree;
  tree.source = source;
  const SourcePtr former = diagnostics.exchange_source(source);
  if (check_text(source, diagnostics))
    Parser(source, tree.arena, diagnostics).parse_file(tree.statements);
  diagnostics.exchange_source(former);
  return tree;
}

const Expr* parse_expression(const SourcePtr& source, Arena& arena, Diagnostics& diagnostics) {
  const SourcePtr former = diagnostics.exchange_source(source);
  const Expr* expression = nullptr;
  if (check_text(source, diagnostics))
    expression = Parser(source, arena, diagnostics).parse_lone_expression();
  diagnostics.exchange_source(former);
  return expression;
}

}  // namespace verigrad::expressions
