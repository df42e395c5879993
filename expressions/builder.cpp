#include <algorithm>
#include <cassert>

#include "expressions/syntax.hpp"

namespace verigrad::expressions {
namespace {

int level(BinaryOp op) {
  if (op == BinaryOp::pow) return 2;
  return op == BinaryOp::add || op == BinaryOp::sub ? 0 : 1;
}

bool is_chain_of(const Expr& e, BinaryOp op) {
  return e.kind == ExprKind::binary && op != BinaryOp::pow && level(e.operators[0]) == level(op);
}

Expr node(ExprKind kind, Span span, std::span<const Expr* const> children) {
  Expr e;
  e.kind = kind;
  e.span = span;
  e.children = children;
  std::uint16_t deepest = 0;
  for (const Expr* child : children)
    if (child) deepest = std::max(deepest, child->depth);
  e.depth = static_cast<std::uint16_t>(std::min(deepest + 1, 65535));
  return e;
}

}  // namespace

const Expr* ExprBuilder::number(std::string_view text, double value, Span span) {
  Expr e = node(ExprKind::number, span, {});
  e.text = text;
  e.number = value;
  return arena_->make(e);
}

const Expr* ExprBuilder::string(std::string_view text, Span span) {
  Expr e = node(ExprKind::string, span, {});
  e.text = text;
  return arena_->make(e);
}

const Expr* ExprBuilder::boolean(bool value, Span span) {
  Expr e = node(ExprKind::boolean, span, {});
  e.flag = value;
  return arena_->make(e);
}

const Expr* ExprBuilder::none(Span span) { return arena_->make(node(ExprKind::none, span, {})); }

const Expr* ExprBuilder::name(std::string_view text, Span span) {
  Expr e = node(ExprKind::name, span, {});
  e.text = text;
  e.name_span = span;
  return arena_->make(e);
}

const Expr* ExprBuilder::list(std::span<const Expr* const> elements, Span span) {
  return arena_->make(node(ExprKind::list, span, arena_->copy(elements)));
}

const Expr* ExprBuilder::unary(UnaryOp op, const Expr* operand, Span span, Span op_span) {
  Expr e = node(ExprKind::unary, span, arena_->copy(std::span<const Expr* const>(&operand, 1)));
  e.unary_op = op;
  e.name_span = op_span;
  return arena_->make(e);
}

const Expr* ExprBuilder::binary(BinaryOp op, const Expr* left, const Expr* right, Span span) {
  const Expr* operands[] = {left, right};
  return chain(operands, std::span<const BinaryOp>(&op, 1), span);
}

const Expr* ExprBuilder::chain(std::span<const Expr* const> operands, std::span<const BinaryOp> ops,
                               Span span, std::span<const Span> steps) {
  assert(!ops.empty() && operands.size() == ops.size() + 1);
  assert(steps.empty() || steps.size() == ops.size() - 1);
  const Expr& first = *operands[0];
  const bool extends = is_chain_of(first, ops[0]);
  std::vector<Span> all_steps;
  if (extends)
    for (std::size_t i = 0; i < first.ops().size(); ++i) all_steps.push_back(first.step(i));
  if (extends || !steps.empty())
    for (std::size_t i = 0; i + 1 < ops.size(); ++i)
      all_steps.push_back(steps.empty() ? join(first.span, operands[i + 1]->span) : steps[i]);
  Expr e;
  if (extends) {
    std::vector<const Expr*> all(first.children.begin(), first.children.end());
    all.insert(all.end(), operands.begin() + 1, operands.end());
    std::vector<BinaryOp> all_ops(first.ops().begin(), first.ops().end());
    all_ops.insert(all_ops.end(), ops.begin(), ops.end());
    e = node(ExprKind::binary, span, arena_->copy(all));
    e.operators = arena_->copy(all_ops).data();
  } else {
    e = node(ExprKind::binary, span, arena_->copy(operands));
    e.operators = arena_->copy(ops).data();
  }
  e.steps = arena_->copy(all_steps).data();
  return arena_->make(e);
}

const Expr* ExprBuilder::compare(CompareOp op, const Expr* left, const Expr* right, Span span,
                                 Span op_span) {
  const Expr* operands[] = {left, right};
  Expr e = node(ExprKind::compare, span, arena_->copy(std::span<const Expr* const>(operands)));
  e.compare_op = op;
  e.name_span = op_span;
  return arena_->make(e);
}

const Expr* ExprBuilder::call(Name function, std::span<const Expr* const> positional,
                              std::span<const Keyword> keywords, Span span) {
  Expr e = node(ExprKind::call, span, arena_->copy(positional));
  e.text = function.text;
  e.name_span = function.span;
  e.named = nullptr;
  if (!keywords.empty()) e.named = arena_->make(arena_->copy(keywords));
  for (const Keyword& keyword : keywords)
    e.depth = std::max(e.depth, static_cast<std::uint16_t>(keyword.value->depth + 1));
  return arena_->make(e);
}

const Expr* ExprBuilder::method(const Expr* object, Name method,
                                std::span<const Expr* const> positional,
                                std::span<const Keyword> keywords, Span span) {
  std::vector<const Expr*> children{object};
  children.insert(children.end(), positional.begin(), positional.end());
  Expr e = *call(method, children, keywords, span);
  e.kind = ExprKind::method;
  return arena_->make(e);
}

const Expr* ExprBuilder::attribute(const Expr* object, Name attribute, Span span) {
  Expr e = node(ExprKind::attribute, span, arena_->copy(std::span<const Expr* const>(&object, 1)));
  e.text = attribute.text;
  e.name_span = attribute.span;
  return arena_->make(e);
}

const Expr* ExprBuilder::index(const Expr* object, std::span<const Expr* const> items, Span span) {
  std::vector<const Expr*> children{object};
  children.insert(children.end(), items.begin(), items.end());
  return arena_->make(node(ExprKind::index, span, arena_->copy(children)));
}

const Expr* ExprBuilder::slice(const Expr* start, const Expr* stop, const Expr* step, Span span) {
  const Expr* parts[] = {start, stop, step};
  return arena_->make(
      node(ExprKind::slice, span, arena_->copy(std::span<const Expr* const>(parts))));
}

const Expr* ExprBuilder::range(const Expr* first, const Expr* last, Span span) {
  const Expr* ends[] = {first, last};
  return arena_->make(
      node(ExprKind::range, span, arena_->copy(std::span<const Expr* const>(ends))));
}

}  // namespace verigrad::expressions
