// Indexing and slices: chains of `select` and `slice`.
#include <fmt/format.h>

#include "expressions/codes.hpp"
#include "expressions/constants.hpp"
#include "expressions/lowering.hpp"

namespace verigrad::expressions {

/// `t[:, None]` is a new dim in NumPy and PyTorch; here it has a function.
void Lowering::refuse_new_dims(const Expr& e) const {
  std::size_t dim = 0;
  for (const Expr* item : e.arguments()) {
    if (item->kind == ExprKind::none)
      fail(code::not_constant, item->span, "None is no index: it does not insert a dim", "",
           fmt::format("write unsqueeze(…, {}) for a new dim of size 1 there, or reshape", dim));
    dim += item->kind == ExprKind::slice ? 1 : 0;
  }
}

Item Lowering::lower_index(const Expr& e) {
  refuse_new_dims(e);
  Item object = lower(e.child(0));
  if (object.get<Item::List>() != nullptr && e.arguments().size() == 1 &&
      e.arguments()[0]->kind != ExprKind::slice)
    return list_index(object, e);
  object.is = Item::Value{tensor(object)};
  const std::size_t rank = emitter_->shape(object.get<Item::Value>()->handle).rank();
  if (e.arguments().size() > rank)
    fail(code::out_of_range, e.span,
         fmt::format("too many indices: {} for {}", e.arguments().size(), describe(object)));
  std::size_t dim = 0;
  for (const Expr* item : e.arguments()) {
    if (item->kind == ExprKind::slice) {
      object = slice(object, dim++, *item, e.span);
    } else {
      const std::int64_t index = whole(*item, "an index");
      const Span base = object.span;
      object = apply(operation("select"), std::span<const Item>(&object, 1),
                     make_attributes({static_cast<std::int64_t>(dim), index}), e.span);
      object.span = base;
    }
  }
  return object;
}

/// An element of a list that is not yet a tensor, such as `[x, y][1]` or `x.shape[0]`.
Item Lowering::list_index(const Item& object, const Expr& e) {
  const auto& list = **object.get<Item::List>();
  const auto size = static_cast<std::int64_t>(list.size());
  const std::int64_t index = whole(*e.arguments()[0], "an index");
  if (index < -size || index >= size)
    fail(code::out_of_range, e.arguments()[0]->span,
         fmt::format("index {} is out of range for a list of {}", index, size));
  return list[static_cast<std::size_t>(index < 0 ? index + size : index)];
}

Item Lowering::slice(const Item& object, std::size_t dim, const Expr& range, Span span) {
  const Expr *start = range.children[0], *stop = range.children[1], *step = range.children[2];
  if (start == nullptr && stop == nullptr && step == nullptr) return object;
  const Shape shape = emitter_->shape(object.get<Item::Value>()->handle);
  const std::int64_t first = start != nullptr ? whole(*start, "a slice's start") : 0;
  const std::int64_t last = stop != nullptr ? whole(*stop, "a slice's end") : shape[dim];
  const std::int64_t stride = step != nullptr ? whole(*step, "a slice's step") : 1;
  if (stride < 1)
    fail(code::out_of_range, step->span,
         fmt::format("a slice's step must be positive, not {}", stride));
  Item sliced = apply(operation("slice"), std::span<const Item>(&object, 1),
                      make_attributes({static_cast<std::int64_t>(dim), first, last, stride}), span);
  sliced.span = object.span;
  return sliced;
}

}  // namespace verigrad::expressions
