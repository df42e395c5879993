// What the names of a test block stand for, from the file's leaves and bindings on.
#include <fmt/format.h>

#include <algorithm>

#include "engine/operation.hpp"
#include "expressions/eager.hpp"
#include "expressions/test_block.hpp"

namespace verigrad::expressions {
namespace {

/// Lists that variables hold may nest this deep and have this many elements in all.
constexpr int max_list_depth = 16;
constexpr std::int64_t max_list_elements = std::int64_t{1} << 20;

/// Counts elements at every depth; false beyond the limits.
bool list_is_small(const Item& item, int depth, std::int64_t& room) {
  const auto* list = item.get<Item::List>();
  if (list == nullptr) return true;
  room -= static_cast<std::int64_t>((*list)->size());
  if (depth >= max_list_depth || room < 0) return false;
  return std::all_of((*list)->begin(), (*list)->end(),
                     [&](const Item& element) { return list_is_small(element, depth + 1, room); });
}

/// Whether a list as written holds numbers only; long ones were read as tensors already.
bool is_data(const Expr& expression, const Item& item) {
  const auto* list = item.get<Item::List>();
  if (list == nullptr)
    return item.get<ConstantPtr>() != nullptr || expression.kind == ExprKind::list;
  if (expression.kind != ExprKind::list) return false;
  for (std::size_t i = 0; i < (*list)->size(); ++i)
    if (!is_data(expression.child(i), (**list)[i])) return false;
  return true;
}

}  // namespace

template <class T>
Eager<T>::Eager(const Instance& instance, const Point& point, Random random,
                std::int64_t max_entries)
    : max_entries_(max_entries),
      entries_limit_(std::max(max_test_entries, 8 * max_entries)),
      random_(random) {
  const std::vector<Tensor<T>> leaves = leaf_tensors<T>(instance.program, point, true);
  for (const auto& [name, size] : instance.dims) assign(name, size);
  for (std::size_t i = 0; i < leaves.size(); ++i)
    if (const Leaf& leaf = instance.program.leaves()[i]; !is_anonymous(leaf))
      variables_[leaf.name] = item(leaves[i], {});
  leaves_ = leaves;
  load_bindings(instance, leaves);
}

template <class T>
Eager<T>::~Eager() {
  for (const Tensor<T>& leaf : leaves_) leaf.impl()->grad = Tensor<T>();
}

template <class T>
void Eager<T>::load_bindings(const Instance& instance, const std::vector<Tensor<T>>& leaves) {
  const Program& program = instance.program;
  std::vector<ValueId> roots;
  for (const NamedValue& binding : instance.bindings) roots.push_back(binding.value);
  const std::vector<bool> reached = program.reachable(roots);
  std::vector<Tensor<T>> results(program.values().size());
  std::vector<std::string> errors(results.size());
  std::vector<Tensor<T>> operands;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!reached[i]) continue;
    const Value& value = program.values()[i];
    if (value.kind == Value::Kind::leaf) {
      results[i] = leaves[static_cast<std::size_t>(value.leaf)];
    } else if (value.kind == Value::Kind::number) {
      results[i] = Tensor<T>(static_cast<T>(value.number));
    } else if (value.kind == Value::Kind::entries) {
      results[i] = Tensor<T>(value.shape, rounded_to<T>(value.entries));
    } else {
      operands.clear();
      for (ValueId operand : value.operands) {
        operands.push_back(results[static_cast<std::size_t>(operand)]);
        if (!operands.back().defined()) errors[i] = errors[static_cast<std::size_t>(operand)];
      }
      try {
        if (errors[i].empty())
          results[i] = verigrad::apply<T>(*value.operation, operands, value.attributes);
      } catch (const Error& error) {
        errors[i] = error.what();
      }
    }
  }
  for (const NamedValue& binding : instance.bindings) {
    const auto i = static_cast<std::size_t>(binding.value);
    const Value& value = program.values()[i];
    if (!results[i].defined()) {
      broken_[binding.name] = errors[i];
    } else if (value.kind == Value::Kind::number) {
      variables_[binding.name].is = make_constant(value.text, value.number);
    } else if (value.is_number) {
      const auto number = static_cast<double>(results[i].item());
      variables_[binding.name].is = make_constant(number_text(number), number);
    } else {
      variables_[binding.name] = item(results[i], {});
    }
  }
}

template <class T>
void Eager<T>::assign(std::string_view name, const Expr& value, Lowering& lowering) {
  Item item = settled(value, lowering.lower(value), lowering);
  if (const ConstantPtr* known = item.get<ConstantPtr>(); known && (*known)->operation)
    item.is = make_constant(number_text(**known), (*known)->value);
  std::int64_t room = max_list_elements;
  if (!list_is_small(item, 0, room))
    lowering.fail(code::too_much_work, value.span, "the list is too large to be kept in a variable",
                  fmt::format("at most {} elements, nested at most {} deep", max_list_elements,
                              max_list_depth));
  variables_[name] = std::move(item);
  broken_.erase(name);
}

template <class T>
void Eager<T>::assign(std::string_view name, std::int64_t value) {
  variables_[name] = Item{make_constant(fmt::format("{}", value), static_cast<double>(value))};
  broken_.erase(name);
}

template <class T>
void Eager<T>::mark(const Item& item, std::vector<bool>& live) const {
  if (const auto* value = item.get<Item::Value>())
    live[static_cast<std::size_t>(value->handle)] = true;
  if (const auto* object = item.get<Item::Object>())
    live[static_cast<std::size_t>(object->handle)] = true;
  if (const auto* list = item.get<Item::List>())
    for (const Item& element : **list) mark(element, live);
}

template <class T>
void Eager<T>::collect() {
  constexpr std::int64_t entries_kept = std::int64_t{1} << 18;
  if (slots_.size() - free_.size() < collect_at_ && entries_since_collect_ < entries_kept) return;
  std::vector<bool> live(slots_.size(), false);
  for (const auto& [name, item] : variables_) mark(item, live);
  free_.clear();
  for (std::size_t i = slots_.size(); i-- > 0;) {
    if (live[i]) continue;
    slots_[i] = std::monostate();
    free_.push_back(static_cast<Handle>(i));
  }
  entries_since_collect_ = 0;
  collect_at_ = 256 + 2 * (slots_.size() - free_.size());
}

template <class T>
Item Eager<T>::settled(const Expr& expression, Item item, Lowering& lowering) {
  if (expression.kind != ExprKind::list || !item.get<Item::List>() || !is_data(expression, item))
    return item;
  return Item{Item::Value{lowering.tensor(item)}, expression.span};
}

#define VERIGRAD_INSTANTIATE(T)                                                          \
  template Eager<T>::Eager(const Instance&, const Point&, Random, std::int64_t);         \
  template Eager<T>::~Eager();                                                           \
  template void Eager<T>::load_bindings(const Instance&, const std::vector<Tensor<T>>&); \
  template void Eager<T>::assign(std::string_view, const Expr&, Lowering&);              \
  template void Eager<T>::assign(std::string_view, std::int64_t);                        \
  template void Eager<T>::mark(const Item&, std::vector<bool>&) const;                   \
  template void Eager<T>::collect();                                                     \
  template Item Eager<T>::settled(const Expr&, Item, Lowering&);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)

}  // namespace verigrad::expressions
