#include "properties/rewrite.hpp"

#include <utility>

namespace verigrad::properties {

Copy::Copy(const Program& from) : from_(from), made_(from.values().size(), no_value) {
  to_.dtype = from.dtype;
}

std::vector<ValueId> Copy::operands(ValueId id) const {
  std::vector<ValueId> result;
  for (const ValueId operand : from_[id].operands) result.push_back((*this)[operand]);
  return result;
}

ValueId Copy::applied(ValueId id, std::vector<ValueId> operands) {
  const Value& value = from_[id];
  return to_.add(*value.operation, std::move(operands), value.attributes);
}

ValueId Copy::same(ValueId id) {
  const Value& value = from_[id];
  switch (value.kind) {
    case Value::Kind::leaf: {
      Leaf leaf = from_.leaves()[static_cast<std::size_t>(value.leaf)];
      leaf.initial = no_value;
      return to_.add_leaf(std::move(leaf));
    }
    case Value::Kind::number:
      return to_.add_number(value.text, value.number);
    case Value::Kind::entries:
      return to_.add_entries(value.shape, value.entries);
    case Value::Kind::operation:
      break;
  }
  return applied(id, operands(id));
}

Specimen rewritten(const Specimen& specimen, const Make& make) {
  Copy copy(specimen.program);
  for (std::size_t i = 0; i < copy.made_.size(); ++i)
    copy.made_[i] = make(copy, static_cast<ValueId>(i));
  const ValueId output = copy[specimen.output];
  return {std::move(copy.to_), output, specimen.point};
}

}  // namespace verigrad::properties
