#include "gradcheck/traits.hpp"

#include <string_view>

namespace verigrad::gradcheck::detail {
namespace {

/// Whether an operand can be multiplied by an entry of another, which may be 0.
bool has_factors(std::string_view operation) {
  for (const std::string_view name :
       {"mul", "matmul", "dot", "linear", "conv1d", "conv2d", "convolution_input",
        "convolution_weight", "layer_norm", "bce", "kl_div", "cross_entropy"})
    if (operation == name) return true;
  return false;
}

}  // namespace

Traits traits_of(const Program& program, ValueId output) {
  Traits traits;
  const std::vector<bool> reached = program.reachable(std::span<const ValueId>(&output, 1));
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const Value& value = program.values()[i];
    if (!reached[i] || value.kind != Value::Kind::operation) continue;
    const Operation& operation = *value.operation;
    traits.compares = traits.compares || !operation.differentiable();
    traits.blocks = traits.blocks || !operation.info.kinks.empty() ||
                    has_factors(operation.name()) || operation.name() == "where";
  }
  return traits;
}

}  // namespace verigrad::gradcheck::detail
