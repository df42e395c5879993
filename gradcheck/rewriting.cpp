#include "gradcheck/rewriting.hpp"

#include <string>
#include <utility>

#include "engine/operation_table.hpp"

namespace verigrad::gradcheck {

Rewriting::Rewriting(const Program& from, const Point& at, const Rule& rule)
    : from_(from), at_(at) {
  program.dtype = from.dtype;
  for (ValueId id = 0; id < static_cast<ValueId>(from.values().size()); ++id)
    known_.push_back(rule(*this, id));
}

ValueId Rewriting::copy(ValueId id) {
  const Value& value = from_[id];
  switch (value.kind) {
    case Value::Kind::leaf: {
      const auto index = static_cast<std::size_t>(value.leaf);
      Leaf same = from_.leaves()[index];
      same.initial = no_value;
      point.push_back(at_[index]);
      return program.add_leaf(std::move(same));
    }
    case Value::Kind::number:
      return program.add_number(value.text, value.number);
    case Value::Kind::entries:
      return program.add_entries(value.shape, value.entries);
    case Value::Kind::operation:
      break;
  }
  return apply_again(id, operands(id));
}

std::vector<ValueId> Rewriting::operands(ValueId id) const {
  std::vector<ValueId> result;
  for (const ValueId operand : from_[id].operands) result.push_back(of(operand));
  return result;
}

ValueId Rewriting::apply_again(ValueId id, std::vector<ValueId> operands) {
  return apply_again(id, std::move(operands), *from_[id].operation);
}

ValueId Rewriting::apply_again(ValueId id, std::vector<ValueId> operands,
                               const Operation& operation) {
  return program.add(operation, std::move(operands), from_[id].attributes);
}

ValueId Rewriting::apply(std::string_view operation, std::initializer_list<ValueId> operands) {
  return program.add(*OperationTable::standard().find(operation), operands);
}

ValueId Rewriting::add_leaf(const Shape& shape, std::vector<double> entries) {
  point.push_back(std::move(entries));
  return program.add_leaf({.name = "copy" + std::to_string(point.size()), .shape = shape});
}

ValueId Rewriting::number(int value) { return program.add_number(std::to_string(value), value); }

}  // namespace verigrad::gradcheck
