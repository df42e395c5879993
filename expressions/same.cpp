// Structural equality of syntax trees.
#include <algorithm>

#include "expressions/syntax.hpp"

namespace verigrad::expressions {
namespace {

bool alike(const Name& a, const Name& b) { return a.text == b.text; }

bool alike(const Keyword& a, const Keyword& b) {
  return alike(a.name, b.name) && expressions::same(a.value, b.value);
}

bool alike(const DimEntry& a, const DimEntry& b) {
  return alike(a.name, b.name) && expressions::same(a.value, b.value);
}

bool alike(const Setting& a, const Setting& b) {
  return alike(a.key, b.key) && a.is_number == b.is_number &&
         (a.is_number ? a.number == b.number : alike(a.value, b.value));
}

template <class T>
bool all_same(std::span<const T> a, std::span<const T> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const T& x, const T& y) { return alike(x, y); });
}

bool same_body(std::span<const Statement* const> a, std::span<const Statement* const> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Statement* x, const Statement* y) { return same(*x, *y); });
}

bool same_children(std::span<const Expr* const> a, std::span<const Expr* const> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Expr* x, const Expr* y) { return expressions::same(x, y); });
}

bool alike(const Domain* a, const Domain* b) {
  if (!a || !b) return a == b;
  return a->kind == b->kind && a->open_low == b->open_low && a->open_high == b->open_high &&
         same_children(a->values, b->values);
}

bool equal(const BindingStatement& a, const BindingStatement& b) {
  return alike(a.name, b.name) && expressions::same(a.value, b.value);
}
bool equal(const DtypeStatement& a, const DtypeStatement& b) { return alike(a.dtype, b.dtype); }
bool equal(const DimStatement& a, const DimStatement& b) { return all_same(a.entries, b.entries); }
bool equal(const LeafStatement& a, const LeafStatement& b) {
  return a.is_input == b.is_input && a.has_shape == b.has_shape && alike(a.name, b.name) &&
         same_children(a.shape, b.shape) && alike(a.domain, b.domain) &&
         expressions::same(a.value, b.value);
}
bool equal(const DefStatement& a, const DefStatement& b) {
  return alike(a.name, b.name) && all_same(a.parameters, b.parameters) &&
         expressions::same(a.body, b.body);
}
bool equal(const OutputStatement& a, const OutputStatement& b) { return alike(a.name, b.name); }
bool equal(const CheckStatement& a, const CheckStatement& b) {
  return expressions::same(a.output, b.output) && all_same(a.wrt, b.wrt);
}
bool equal(const ClaimStatement& a, const ClaimStatement& b) {
  return a.kind == b.kind && expressions::same(a.output, b.output) && alike(a.wrt, b.wrt) &&
         expressions::same(a.vector, b.vector) && expressions::same(a.claimed, b.claimed) &&
         expressions::same(a.tolerance, b.tolerance);
}
bool equal(const ExpectStatement& a, const ExpectStatement& b) {
  return a.op == b.op && expressions::same(a.left, b.left) && expressions::same(a.right, b.right) &&
         expressions::same(a.tolerance, b.tolerance);
}
bool equal(const ExpectMessageStatement& a, const ExpectMessageStatement& b) {
  return a.is_error == b.is_error && a.text == b.text && same(*a.statement, *b.statement);
}
bool equal(const ExpectVerdictStatement& a, const ExpectVerdictStatement& b) {
  return a.verdict == b.verdict && same(*a.statement, *b.statement);
}
bool equal(const SetStatement& a, const SetStatement& b) {
  return all_same(a.settings, b.settings);
}
bool equal(const UseStatement& a, const UseStatement& b) {
  return a.is_fpcore == b.is_fpcore && a.has_name == b.has_name && a.file == b.file &&
         a.name == b.name;
}
bool equal(const TestStatement& a, const TestStatement& b) {
  return a.name == b.name && same_body(a.body, b.body);
}
bool equal(const ExpressionStatement& a, const ExpressionStatement& b) {
  return expressions::same(a.expression, b.expression);
}
bool equal(const PrintStatement& a, const PrintStatement& b) {
  return expressions::same(a.expression, b.expression);
}
bool equal(const NoGradStatement& a, const NoGradStatement& b) { return same_body(a.body, b.body); }
bool equal(const ForStatement& a, const ForStatement& b) {
  return alike(a.variable, b.variable) && expressions::same(a.range, b.range) &&
         same_body(a.body, b.body);
}

bool same_own_parts(const Expr& a, const Expr& b) {
  switch (a.kind) {
    case ExprKind::number:
      return a.number == b.number;
    case ExprKind::boolean:
      return a.flag == b.flag;
    case ExprKind::unary:
      return a.unary_op == b.unary_op;
    case ExprKind::compare:
      return a.compare_op == b.compare_op;
    case ExprKind::binary:
      return std::ranges::equal(a.ops(), b.ops());
    default:
      return a.text == b.text;
  }
}

}  // namespace

bool same(const Expr* a, const Expr* b) {
  if (!a || !b) return a == b;
  return a->kind == b->kind && same_children(a->children, b->children) && same_own_parts(*a, *b) &&
         all_same(a->keywords(), b->keywords());
}

bool same(const Statement& a, const Statement& b) {
  if (a.node.index() != b.node.index()) return false;
  return std::visit(
      [&](const auto& x) { return equal(x, std::get<std::decay_t<decltype(x)>>(b.node)); }, a.node);
}

bool same(const SyntaxTree& a, const SyntaxTree& b) {
  return same_body(a.statements, b.statements);
}

}  // namespace verigrad::expressions
