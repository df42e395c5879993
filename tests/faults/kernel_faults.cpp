// Wrong forward kernels, names, and rules that remember what they should not.
#include "tests/faults/rules.hpp"

namespace verigrad::faults {
namespace {

using Values = Operands<double>;

Tensor<double> right_value(std::string_view operation, Values operands,
                           const Attributes& attributes, const Shape& shape) {
  return find_operation(operation)->f64.forward(operands, attributes, shape);
}

Tensor<double> wave_on_tanh(Values operands, const Attributes& attributes, const Shape& shape) {
  const Tensor<double> value = right_value("tanh", operands, attributes, shape);
  const NoGrad raw;
  return value + 0.001 * sin(operands[0]);
}

/// A value that depends on how often it was computed.
Tensor<double> counted(Values operands, const Attributes& attributes, const Shape& shape) {
  static thread_local int calls = 0;
  Tensor<double> value = right_value("erf", operands, attributes, shape);
  if (value.numel() > 0) value.mutable_data()[0] += 1e-3 * (++calls % 97);
  return value;
}

/// The layer's eps is dropped from the value, and stays in the rule.
Tensor<double> without_eps(Values operands, const Attributes& attributes, const Shape& shape) {
  std::vector<Tensor<double>> given(operands.begin(), operands.end());
  given[3] = Tensor<double>(0.0);
  return right_value("layer_norm", given, attributes, shape);
}

/// The operand of the latest application, kept where every application finds it.
thread_local Tensor<double> latest_operand;

Tensor<double> operand_kept_by_all(Values operands, const Attributes& attributes,
                                   const Shape& shape) {
  latest_operand = operands[0].clone_entries();
  return right_value("atan", operands, attributes, shape);
}

Cotangent rule_of_latest(const Entries&, const Cotangent& v, std::size_t) {
  return v / (1.0 + square(latest_operand));
}

}  // namespace

std::vector<Fault> kernel_faults() {
  return {
      {.where = "tanh", .name = "the value has another term", .forward = wave_on_tanh},
      {.where = "erf", .name = "the value depends on earlier ones", .forward = counted},
      {.where = "layer_norm",
       .name = "eps is in the rule but not in the value",
       .forward = without_eps},
      {.where = "atan",
       .name = "applications share the place of what they save",
       .vjp = rule_of_latest,
       .forward = operand_kept_by_all},
      {.where = "sinh", .name = "printed as cosh", .signature = "cosh(input)"},
  };
}

std::vector<Fault> rule_faults() {
  std::vector<Fault> all;
  for (const auto& family : {size_faults(), elementwise_faults(), array_faults(), kernel_faults()})
    all.insert(all.end(), family.begin(), family.end());
  return all;
}

}  // namespace verigrad::faults
