#include "engine/operation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/error.hpp"
#include "engine/operation_table.hpp"
#include "engine/ops/families.hpp"
#include "engine/recording.hpp"

namespace verigrad {
namespace {

constexpr std::pair<std::string_view, std::string_view> aliases[] = {
    {"cat", "concat"},
    {"binary_cross_entropy", "bce"},
    {"binary_cross_entropy_with_logits", "bce_with_logits"},
    {"mse_loss", "mse"},
    {"huber_loss", "huber"},
    {"smooth_l1_loss", "smooth_l1"},
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
  for (auto family : {arithmetic_operations,
                      exponential_operations,
                      trigonometric_operations,
                      activation_operations,
                      piecewise_operations,
                      reduction_operations,
                      normalisation_operations,
                      matrix_operations,
                      layout_operations,
                      indexing_operations,
                      loss_operations,
                      spread_operations,
                      norm_operations,
                      extremum_operations,
                      scan_operations,
                      product_operations,
                      einsum_operations,
                      diagonal_operations,
                      determinant_operations,
                      solve_operations,
                      cholesky_operations,
                      gathering_operations,
                      rearranging_operations,
                      padding_operations,
                      class_loss_operations,
                      distance_loss_operations,
                      similarity_operations,
                      layer_operations,
                      convolution_operations,
                      logarithmic_operations,
                      special_operations,
                      smooth_activation_operations,
                      piecewise_activation_operations,
                      modulo_operations,
                      overwriting_operations,
                      selection_mask_operations,
                      class_mask_operations})
    for (const Operation* operation : family()) all.push_back(operation);
  return all;
}

}  // namespace

const OperationTable& OperationTable::standard() {
  static const OperationTable table(collect(), aliases);
  return table;
}

std::span<const std::pair<std::string_view, std::string_view>> operation_aliases() {
  return aliases;
}

void refuse_undefined(const Operation& operation, std::size_t operand) {
  throw Error(fmt::format("{}: operand {} is undefined (None)", operation.name(), operand));
}

namespace {

/// Which operands the derivatives by the tracked ones read, as for Node::create, and the result.
struct Saves {
  std::uint64_t operands = 0;
  bool result = false;

  void add(const Operation& operation, std::size_t operand, std::size_t count, bool first_tracked) {
    const unsigned needs = operation.info.needs[operation.signature.variadic() ? 0 : operand];
    operands |= needs & 15U;
    if ((needs & others) != 0)
      operands = ~(first_tracked && count <= 64 ? std::uint64_t{1} << operand : 0);
    result = result || (needs & verigrad::result) != 0;
  }
};

/// Makes `out` the recorded result.
template <class T>
void record(const Operation& operation, Operands<T> operands, const AttributesRef& attributes,
            Saves saves, const Tensor<T>& out) {
  std::array<const Tensor<T>*, 4> few{};
  std::vector<const Tensor<T>*> many(operands.size() > few.size() ? operands.size() : 0);
  const std::span<const Tensor<T>*> pointers =
      many.empty() ? std::span(few).first(operands.size()) : std::span(many);
  for (std::size_t i = 0; i < operands.size(); ++i) pointers[i] = &operands[i];
  TensorImpl<T>& made = *out.impl();
  made.grad_fn =
      Node<T>::create(operation, pointers, operation.rules, saves.operands, saves.result, made);
  made.grad_fn->attributes = attributes;
}

}  // namespace

template <class T>
Tensor<T> apply(const Operation& operation, Operands<T> operands, const AttributesRef& attributes) {
  static const Attributes none;
  const Attributes& given = attributes ? *attributes : none;
  std::array<Shape, 4> few;
  std::vector<Shape> many(operands.size() > few.size() ? operands.size() : 0);
  const std::span<Shape> shapes =
      many.empty() ? std::span(few).first(operands.size()) : std::span(many);
  bool tracked = false, numbers = true;
  Saves saves;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (!operands[i].defined()) refuse_undefined(operation, i);
    shapes[i] = operands[i].shape();
    numbers = numbers && operands[i].is_number();
    if (!operands[i].requires_grad() || !operation.differentiable(i)) continue;
    saves.add(operation, i, operands.size(), !tracked);
    tracked = true;
  }
  const Shape shape = operation.shape(shapes, given);
  Recording<T>* const recorder = recording<T>();
  Tensor<T> out = recorder == nullptr ? operation.kernels<T>().forward(operands, given, shape)
                                      : recorder->apply(operation, operands, attributes, shape);
  for (const Tensor<T>& operand : operands)
    if (out.is(operand)) out = operand.detach();
  if (tracked && grad_enabled()) {
    record(operation, operands, attributes, saves, out);
    if (recorder != nullptr) recorder->add_node(*out.impl()->grad_fn);
  } else if (numbers && operation.elementwise) {
    out.impl()->is_number = true;
  }
  return out;
}

#define VERIGRAD_INSTANTIATE(T) \
  template Tensor<T> apply(const Operation&, Operands<T>, const AttributesRef&);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

}  // namespace verigrad
