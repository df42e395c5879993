#include "expressions/eager.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "engine/creation.hpp"
#include "engine/error.hpp"
#include "engine/node.hpp"
#include "engine/operation.hpp"
#include "expressions/codes.hpp"
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
  return std::all_of((*list)->begin(), (*list)->end(), [&](const Item& element) {
    return list_is_small(element, depth + 1, room);
  });
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

/// The entries in the graph below a tensor.
template <class T>
std::int64_t graph_entries(const Tensor<T>& root) {
  std::int64_t entries = root.numel();
  std::unordered_set<const Node<T>*> seen;
  std::vector<const Node<T>*> waiting{root.impl()->grad_fn.get()};
  while (!waiting.empty()) {
    const Node<T>* node = waiting.back();
    waiting.pop_back();
    if (node == nullptr || !seen.insert(node).second) continue;
    entries += node->shape.numel() + 1;
    for (const Operand<T>& operand : node->operands) waiting.push_back(operand.node.get());
  }
  return entries;
}

template <class T>
std::vector<T> rounded(const std::vector<double>& entries) {
  std::vector<T> result(entries.size());
  std::transform(entries.begin(), entries.end(), result.begin(),
                 [](double x) { return static_cast<T>(x); });
  return result;
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
  load_bindings(instance, leaves);
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
      results[i] = Tensor<T>(value.shape, rounded<T>(value.entries));
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

// ---------------------------------------------------------------------------------------- emitter

template <class T>
Handle Eager<T>::number(const std::string&, double value) {
  charge(1);
  return add(Tensor<T>(static_cast<T>(value)));
}

template <class T>
Handle Eager<T>::entries(const Shape& shape, std::vector<double> entries) {
  charge(shape.numel());
  return add(Tensor<T>(shape, rounded<T>(entries)));
}

template <class T>
Handle Eager<T>::random(const Shape& shape, const verigrad::Domain& domain) {
  check_shape(shape);
  charge(shape.numel());
  const bool standard = domain.a == 0 && domain.b == 1;
  if (standard && domain.kind == verigrad::Domain::Kind::normal)
    return add(randn<T>(shape, random_));
  if (standard && domain.kind == verigrad::Domain::Kind::interval)
    return add(rand<T>(shape, random_));
  std::vector<double> drawn(static_cast<std::size_t>(shape.numel()));
  for (double& entry : drawn) entry = domain.draw(random_);
  return add(Tensor<T>(shape, rounded<T>(drawn)));
}

template <class T>
Handle Eager<T>::apply(const Operation& operation, std::span<const Handle> operands,
                       const AttributesRef& attributes) {
  static const Attributes none;
  std::vector<Tensor<T>> tensors;
  std::vector<Shape> shapes;
  for (Handle operand : operands) {
    tensors.push_back(tensor(operand));
    shapes.push_back(tensors.back().shape());
  }
  const Shape result = operation.shape(shapes, attributes ? *attributes : none);
  check_shape(result);
  const bool product = operation.name() == "matmul" && shapes[0].rank() > 0;
  const std::int64_t inner = product ? shapes[0][shapes[0].rank() - 1] / 16 : 0;
  charge(result.numel() * (inner + 1));
  return add(verigrad::apply<T>(operation, tensors, attributes));
}

template <class T>
std::optional<Item> Eager<T>::lookup(std::string_view name, Span at) {
  if (const auto found = variables_.find(name); found != variables_.end()) {
    Item item = found->second;
    item.span = at;
    return item;
  }
  if (const auto found = broken_.find(name); found != broken_.end()) {
    if (lowering_ == nullptr) throw Error(found->second);
    lowering_->fail(code::refused, at, found->second,
                    fmt::format("{} could not be computed", quoted(name)));
  }
  return std::nullopt;
}

template <class T>
std::vector<std::string_view> Eager<T>::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, item] : variables_) names.push_back(name);
  for (const auto& [name, error] : broken_) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

template <class T>
std::string Eager<T>::describe(const Item::Object& object) const {
  const Slot& slot = slots_[static_cast<std::size_t>(object.handle)];
  return std::holds_alternative<SGD<T>>(slot) ? "an optimiser" : "an integer tensor";
}

// -------------------------------------------------------------------------------------- variables

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

// ------------------------------------------------------------------------------------------ items

template <class T>
Handle Eager<T>::add(Slot slot) {
  if (free_.empty()) {
    slots_.push_back(std::move(slot));
    return static_cast<Handle>(slots_.size() - 1);
  }
  const Handle handle = free_.back();
  free_.pop_back();
  slots_[static_cast<std::size_t>(handle)] = std::move(slot);
  return handle;
}

template <class T>
void Eager<T>::check_shape(const Shape& shape) const {
  if (shape.numel() > max_entries_)
    throw Error(fmt::format("a tensor of shape {} has {} entries; the limit is {} (--max-entries)",
                            to_string(shape), shape.numel(), max_entries_));
}

template <class T>
void Eager<T>::charge(std::int64_t entries) {
  constexpr std::int64_t per_operation = 64;
  entries += per_operation;
  entries_since_collect_ += entries;
  if (entries > entries_limit_ - entries_)
    throw Error(fmt::format("the test computes too much: the limit is {} entries in all",
                            entries_limit_));
  entries_ += entries;
}

template <class T>
void Eager<T>::charge_walk(const Tensor<T>& root, std::int64_t passes) {
  const std::int64_t entries = graph_entries(root);
  if (passes > 0 && entries > entries_limit_ / passes) charge(entries_limit_);
  charge(entries * passes);
}

template <class T>
const Tensor<T>& Eager<T>::tensor(Handle handle) const {
  return std::get<Tensor<T>>(slots_[static_cast<std::size_t>(handle)]);
}

template <class T>
const Tensor<std::int64_t>* Eager<T>::integers(const Item& item) const {
  const auto* object = item.get<Item::Object>();
  if (object == nullptr) return nullptr;
  return std::get_if<Integers64>(&slots_[static_cast<std::size_t>(object->handle)]);
}

template <class T>
Item Eager<T>::item(Tensor<T> tensor, Span span) {
  if (!tensor.defined()) return Item{Item::None(), span};
  return Item{Item::Value{add(std::move(tensor))}, span};
}

template <class T>
Item Eager<T>::list(const std::vector<Tensor<T>>& tensors, Span span) {
  auto items = std::make_shared<std::vector<Item>>();
  for (const Tensor<T>& tensor : tensors) items->push_back(item(tensor, span));
  return Item{Item::List(std::move(items)), span};
}

template <class T>
Tensor<T> Eager<T>::tensor_of(const Item& item, Lowering& lowering) {
  return tensor(lowering.tensor(item));
}

template <class T>
std::vector<Tensor<T>> Eager<T>::tensors_of(const Item& item, Lowering& lowering) {
  const auto* list = item.get<Item::List>();
  if (list == nullptr) return {tensor_of(item, lowering)};
  std::vector<Tensor<T>> tensors;
  for (const Item& element : **list) tensors.push_back(tensor_of(element, lowering));
  return tensors;
}

template <class T>
T Eager<T>::scalar_of(const Item& item, std::string_view what, Lowering& lowering) {
  if (const ConstantPtr* known = item.get<ConstantPtr>()) return static_cast<T>((*known)->value);
  const auto* value = item.get<Item::Value>();
  if (value != nullptr && tensor(value->handle).numel() == 1) return tensor(value->handle).item();
  lowering.fail(code::wrong_kind, item.span,
                fmt::format("{} must be a number, not {}", what, lowering.describe(item)));
}

template class Eager<float>;
template class Eager<double>;

}  // namespace verigrad::expressions
