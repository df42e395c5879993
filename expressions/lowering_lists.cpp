// Lists: data, or tensors stacked along a new dim 0.
#include <fmt/format.h>

#include "expressions/codes.hpp"
#include "expressions/constants.hpp"
#include "expressions/lowering.hpp"

namespace verigrad::expressions {
namespace {

/// Lists longer than this that hold literals only are read as data at once: they are never a list
/// of sizes, dims or operands.
constexpr std::size_t longest_argument_list = 64;

const Expr* literal_of(const Expr& e, bool& negative) {
  const Expr* inner = &e;
  negative = false;
  while (inner->kind == ExprKind::unary) {
    negative = negative != (inner->unary_op == UnaryOp::minus);
    inner = inner->children[0];
  }
  return inner->kind == ExprKind::number ? inner : nullptr;
}

/// The nesting of a regular list of literals, found along its first elements.
bool literal_shape(const Expr& e, Integers& sizes) {
  const Expr* at = &e;
  while (at->kind == ExprKind::list) {
    sizes.push_back(static_cast<std::int64_t>(at->children.size()));
    if (at->children.empty()) return true;
    at = at->children[0];
  }
  bool negative;
  return literal_of(*at, negative) != nullptr;
}

bool literal_entries(const Expr& e, std::span<const std::int64_t> sizes,
                     std::vector<double>& entries) {
  if (sizes.empty()) {
    bool negative;
    const Expr* literal = literal_of(e, negative);
    if (literal != nullptr) entries.push_back(negative ? -literal->number : literal->number);
    return literal != nullptr;
  }
  if (e.kind != ExprKind::list || static_cast<std::int64_t>(e.children.size()) != sizes[0])
    return false;
  for (const Expr* child : e.children)
    if (!literal_entries(*child, sizes.subspan(1), entries)) return false;
  return true;
}

}  // namespace

std::optional<Item> Lowering::literal_list(const Expr& e) {
  Integers sizes;
  if (e.children.size() <= longest_argument_list || !literal_shape(e, sizes)) return std::nullopt;
  if (sizes.size() > Shape::max_rank) return std::nullopt;
  std::vector<double> entries;
  if (!literal_entries(e, sizes, entries)) return std::nullopt;
  count_steps(entries.size(), e.span);
  const Shape whole_shape = shape(sizes, e.span);
  emitter_->written_at(source_, e.span);
  return Item{Item::Value{emitter_->entries(whole_shape, std::move(entries))}};
}

Item Lowering::lower_list(const Expr& e) {
  if (std::optional<Item> data = literal_list(e)) return *data;
  auto list = std::make_shared<std::vector<Item>>();
  list->reserve(e.children.size());
  for (const Expr* child : e.children) list->push_back(lower(*child));
  return {Item::List(std::move(list))};
}

void Lowering::list_sizes(const Item& item, Integers& sizes) const {
  const Item* at = &item;
  while (const auto* list = at->get<Item::List>()) {
    sizes.push_back(static_cast<std::int64_t>((*list)->size()));
    if ((*list)->empty()) return;
    at = &(*list)->front();
  }
}

bool Lowering::list_entries(const Item& item, std::span<const std::int64_t> sizes,
                            std::vector<double>& entries) const {
  const auto* list = item.get<Item::List>();
  if (list == nullptr) {
    const auto* constant = item.get<ConstantPtr>();
    if (constant == nullptr || !sizes.empty()) return false;
    entries.push_back((*constant)->value);
    return true;
  }
  if (sizes.empty() || static_cast<std::int64_t>((*list)->size()) != sizes[0]) return false;
  for (const Item& child : **list)
    if (!list_entries(child, sizes.subspan(1), entries)) return false;
  return true;
}

Item element(const Item& list, std::size_t index) {
  Item item = (**list.get<Item::List>())[index];
  if (list.source != nullptr && item.source != list.source) {
    item.span = list.span;
    item.source = list.source;
  }
  return item;
}

Handle Lowering::stack(const Item& item) {
  Integers sizes;
  list_sizes(item, sizes);
  const Shape list_shape = shape(sizes, item.span);
  std::vector<double> entries;
  if (list_entries(item, sizes, entries)) {
    mark(item);
    return emitter_->entries(list_shape, std::move(entries));
  }

  std::vector<Item> operands;
  for (std::size_t i = 0; i < (*item.get<Item::List>())->size(); ++i) {
    const Item child = element(item, i);
    count_steps(1, item.span);
    operands.push_back({Item::Value{tensor(child)}, child.span, child.source});
    const Shape first = emitter_->shape(operands.front().get<Item::Value>()->handle);
    const Shape here = emitter_->shape(operands.back().get<Item::Value>()->handle);
    if (first == here) continue;
    // Elements of another file have the list's place and no text of their own.
    const Span first_span = operands[0].span;
    const std::string first_text =
        first_span == item.span ? "" : fmt::format(", {},", quoted(source_->text(first_span)));
    fail(code::ragged, child.span, "the entries of a list must have equal shapes",
         fmt::format("this is {}", describe(operands.back())), "",
         {fmt::format("the first entry{} is {}", first_text, describe(operands[0]))});
  }
  static const AttributesRef dim_0 = make_attributes({std::int64_t{0}});
  return apply(operation("stack"), operands, dim_0, item.span).get<Item::Value>()->handle;
}

}  // namespace verigrad::expressions
