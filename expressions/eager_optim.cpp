// Optimisers and schedules, with PyTorch's parameters in PyTorch's order.
#include <fmt/format.h>

#include "expressions/codes.hpp"
#include "expressions/eager.hpp"

namespace verigrad::expressions {

template <class T>
std::optional<Item> Eager<T>::call_optim(const Expr& call, Lowering& lowering) {
  if (call.text == "SGD")
    return call_sgd(Arguments(call,
                              {{"params"},
                               {"lr", false},
                               {"momentum", false},
                               {"dampening", false},
                               {"weight_decay", false},
                               {"nesterov", false}},
                              lowering),
                    lowering);
  if (call.text == "Adam")
    return call_adam(Arguments(call,
                               {{"params"},
                                {"lr", false},
                                {"betas", false},
                                {"eps", false},
                                {"weight_decay", false},
                                {"amsgrad", false}},
                               lowering),
                     lowering);
  if (call.text == "StepLR")
    return call_step_lr(Arguments(call, {{"optimizer"}, {"step_size"}, {"gamma", false}}, lowering),
                        lowering);
  return std::nullopt;
}

template <class T>
std::vector<Tensor<T>> Eager<T>::params_of(const Arguments& arguments, Lowering& lowering) {
  if (!arguments[0].template get<Item::List>())
    lowering.fail(code::wrong_kind, arguments.expression(0)->span,
                  fmt::format("params argument given to the optimizer should be an iterable of "
                              "Tensors or dicts, but got {}",
                              lowering.describe(arguments[0])),
                  "write it as a list: [w, b]");
  return tensors_of(arguments[0], lowering);
}

template <class T>
double Eager<T>::option(const Arguments& arguments, std::size_t n, double fallback,
                        Lowering& lowering) {
  if (!arguments.given(n)) return fallback;
  return real_of(arguments[n], quoted(arguments.parameter(n)), lowering);
}

template <class T>
Item Eager<T>::call_sgd(const Arguments& arguments, Lowering& lowering) {
  const Span span = arguments.call().span;
  std::vector<Tensor<T>> params = params_of(arguments, lowering);
  if (!arguments.given(1))
    lowering.fail(code::call, span, "'SGD' needs the argument 'lr'", "",
                  "write SGD([w, b], lr=0.1)");
  const SGDOptions options{.momentum = option(arguments, 2, 0, lowering),
                           .dampening = option(arguments, 3, 0, lowering),
                           .weight_decay = option(arguments, 4, 0, lowering),
                           .nesterov = arguments.flag(5, false, lowering)};
  OptimizerPtr made =
      std::make_shared<SGD<T>>(std::move(params), option(arguments, 1, 0, lowering), options);
  return Item{Item::Object{add(std::move(made))}, span};
}

template <class T>
Item Eager<T>::call_adam(const Arguments& arguments, Lowering& lowering) {
  std::vector<Tensor<T>> params = params_of(arguments, lowering);
  AdamOptions options;
  if (arguments.given(2)) {
    const auto* betas = arguments[2].template get<Item::List>();
    if (betas == nullptr || (*betas)->size() != 2)
      lowering.fail(code::wrong_kind, arguments.expression(2)->span,
                    fmt::format("'betas' must be a list of two numbers, not {}",
                                lowering.describe(arguments[2])));
    for (std::size_t i = 0; i < 2; ++i)
      options.betas[i] = real_of(element(arguments[2], i), "an entry of 'betas'", lowering);
  }
  options.eps = option(arguments, 3, options.eps, lowering);
  options.weight_decay = option(arguments, 4, 0, lowering);
  options.amsgrad = arguments.flag(5, false, lowering);
  OptimizerPtr made =
      std::make_shared<Adam<T>>(std::move(params), option(arguments, 1, 1e-3, lowering), options);
  return Item{Item::Object{add(std::move(made))}, arguments.call().span};
}

template <class T>
Item Eager<T>::call_step_lr(const Arguments& arguments, Lowering& lowering) {
  const auto* object = arguments[0].template get<Item::Object>();
  const OptimizerPtr* found =
      object == nullptr
          ? nullptr
          : std::get_if<OptimizerPtr>(&slots_[static_cast<std::size_t>(object->handle)]);
  if (found == nullptr)
    lowering.fail(
        code::wrong_kind, arguments.expression(0)->span,
        fmt::format("'StepLR' needs an optimiser, not {}", lowering.describe(arguments[0])));
  const OptimizerPtr optimizer = *found;  // add() may move the slots
  const std::int64_t step_size = lowering.whole(arguments[1], "'step_size'");
  return Item{
      Item::Object{add(Schedule{
          optimizer, StepLR<T>(*optimizer, step_size, option(arguments, 2, 0.1, lowering))})},
      arguments.call().span};
}

template <class T>
Item Eager<T>::optim_method(const Expr& call, const Item::Object& object, Lowering& lowering) {
  const auto is = [&](std::string_view name) { return call.text == name; };
  Slot& slot = slots_[static_cast<std::size_t>(object.handle)];
  const Item none{Item::None(), call.span};
  if (auto* schedule = std::get_if<Schedule>(&slot)) {
    if (!is("step") && !is("get_last_lr"))
      unknown_member(call, describe(object), {"step", "get_last_lr"}, lowering);
    const Arguments no_arguments(call, {}, lowering);
    if (is("get_last_lr")) {
      const double lr = schedule->rule.lr();
      auto rates = std::make_shared<std::vector<Item>>();
      rates->push_back(Item{make_constant(number_text(lr), lr), call.span});
      return Item{Item::List(std::move(rates)), call.span};
    }
    charge(1);
    schedule->rule.step();
    return none;
  }
  if (!is("step") && !is("zero_grad"))
    unknown_member(call, describe(object), {"step", "zero_grad"}, lowering);
  const Arguments no_arguments(call, {}, lowering);
  Optimizer<T>& optimizer = *std::get<OptimizerPtr>(slot);
  for (const Tensor<T>& parameter : optimizer.params()) charge(parameter.numel());
  is("step") ? optimizer.step() : optimizer.zero_grad();
  return none;
}

#define VERIGRAD_INSTANTIATE(T)                                                       \
  template std::optional<Item> Eager<T>::call_optim(const Expr&, Lowering&);          \
  template std::vector<Tensor<T>> Eager<T>::params_of(const Arguments&, Lowering&);   \
  template double Eager<T>::option(const Arguments&, std::size_t, double, Lowering&); \
  template Item Eager<T>::call_sgd(const Arguments&, Lowering&);                      \
  template Item Eager<T>::call_adam(const Arguments&, Lowering&);                     \
  template Item Eager<T>::call_step_lr(const Arguments&, Lowering&);                  \
  template Item Eager<T>::optim_method(const Expr&, const Item::Object&, Lowering&);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)

}  // namespace verigrad::expressions
