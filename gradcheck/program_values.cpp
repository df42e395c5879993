#include "gradcheck/program_values.hpp"

#include <functional>
#include <span>

namespace verigrad::gradcheck {
namespace {

std::vector<bool> dependent_values(const Program& program,
                                   const std::function<bool(std::size_t leaf)>& wanted) {
  std::vector<bool> depends;
  for (const Value& value : program.values()) {
    bool reached = value.kind == Value::Kind::leaf && wanted(static_cast<std::size_t>(value.leaf));
    for (std::size_t i = 0; i < value.operands.size(); ++i)
      reached = reached || (value.operation->differentiable(i) &&
                            depends[static_cast<std::size_t>(value.operands[i])]);
    depends.push_back(reached);
  }
  return depends;
}

}  // namespace

std::vector<bool> differentiable_values(const Program& program) {
  return dependent_values(program,
                          [&](std::size_t leaf) { return program.leaves()[leaf].differentiable; });
}

std::vector<bool> differentiable_values(const Program& program, std::size_t leaf) {
  return dependent_values(program, [&](std::size_t each) { return each == leaf; });
}

std::vector<bool> walked_values(const Program& program, ValueId output,
                                const std::vector<bool>& depends) {
  std::vector<bool> walked(program.values().size(), false);
  walked[static_cast<std::size_t>(output)] = depends[static_cast<std::size_t>(output)];
  for (ValueId id = output; id >= 0; --id) {
    const Value& value = program[id];
    if (!walked[static_cast<std::size_t>(id)]) continue;
    for (std::size_t i = 0; i < value.operands.size(); ++i) {
      const auto operand = static_cast<std::size_t>(value.operands[i]);
      if (value.operation->differentiable(i) && depends[operand]) walked[operand] = true;
    }
  }
  return walked;
}

std::map<ValueId, std::vector<double>> values_below(const Program& program, const Point& point,
                                                    ValueId output) {
  const std::vector<bool> reached = program.reachable(std::span(&output, 1));
  std::vector<ValueId> ids;
  for (ValueId id = 0; id <= output; ++id)
    if (reached[static_cast<std::size_t>(id)]) ids.push_back(id);
  const auto tensors = run<double>(program, leaf_tensors<double>(program, point, false), ids);
  std::map<ValueId, std::vector<double>> values;
  for (std::size_t i = 0; i < ids.size(); ++i)
    values[ids[i]].assign(tensors[i].entries().begin(), tensors[i].entries().end());
  return values;
}

}  // namespace verigrad::gradcheck
