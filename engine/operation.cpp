#include "engine/operation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "engine/error.hpp"
#include "engine/ops/families.hpp"

namespace verigrad {
namespace {

constexpr std::pair<std::string_view, std::string_view> aliases[] = {
    {"cat", "concat"},
    {"binary_cross_entropy", "bce"},
    {"binary_cross_entropy_with_logits", "bce_with_logits"},
    {"mse_loss", "mse"},
    {"log_sigmoid", "logsigmoid"},
    {"negative", "neg"},
    {"absolute", "abs"},
    {"subtract", "sub"},
    {"multiply", "mul"},
    {"divide", "div"},
    {"arcsin", "asin"},
    {"arccos", "acos"},
    {"arctan", "atan"},
    {"arctan2", "atan2"},
    {"arcsinh", "asinh"},
    {"arccosh", "acosh"},
    {"arctanh", "atanh"},
    {"expand", "broadcast_to"},
    {"fix", "trunc"},
    {"clip", "clamp"},
};

std::vector<const Operation*> collect() {
  std::vector<const Operation*> all;
  for (auto family :
       {arithmetic_operations, exponential_operations, trigonometric_operations,
        activation_operations, piecewise_operations, reduction_operations, normalisation_operations,
        matrix_operations, layout_operations, indexing_operations, loss_operations,
        logarithmic_operations, special_operations, smooth_activation_operations,
        piecewise_activation_operations, modulo_operations})
    for (const Operation* operation : family()) all.push_back(operation);
  return all;
}

std::unordered_map<std::string_view, const Operation*> index() {
  std::unordered_map<std::string_view, const Operation*> names;
  for (const Operation* operation : operations()) names.emplace(operation->name(), operation);
  for (const auto& [alias, name] : aliases) names.emplace(alias, names.at(name));
  return names;
}

/// What every derivative that can be asked of this application will read.
template <class T>
unsigned values_needed(const Operation& operation, Operands<T> operands) {
  unsigned needs = nothing;
  for (std::size_t i = 0; i < std::min<std::size_t>(operands.size(), 4); ++i)
    if (operands[i].requires_grad() && operation.differentiable(i))
      needs |= operation.info.needs[i];
  return needs;
}

template <class T>
void record(const Operation& operation, Operands<T> operands, const AttributesRef& attributes,
            std::string_view name, Tensor<T>& out) {
  const unsigned needs = values_needed(operation, operands);
  Ref<Node<T>> node(new Node<T>);
  node->operation = &operation;
  node->attributes = attributes;
  node->shape = out.shape();
  node->name = name;
  node->operands.resize(operands.size());
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const TensorImpl<T>& from = *operands[i].impl();
    Operand<T>& to = node->operands[i];
    to.shape = from.shape;
    to.is_number = from.is_number;
    if (operation.differentiable(i)) {
      if (from.grad_fn) {
        to.node = from.grad_fn;
      } else if (from.requires_grad) {
        to.leaf = operands[i].impl();
      }
    }
    if (i < 4 && (needs & (1U << i)) != 0) to.saved = {from.storage, from.storage->version()};
  }
  if ((needs & result) != 0) node->result = {out.impl()->storage, out.impl()->storage->version()};
  out.impl()->grad_fn = std::move(node);
}

}  // namespace

std::span<const Operation* const> operations() {
  static const std::vector<const Operation*> all = collect();
  return all;
}

const Operation* find_operation(std::string_view name) {
  static const std::unordered_map<std::string_view, const Operation*> names = index();
  const auto found = names.find(name);
  return found == names.end() ? nullptr : found->second;
}

std::span<const std::pair<std::string_view, std::string_view>> operation_aliases() {
  return aliases;
}

template <class T>
Tensor<T> apply(const Operation& operation, Operands<T> operands, const AttributesRef& attributes) {
  static const Attributes none;
  const Attributes& given = attributes ? *attributes : none;
  std::vector<Shape> shapes;
  shapes.reserve(operands.size());
  bool tracked = false, numbers = true;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (!operands[i].defined())
      throw Error(fmt::format("{}: operand {} is undefined (None)", operation.name(), i));
    shapes.push_back(operands[i].shape());
    tracked = tracked || (operands[i].requires_grad() && operation.differentiable(i));
    numbers = numbers && operands[i].is_number();
  }
  const Shape shape = operation.shape(shapes, given);
  Tensor<T> out = operation.kernels<T>().forward(operands, given, shape);
  if (tracked && grad_enabled()) {
    std::array<bool, 4> is_number{};
    for (std::size_t i = 0; i < std::min<std::size_t>(operands.size(), 4); ++i)
      is_number[i] = operands[i].is_number();
    record(operation, operands, attributes, operation.grad_fn({is_number, shapes, given}), out);
  } else if (numbers && operation.elementwise) {
    out.impl()->is_number = true;
  }
  return out;
}

template Tensor<float> apply(const Operation&, Operands<float>, const AttributesRef&);
template Tensor<double> apply(const Operation&, Operands<double>, const AttributesRef&);

}  // namespace verigrad
