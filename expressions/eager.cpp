#include "expressions/eager.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "engine/creation.hpp"
#include "engine/error.hpp"
#include "engine/node.hpp"
#include "engine/operation.hpp"
#include "expressions/codes.hpp"
#include "expressions/test_block.hpp"

namespace verigrad::expressions {
namespace {

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
    entries += node->shape->numel() + 1;
    for (const Operand<T>& operand : node->operands()) waiting.push_back(operand.node.get());
  }
  return entries;
}

}  // namespace

// ---------------------------------------------------------------------------------------- emitter

template <class T>
Handle Eager<T>::number(const std::string&, double value) {
  charge(1);
  return add(Tensor<T>(static_cast<T>(value)));
}

template <class T>
Handle Eager<T>::entries(const Shape& shape, std::vector<double> entries) {
  charge(shape.numel());
  return add(Tensor<T>(shape, rounded_to<T>(entries)));
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
  return add(Tensor<T>(shape, rounded_to<T>(drawn)));
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
  if (std::holds_alternative<Schedule>(slot)) return "a schedule";
  return std::holds_alternative<OptimizerPtr>(slot) ? "an optimiser" : "an integer tensor";
}

template <class T>
std::string Eager<T>::no_operand(const Item::Object& object) const {
  const Slot& slot = slots_[static_cast<std::size_t>(object.handle)];
  return std::holds_alternative<Integers64>(slot) ? "integer tensors take no part in arithmetic"
                                                  : "";
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
    throw Error(
        fmt::format("the test computes too much: the limit is {} entries in all", entries_limit_));
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
  for (std::size_t i = 0; i < (*list)->size(); ++i)
    tensors.push_back(tensor_of(element(item, i), lowering));
  return tensors;
}

template <class T>
double Eager<T>::real_of(const Item& item, std::string_view what, Lowering& lowering) {
  if (const ConstantPtr* known = item.get<ConstantPtr>()) return (*known)->value;
  const auto* value = item.get<Item::Value>();
  if (value != nullptr && tensor(value->handle).numel() == 1) return tensor(value->handle).item();
  lowering.fail(code::wrong_kind, item.span,
                fmt::format("{} must be a number, not {}", what, lowering.describe(item)));
}

template class Eager<float>;
template class Eager<double>;

}  // namespace verigrad::expressions
