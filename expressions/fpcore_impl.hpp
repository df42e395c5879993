// The parts of the FPCore reader. Not for use outside fpcore*.cpp.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "expressions/fpcore.hpp"

namespace verigrad::expressions::fpcore {

/// An S-expression. Texts are views into the file.
struct Node {
  enum class Kind { list, atom, string };

  Kind kind = Kind::list;
  Span span;
  std::string_view text;  ///< of a string: between the quotes, escapes as written
  std::vector<Node> children;

  [[nodiscard]] bool is_atom() const { return kind == Kind::atom; }
  [[nodiscard]] bool is_atom(std::string_view wanted) const { return is_atom() && text == wanted; }
  [[nodiscard]] bool is_list() const { return kind == Kind::list; }
  [[nodiscard]] bool is_property() const { return is_atom() && text.front() == ':'; }
  /// The first element of a list when it is an atom, else nothing.
  [[nodiscard]] std::string_view head() const {
    return is_list() && !children.empty() && children[0].is_atom() ? children[0].text
                                                                   : std::string_view{};
  }
};

/// fpcore_reader.cpp: the file's top-level S-expressions; throws FpcoreError.
std::vector<Node> read_nodes(const SourceFile& source);

/// `[+-]?(\d+/\d+ | decimal | 0x…)` taken apart: magnitude and denominator are literals of the
/// language.
struct NumberText {
  bool negative = false;
  std::string_view magnitude;
  std::string_view denominator;  ///< empty when there is none
};

/// fpcore_reader.cpp: the parts of an atom that is a number of FPCore 2.0.
std::optional<NumberText> read_number(std::string_view atom);

/// fpcore_reader.cpp: whether the atom can name a variable or a core.
bool is_symbol(std::string_view atom);

/// What the language cannot express; ends the reading of one core.
struct Unsupported {
  std::string construct;
  Span span;
};

/// Makes names of the language, each at most once.
class Identifiers {
 public:
  std::string unique(std::string_view written);

 private:
  std::unordered_set<std::string> used_;
  std::unordered_map<std::string, std::size_t> next_;
};

/// An earlier core as later ones call it.
struct Callee {
  std::string_view identifier;
  std::size_t arity = 0;
  std::string_view dtype;
  bool supported = false;
};
using Callees = std::unordered_map<std::string_view, Callee>;

/// Throw Unsupported that names the operator: always, or unless it has `arity` arguments.
[[noreturn]] void wrong_count(const Node& node);
void expect_count(const Node& node, std::size_t arity);

/// S-expressions -> expressions, within one core (fpcore_convert.cpp; numbers in
/// fpcore_numbers.cpp, conditions and let in fpcore_select.cpp). Every function throws Unsupported.
class Converter {
 public:
  Converter(Arena& arena, const Callees& callees, std::string_view dtype)
      : build_(arena), arena_(&arena), callees_(&callees), dtype_(dtype) {}

  void bind(std::string_view variable, const Expr* value) { scope_[variable].push_back(value); }
  void unbind(std::string_view variable) { scope_[variable].pop_back(); }
  [[nodiscard]] const Expr* find(std::string_view variable) const;

  const Expr* convert(const Node& node);
  /// `yes` where the condition holds, else `no`, as nested where().
  const Expr* select(const Node& condition, const Expr* yes, const Expr* no);
  /// A compare node that holds exactly where the condition does.
  const Expr* condition(const Node& node);
  const Expr* compare(CompareOp op, const Expr* left, const Expr* right, Span span);
  const Expr* infinity(bool negative);
  /// The value of an expression of numbers, constants and + - * / sqrt exp log pow, to a few ulp.
  [[nodiscard]] std::optional<double> constant(const Node& node) const;

  /// Property `:precision` or another rounding property with this value must not change anything.
  void check_context(const Node& property, const Node& value) const;

 private:
  const Expr* checked(const Expr* expr, Span span) const;
  const Expr* number(std::string_view literal, Span span);
  const Expr* number(const NumberText& text, Span span);
  const Expr* constant_symbol(std::string_view name, Span span);
  const Expr* atom(const Node& node);
  const Expr* list(const Node& node);
  const Expr* chain(const Node& node);
  const Expr* digits(const Node& node);
  const Expr* special(const Node& node);
  const Expr* function(const Node& node, std::string_view name);
  const Expr* call_core(const Node& node, const Callee& callee);
  const Node& annotated(const Node& node) const;
  const Expr* select_compare(const Node& node, CompareOp op, const Expr* yes, const Expr* no);
  const Expr* binary(BinaryOp op, const Expr* left, const Expr* right, Span span);
  const Expr* call(std::string_view name, std::vector<const Expr*> arguments, Span span);
  /// Binds a let's variables, runs `body(inner node)` and unbinds them.
  const Expr* with_let(const Node& node, const std::function<const Expr*(const Node&)>& body);

  ExprBuilder build_;
  Arena* arena_;
  const Callees* callees_;
  std::string_view dtype_;
  std::unordered_map<std::string_view, std::vector<const Expr*>> scope_;
};

/// The comparison that an FPCore operator is, or nothing.
std::optional<CompareOp> comparison(std::string_view op);

/// fpcore_domain.cpp: splits `:pre` into the arguments' domains and the other conditions.
void read_precondition(const Node& pre, Converter& convert, Arena& arena, FpcoreCore& core);

}  // namespace verigrad::expressions::fpcore
