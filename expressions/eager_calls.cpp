// The functions that only test blocks know: derivatives, integer tensors, str.
#include <fmt/format.h>

#include <cmath>

#include "engine/error.hpp"
#include "engine/functional.hpp"
#include "expressions/codes.hpp"
#include "expressions/eager.hpp"

namespace verigrad::expressions {
namespace {

/// The shape and the whole numbers of a nested list, in row-major order.
void collect_integers(const Item& item, std::size_t depth, std::vector<std::int64_t>& shape,
                      std::vector<std::int64_t>& entries, const Lowering& lowering) {
  const auto* list = item.get<Item::List>();
  if (list == nullptr) {
    if (depth != shape.size()) lowering.fail(code::ragged, item.span, "the list is ragged");
    entries.push_back(lowering.whole(item, "an entry of an integer tensor"));
    return;
  }
  const auto size = static_cast<std::int64_t>((*list)->size());
  if (depth == shape.size() && entries.empty()) shape.push_back(size);
  if (depth >= shape.size() || shape[depth] != size)
    lowering.fail(code::ragged, item.span, "the list is ragged");
  for (std::size_t i = 0; i < (*list)->size(); ++i)
    collect_integers(element(item, i), depth + 1, shape, entries, lowering);
}

}  // namespace

template <class T>
std::optional<Item> Eager<T>::call(const Expr& call, Lowering& lowering) {
  return placed(lowering, call.span, [&] { return call_function(call, lowering); });
}

template <class T>
std::optional<Item> Eager<T>::call_function(const Expr& call, Lowering& lowering) {
  const std::string_view name = call.text;
  if (name == "grad") {
    return call_grad(Arguments(call,
                               {{"outputs"},
                                {"inputs"},
                                {"grad_outputs", false},
                                {"retain_graph", false},
                                {"create_graph", false},
                                {"allow_unused", false}},
                               lowering),
                     lowering);
  }
  if (name == "jacobian" || name == "hessian")
    return call_derivative(Arguments(call, {{"y"}, {"x"}}, lowering), lowering);
  if (name == "vjp")
    return call_derivative(Arguments(call, {{"y"}, {"x"}, {"v"}}, lowering), lowering);
  if (name == "jvp" || name == "hvp")
    return call_derivative(Arguments(call, {{"y"}, {"x"}, {"u"}}, lowering), lowering);
  if (name == "int") return call_int(Arguments(call, {{"x"}}, lowering), lowering);
  if (name == "str") return call_str(Arguments(call, {{"x"}}, lowering), lowering);
  return call_optim(call, lowering);
}

template <class T>
Item Eager<T>::call_grad(const Arguments& arguments, Lowering& lowering) {
  const std::vector<Tensor<T>> outputs = tensors_of(arguments[0], lowering);
  const std::vector<Tensor<T>> inputs = tensors_of(arguments[1], lowering);
  std::vector<Tensor<T>> cotangents;
  if (!arguments[2].template get<Item::None>()) {
    // One output may be given its cotangent as a list of numbers.
    cotangents = arguments[0].template get<Item::List>()
                     ? tensors_of(arguments[2], lowering)
                     : std::vector<Tensor<T>>{tensor_of(arguments[2], lowering)};
    if (cotangents.size() != outputs.size())
      throw Error(
          fmt::format("got {} tensors and {} gradients", outputs.size(), cotangents.size()));
  }
  const bool create = arguments.flag(4, false, lowering);
  const BackwardOptions options{.retain_graph = arguments.flag(3, create, lowering),
                                .create_graph = create};
  const bool allow_unused = arguments.flag(5, false, lowering);
  for (const Tensor<T>& output : outputs) charge_walk(output, 1);
  return list(
      verigrad::grad<T>(std::span<const Tensor<T>>(outputs), std::span<const Tensor<T>>(inputs),
                        std::span<const Tensor<T>>(cotangents), options, allow_unused),
      arguments.call().span);
}

template <class T>
Item Eager<T>::call_derivative(const Arguments& arguments, Lowering& lowering) {
  const std::string_view name = arguments.name();
  const Span span = arguments.call().span;
  const Tensor<T> y = tensor_of(arguments[0], lowering);
  const Tensor<T> x = tensor_of(arguments[1], lowering);
  if (name == "jacobian") {
    check_shape(joined(y.shape(), x.shape()));
    charge_walk(y, y.numel() + 1);
    return item(verigrad::jacobian(y, x), span);
  }
  if (name == "hessian") {
    check_shape(joined(x.shape(), x.shape()));
    charge_walk(y, 4 * (x.numel() + 1));
    return item(verigrad::hessian(y, x), span);
  }
  const Tensor<T> direction = tensor_of(arguments[2], lowering);
  charge_walk(y, 4);
  if (name == "vjp") return item(verigrad::vjp(y, x, direction), span);
  if (name == "jvp") return item(verigrad::jvp(y, x, direction), span);
  return item(verigrad::hvp(y, x, direction), span);
}

template <class T>
Item Eager<T>::call_int(const Arguments& arguments, Lowering& lowering) {
  const Item& given = arguments[0];
  std::vector<std::int64_t> sizes, entries;
  if (const auto* value = given.template get<Item::Value>()) {
    // Towards zero, as Python's int().
    const Tensor<T> source = tensor(value->handle);
    sizes.assign(source.shape().begin(), source.shape().end());
    for (T entry : source.entries()) {
      if (!(std::abs(static_cast<double>(entry)) <= 0x1p53))
        throw Error(fmt::format("{} is not an integer that can be represented", entry));
      entries.push_back(static_cast<std::int64_t>(entry));
    }
  } else if (integers(given) != nullptr) {
    return given;
  } else {
    collect_integers(given, 0, sizes, entries, lowering);
  }
  const Shape shape{std::span<const std::int64_t>(sizes)};
  check_shape(shape);
  charge(shape.numel());
  return Item{Item::Object{add(Integers64(shape, entries))}, arguments.call().span};
}

template <class T>
Item Eager<T>::call_str(const Arguments& arguments, Lowering& lowering) {
  return Item{text(settled(*arguments.expression(0), arguments[0], lowering)),
              arguments.call().span};
}

#define VERIGRAD_INSTANTIATE(T)                                                 \
  template std::optional<Item> Eager<T>::call(const Expr&, Lowering&);          \
  template std::optional<Item> Eager<T>::call_function(const Expr&, Lowering&); \
  template Item Eager<T>::call_grad(const Arguments&, Lowering&);               \
  template Item Eager<T>::call_derivative(const Arguments&, Lowering&);         \
  template Item Eager<T>::call_int(const Arguments&, Lowering&);                \
  template Item Eager<T>::call_str(const Arguments&, Lowering&);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)

}  // namespace verigrad::expressions
