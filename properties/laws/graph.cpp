// What the graph around a computation must not change.
#include "properties/laws/law.hpp"

namespace verigrad::properties {
namespace {

/// Adds, for every operation of the program, the same operation on half of its first operand: code
/// that uses the same values and rules but leads nowhere.
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

LawResult dead_code(Trial& trial) {
  const PerLeaf& without = trial.gradient();  // before anything else is recorded
  Program longer = trial.program();
  std::vector<ValueId> roots = add_dead_code(longer);
  roots.insert(roots.begin(), trial.output());
  const auto graph = trial.engine().record(longer, trial.point(), roots);
  return differ(trial, graph->vjp({{{trial.output(), trial.v()}}}), without,
                "with values that the output does not use")
      .value_or(LawResult());
}

/// Not bitwise: the rule of prod, for one, takes its products in another order on tensors.
LawResult recorded_backward(Trial& trial) {
  const PerLeaf recorded = trial.gradient(trial.v(), Pass::recorded);
  return differ(
             trial, recorded, trial.gradient(), [&] { return trial.bound(); }, "with create_graph")
      .value_or(LawResult());
}

constexpr Law laws_here[] = {
    {"dead code", "C9", "values that the output does not use change nothing, exactly", Cost::cheap,
     Where::anywhere, Ending::open, dead_code},
    {"recorded backward", "H3", "create_graph leaves first derivatives as they are", Cost::cheap,
     Where::anywhere, Ending::open, recorded_backward, static_cast<unsigned>(Mode::recorded)},
};

}  // namespace

std::span<const Law> graph_laws() { return laws_here; }

}  // namespace verigrad::properties
