// What the graph around a computation must not change.
#include "properties/law_impl.hpp"

namespace verigrad::properties {
namespace {

/// Adds, for every operation of the program, the same operation on half of its first operand: code
/// that uses the same values and rules but leads nowhere.
/// Whether the operation throws for some values of its operands, and may do so for other values
/// than the program's own.
bool refuses_values(const Operation& operation) {
  for (const std::string_view name : {"cholesky", "inverse", "solve"})
    if (operation.name() == name) return true;
  return false;
}

std::vector<ValueId> add_dead_code(Program& program) {
  const Operation& mul = *find_operation("mul");
  std::vector<ValueId> dead;
  const auto count = static_cast<ValueId>(program.values().size());
  for (ValueId id = 0; id < count; ++id) {
    const Value value = program[id];
    if (value.kind != Value::Kind::operation || value.operands.empty() ||
        refuses_values(*value.operation))
      continue;
    std::vector<ValueId> operands = value.operands;
    operands[0] = program.add(mul, {operands[0], program.add_number("0.5", 0.5)});
    dead.push_back(program.add(*value.operation, operands, value.attributes));
  }
  return dead;
}

}  // namespace

LawResult dead_code_law(const Program& program, ValueId output, const Point& point,
                        const OperationTable&) {
  const std::vector<double> v = cotangent(program, output);
  const PerLeaf without = pull_back(program, point, output, v);
  Program longer = program;
  const PullBack how{.bystanders = add_dead_code(longer)};
  const PerLeaf with = pull_back(longer, point, output, v, how);
  return compare(program, with, without, nullptr, "with values that the output does not use")
      .value_or(LawResult());
}

/// Not bitwise: the rule of prod, for one, takes its products in another order on tensors.
LawResult recorded_law(const Program& program, ValueId output, const Point& point,
                       const OperationTable&) {
  const std::vector<double> v = cotangent(program, output);
  const PerLeaf fused = pull_back(program, point, output, v);
  const PerLeaf recorded = pull_back(program, point, output, v, {.create_graph = true});
  if (!compare(program, recorded, fused, nullptr, "exactly")) return {};  // most programs
  const PerLeaf bound = rounding_bound(program, point, output, v);
  return compare(program, recorded, fused, &bound, "with create_graph").value_or(LawResult());
}

}  // namespace verigrad::properties
