#include "properties/laws/elementwise_part.hpp"

namespace verigrad::properties {
namespace {

std::size_t index(ValueId id) { return static_cast<std::size_t>(id); }

bool is_elementwise(const Value& value) {
  return value.operation != nullptr && value.operation->elementwise && !value.is_number;
}

}  // namespace

std::vector<double> broadcast_entries(const std::vector<double>& entries, const Shape& from,
                                      const Shape& to) {
  std::vector<double> result(static_cast<std::size_t>(to.numel()));
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] =
        entries[static_cast<std::size_t>(broadcast_source(from, to, static_cast<std::int64_t>(i)))];
  return result;
}

std::optional<Specimen> elementwise_part(Trial& trial) {
  const Program& program = trial.program();
  ValueId output = trial.output();
  while (output >= 0 && !is_elementwise(program[output])) --output;
  if (output < 0) return std::nullopt;
  std::vector<bool> inside(program.values().size(), false);
  std::vector<ValueId> starts;
  inside[index(output)] = true;
  for (ValueId id = output; id >= 0; --id) {
    if (!inside[index(id)]) continue;
    const Value& value = program[id];
    if (is_elementwise(value))
      for (const ValueId operand : value.operands) inside[index(operand)] = true;
    else if (!value.is_number)
      starts.push_back(id);
  }
  const auto graph = trial.engine().record(program, trial.point(), starts);
  const Shape& shape = program.shape(output);
  Edit edit{.output = output};
  for (const ValueId id : starts)
    edit.leaves.emplace(
        id, Entries{shape, broadcast_entries(graph->value(id), program.shape(id), shape)});
  return edited(trial.specimen(), edit);
}

Specimen rearranged(const Specimen& part, const Shape& shape,
                    const std::vector<std::size_t>& source) {
  Edit edit;
  for (std::size_t leaf = 0; leaf < part.point.size(); ++leaf) {
    std::vector<double> entries;
    for (const std::size_t from : source) entries.push_back(part.point[leaf][from]);
    edit.leaves.emplace(part.program.leaf_value(leaf), Entries{shape, std::move(entries)});
  }
  return edited(part, edit);
}

}  // namespace verigrad::properties
