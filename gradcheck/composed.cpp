#include "gradcheck/composed.hpp"

#include <vector>

namespace verigrad::gradcheck {
namespace {

/// Appends a value of another Program, whose operands are already there.
ValueId append(Program& to, const Value& value, const std::vector<ValueId>& known) {
  switch (value.kind) {
    case Value::Kind::number:
      return to.add_number(value.text, value.number);
    case Value::Kind::entries:
      return to.add_entries(value.shape, value.entries);
    default:
      break;
  }
  std::vector<ValueId> operands;
  for (const ValueId operand : value.operands)
    operands.push_back(known[static_cast<std::size_t>(operand)]);
  return to.add(*value.operation, std::move(operands), value.attributes);
}

}  // namespace

std::optional<Composed> compose_with_doubling(const Program& program, const Point& point,
                                              ValueId output, std::size_t leaf) {
  Composed result{.program = {}, .point = point};
  for (double& entry : result.point[leaf]) {
    const double half = round_to(program.dtype, entry / 2);
    if (2 * half != entry) return std::nullopt;
    entry = half;
  }
  Program& made = result.program;
  made.dtype = program.dtype;
  std::vector<ValueId> known;
  for (const Value& value : program.values()) {
    if (value.kind != Value::Kind::leaf) {
      known.push_back(append(made, value, known));
      continue;
    }
    const auto index = static_cast<std::size_t>(value.leaf);
    Leaf same = program.leaves()[index];
    same.initial = no_value;
    const ValueId t = made.add_leaf(std::move(same));
    known.push_back(index == leaf ? made.add(*find_operation("mul"), {made.add_number("2", 2), t})
                                  : t);
  }
  result.output = known[static_cast<std::size_t>(output)];
  return result;
}

}  // namespace verigrad::gradcheck
