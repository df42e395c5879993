// Methods and attributes as PyTorch spells them.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/error.hpp"
#include "expressions/codes.hpp"
#include "expressions/eager.hpp"

namespace verigrad::expressions {
namespace {

constexpr std::array in_place_methods = {"add_", "sub_", "mul_", "copy_", "fill_", "zero_"};

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_in_place(std::string_view name) {
  return std::find(in_place_methods.begin(), in_place_methods.end(), name) !=
         in_place_methods.end();
}

[[noreturn]] void none_has_nothing(const Expr& e, const Lowering& lowering) {
  const Expr& object = e.child(0);
  const bool gradient = object.kind == ExprKind::attribute && object.text == "grad";
  lowering.fail(code::wrong_kind, e.name_span,
                fmt::format("None has no {} {}",
                            e.kind == ExprKind::method ? "method" : "attribute", quoted(e.text)),
                gradient ? "this .grad is None: no backward pass has reached the tensor" : "");
}

Item shape_item(const Shape& shape, Span span) {
  auto sizes = std::make_shared<std::vector<Item>>();
  for (std::int64_t size : shape)
    sizes->push_back(Item{make_constant(fmt::format("{}", size), static_cast<double>(size)), span});
  return Item{Item::List(std::move(sizes)), span};
}

template <class Number>
Item number_item(Number value, Span span) {
  const auto number = static_cast<double>(value);
  if constexpr (std::is_integral_v<Number>)
    return Item{make_constant(fmt::format("{}", value), number), span};
  else
    return Item{make_constant(number_text(number), number), span};
}

template <class Any>
std::optional<Item> attribute_of(const Tensor<Any>& tensor, std::string_view name, Span span) {
  if (name == "requires_grad") return Item{tensor.requires_grad(), span};
  if (name == "is_leaf") return Item{tensor.is_leaf(), span};
  if (name == "shape") return shape_item(tensor.shape(), span);
  if (name == "dtype") return Item{std::string(dtype_name<Any>()), span};
  if (name != "grad_fn") return std::nullopt;
  if (tensor.grad_fn().empty()) return Item{Item::None(), span};
  return Item{std::string(tensor.grad_fn()), span};
}

}  // namespace

template <class T>
std::optional<Item> Eager<T>::attribute(const Expr& e, const Item& object, Lowering& lowering) {
  return placed(lowering, e.span, [&] { return read_attribute(e, object, lowering); });
}

template <class T>
std::optional<Item> Eager<T>::method(const Expr& call, const Item& object, Lowering& lowering) {
  return placed(lowering, call.span, [&] { return call_method(call, object, lowering); });
}

/// The tensor that a method or attribute is asked of. A variable that holds a list of tensors
/// becomes their stack for good, so that what the method changes is not lost.
template <class T>
Item Eager<T>::self_of(const Expr& e, const Item& object, Lowering& lowering) {
  if (object.get<Item::Value>()) return object;
  const Item self{Item::Value{lowering.tensor(object)}, object.span};
  const Expr& owner = e.child(0);
  if (owner.kind == ExprKind::name) {
    if (const auto found = variables_.find(owner.text);
        found != variables_.end() && found->second.is.index() == object.is.index())
      found->second = self;
  }
  return self;
}

template <class T>
std::optional<Item> Eager<T>::read_attribute(const Expr& e, const Item& object,
                                             Lowering& lowering) {
  if (object.get<Item::None>()) none_has_nothing(e, lowering);
  if (const Integers64* whole = integers(object)) {
    if (e.text == "grad") return Item{Item::None(), e.span};
    if (auto found = attribute_of(*whole, e.text, e.span)) return found;
    unknown_member(e, "an integer tensor",
                   {"shape", "dtype", "requires_grad", "is_leaf", "grad", "grad_fn"}, lowering);
  }
  if (const auto* handle = object.get<Item::Object>())
    unknown_member(e, describe(*handle), {}, lowering);
  const bool has_tensor = object.get<Item::Value>() || object.get<Item::List>();
  if (!contains(test_names().attributes, e.text) || (e.text == "shape" && !has_tensor))
    return std::nullopt;
  if (!has_tensor)
    lowering.fail(code::wrong_kind, e.name_span,
                  fmt::format("{} has no attribute {}", lowering.describe(object), quoted(e.text)));
  const Tensor<T> self = tensor_of(self_of(e, object, lowering), lowering);
  if (e.text == "grad") return item(self.grad(), e.span);
  return attribute_of(self, e.text, e.span);
}

template <class T>
std::optional<Item> Eager<T>::call_method(const Expr& call, const Item& object,
                                          Lowering& lowering) {
  if (object.get<Item::None>()) none_has_nothing(call, lowering);
  if (const auto* handle = object.get<Item::Object>()) {
    if (const Integers64* whole = integers(object))
      return integer_method(call, object, *whole, lowering);
    return optim_method(call, *handle, lowering);
  }
  if (!contains(test_names().methods, call.text)) return std::nullopt;
  const bool changes = is_in_place(call.text);
  if (!object.get<Item::Value>() && !object.get<Item::List>())
    lowering.fail(code::wrong_kind, call.name_span,
                  fmt::format("{} has no method {}", lowering.describe(object), quoted(call.text)));
  const Item self = self_of(call, object, lowering);
  return changes ? in_place_method(call, self, lowering) : graph_method(call, self, lowering);
}

template <class T>
Item Eager<T>::graph_method(const Expr& call, const Item& object, Lowering& lowering) {
  Tensor<T> self = tensor_of(object, lowering);
  const std::string_view name = call.text;
  const Item none{Item::None(), call.span};
  if (name == "backward") {
    const Arguments arguments(
        call, {{"gradient", false}, {"retain_graph", false}, {"create_graph", false}}, lowering);
    const Tensor<T> cotangent =
        arguments[0].template get<Item::None>() ? Tensor<T>() : tensor_of(arguments[0], lowering);
    const bool create = arguments.flag(2, false, lowering);
    charge_walk(self, 1);
    self.backward(cotangent,
                  {.retain_graph = arguments.flag(1, create, lowering), .create_graph = create});
    return none;
  }
  if (name == "requires_grad_") {
    const Arguments arguments(call, {{"requires_grad", false}}, lowering);
    const bool collected = self.requires_grad();
    self.requires_grad_(arguments.flag(0, true, lowering));
    if (!collected && self.requires_grad()) leaves_.push_back(self);
    return object;
  }
  const Arguments no_arguments(call, {}, lowering);
  if (name == "detach") return item(self.detach(), call.span);
  if (name == "item") return number_item(self.item(), call.span);
  if (name == "zero_grad") {
    self.zero_grad();
  } else {
    self.retain_grad();
  }
  return none;
}

template <class T>
Item Eager<T>::in_place_method(const Expr& call, const Item& object, Lowering& lowering) {
  Tensor<T> self = tensor_of(object, lowering);
  charge(self.numel());
  if (call.text == "zero_") {
    const Arguments no_arguments(call, {}, lowering);
    self.zero_();
    return object;
  }
  if (call.text == "fill_") {
    const Arguments arguments(call, {{"value"}}, lowering);
    self.fill_(static_cast<T>(real_of(arguments[0], "the value of fill_", lowering)));
    return object;
  }
  const Arguments arguments(call, {{call.text == "copy_" ? "src" : "other"}}, lowering);
  const Tensor<T> other = tensor_of(arguments[0], lowering);
  if (call.text == "add_") self.add_(other);
  if (call.text == "sub_") self.sub_(other);
  if (call.text == "mul_") self.mul_(other);
  if (call.text == "copy_") self.copy_(other);
  return object;
}

template <class T>
Item Eager<T>::integer_method(const Expr& call, const Item& self, const Integers64& tensor_,
                              Lowering& lowering) {
  Integers64 whole = tensor_;
  if (call.text == "item") {
    const Arguments no_arguments(call, {}, lowering);
    return number_item(whole.item(), call.span);
  }
  if (call.text == "requires_grad_") {
    const Arguments arguments(call, {{"requires_grad", false}}, lowering);
    whole.requires_grad_(arguments.flag(0, true, lowering));
    return self;
  }
  unknown_member(call, "an integer tensor", {"item", "requires_grad_"}, lowering);
}

#define VERIGRAD_INSTANTIATE(T)                                                               \
  template std::optional<Item> Eager<T>::attribute(const Expr&, const Item&, Lowering&);      \
  template std::optional<Item> Eager<T>::method(const Expr&, const Item&, Lowering&);         \
  template std::optional<Item> Eager<T>::read_attribute(const Expr&, const Item&, Lowering&); \
  template std::optional<Item> Eager<T>::call_method(const Expr&, const Item&, Lowering&);    \
  template Item Eager<T>::self_of(const Expr&, const Item&, Lowering&);                       \
  template Item Eager<T>::graph_method(const Expr&, const Item&, Lowering&);                  \
  template Item Eager<T>::in_place_method(const Expr&, const Item&, Lowering&);               \
  template Item Eager<T>::integer_method(const Expr&, const Item&, const Integers64&, Lowering&);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)

}  // namespace verigrad::expressions
