#include "gradcheck/cost.hpp"

#include <algorithm>
#include <string_view>

namespace verigrad::gradcheck {
namespace {

/// The multiplications of a matrix product: entries of the result times the length of a row.
double products_of(const Program& program, const Value& value) {
  const Shape& rows = program.shape(value.operands[0]);
  const double length = rows.rank() == 0 ? 1 : static_cast<double>(rows[rows.rank() - 1]);
  return static_cast<double>(value.shape.numel()) * length;
}

/// The multiplications of a layer: entries of the result times the weights of one output.
double products_with_weight(const Program& program, const Value& value) {
  const Shape& weight = program.shape(value.operands[1]);
  const auto outputs =
      static_cast<double>(weight.rank() < 2 ? 1 : std::max<std::int64_t>(weight[0], 1));
  return static_cast<double>(value.shape.numel()) * static_cast<double>(weight.numel()) / outputs;
}

}  // namespace

double operation_cost(const Program& program, const Value& value) {
  constexpr double per_value = 50;
  double cost = per_value + static_cast<double>(value.shape.numel());
  for (ValueId operand : value.operands)
    cost += static_cast<double>(program.shape(operand).numel());
  if (value.operation == nullptr) return cost;
  const std::string_view name = value.operation->name();
  if (name == "matmul") cost += products_of(program, value);
  if (name == "linear" || name == "conv1d" || name == "conv2d")
    cost += products_with_weight(program, value);
  return cost;
}

double evaluation_cost(const Program& program, ValueId output) {
  const std::vector<bool> reached = program.reachable(std::span<const ValueId>(&output, 1));
  double cost = 0;
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (reached[i]) cost += operation_cost(program, program.values()[i]);
  return cost;
}

}  // namespace verigrad::gradcheck
