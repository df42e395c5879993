// The parser's own declarations, shared by its source files: recursive descent for statements,
// Pratt's method for operators. Not for use outside parse_*.cpp and parser.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expressions/codes.hpp"
#include "expressions/lexer.hpp"
#include "expressions/parser.hpp"

namespace verigrad::expressions {

class Parser {
 public:
  Parser(const SourcePtr& source, Arena& arena, Diagnostics& diagnostics);

  /// parser.cpp: the driver.
  void parse_file(std::vector<const Statement*>& statements);
  const Expr* parse_lone_expression();

 private:
  /// Where a statement stands decides which ones are known.
  enum class Place { top_level, test_block };
  /// A single statement may be the subject of an expect.
  enum class Role { line, after_expect_message };

  /// Counts a level of nesting while it lives; throws when the limit is passed.
  class Level {
   public:
    Level(Parser& parser, Span at, int levels = 1);
    ~Level() { parser_.nesting_ -= levels_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Parser& parser_;
    int levels_;
  };

  // parser.cpp: lines and blocks
  void advance_line();
  void check_indent(std::uint32_t expected);
  void parse_line(Place place, std::vector<const Statement*>& into);
  std::span<const Statement* const> parse_block(std::uint32_t parent_indent, Span header);
  void skip_block(std::uint32_t parent_indent);

  // parser.cpp: tokens
  [[nodiscard]] const Token& token(std::size_t ahead = 0) const;
  [[nodiscard]] TokenKind kind(std::size_t ahead = 0) const { return token(ahead).kind; }
  [[nodiscard]] std::string_view text(const Token& t) const { return source_->text(t.span); }
  [[nodiscard]] bool at_word(std::string_view word, std::size_t ahead = 0) const;
  [[nodiscard]] bool at_end() const { return kind() == TokenKind::end; }
  Token take();
  bool accept(TokenKind expected);
  bool accept_word(std::string_view word);
  Token expect(TokenKind wanted, std::string_view what);
  void expect_close(const Token& opener, std::string_view also = "','");
  Name expect_name(std::string_view what);
  Name expect_new_name(std::string_view what);
  std::string_view expect_string(std::string_view what, Span& span);
  std::string_view string_value(const Token& literal);
  [[nodiscard]] std::string describe(const Token& t) const;
  [[nodiscard]] Span since(Span begin) const;

  // parse_errors.cpp
  [[noreturn]] void fail(const char* code, Span span, std::string message, std::string label = "",
                         std::string help = "", std::vector<std::string> notes = {}) const;
  [[noreturn]] void unexpected(std::string_view wanted, std::string help = "",
                               std::vector<std::string> notes = {}) const;
  [[noreturn]] void not_a_statement(Place place) const;
  void end_of_statement() const;

  // parse_expressions.cpp
  const Expr* parse_expression();  ///< comparisons where they are allowed
  const Expr* parse_sum();
  const Expr* parse_product();
  const Expr* parse_prefix();
  const Expr* parse_power();
  const Expr* parse_postfix();
  const Expr* parse_primary();
  const Expr* parse_group();
  const Expr* parse_list();
  const Expr* parse_call(const Expr* object, Name function, Span begin);
  Keyword parse_keyword(const std::vector<Keyword>& before);
  [[noreturn]] void chained_comparison() const;
  const Expr* parse_index(const Expr* object, Span begin);
  const Expr* parse_index_item();
  const Expr* parse_range(std::string_view what);
  const Expr* parse_number();
  template <class NextOperand, class OperatorOf>
  const Expr* parse_chain(NextOperand next, OperatorOf op_of);

  // parse_statements.cpp
  Statement parse_statement(Place place, Role role);
  Statement parse_top_level(Role role);
  Statement parse_binding();
  Statement parse_dtype();
  Statement parse_dim();
  Statement parse_def();
  Statement parse_output();
  Statement parse_check();
  Statement parse_claim();
  Statement parse_set();
  Statement parse_use();
  void parse_claim_arguments(ClaimStatement& claim);
  Setting parse_setting();

  // parse_leaves.cpp
  Statement parse_leaf();
  void parse_shape(LeafStatement& leaf);
  const Domain* parse_domain();
  const Domain* parse_interval();
  const Domain* parse_finite_set();
  const Domain* parse_distribution();
  void refuse_data(std::size_t opener) const;
  void check_size(const Expr& size) const;

  // parse_tests.cpp
  Statement parse_expect(Place place);
  Statement parse_expect_message(Place place);
  Statement parse_expect_verdict(Place place, Span begin);
  Statement parse_in_test(Role role);
  Statement parse_print();
  void expect_colon(std::string_view what);
  void parse_header_and_block(Place place, std::vector<const Statement*>& into);
  Statement parse_header(Place place);
  [[nodiscard]] bool at_header() const;

  SourcePtr source_;
  Arena& arena_;
  Diagnostics& diagnostics_;
  ExprBuilder build_;
  Lexer lexer_;
  LogicalLine line_;
  bool more_ = false;        // line_ holds a line
  bool tab_before_ = false;  // the former line was indented with a tab and reported
  std::size_t at_ = 0;       // into line_.tokens
  int nesting_ = 0;
  int comparisons_ = 0;  // inside that many where( ) and expect
  int blocks_ = 0;       // inside that many blocks
  bool saw_declaration_ = false;
};

/// The claim that begins with this word, if one does.
std::optional<ClaimKind> claim_kind_of(std::string_view word);

/// `kind` must be a comparison.
CompareOp compare_op_of(TokenKind kind);

}  // namespace verigrad::expressions
