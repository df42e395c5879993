#include "proof/alike.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace verigrad::proof {

std::vector<ValueId> first_alike(const Program& program, const std::vector<bool>& wanted) {
  std::map<std::pair<const Operation*, std::vector<ValueId>>, std::vector<ValueId>> operations;
  std::map<std::string_view, ValueId> numbers;
  std::vector<ValueId> first(wanted.size(), no_value);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i]) continue;
    const Value& value = program.values()[i];
    const auto id = static_cast<ValueId>(i);
    first[i] = id;
    if (value.kind == Value::Kind::number && !value.text.empty())
      first[i] = numbers.try_emplace(value.text, id).first->second;
    if (value.kind != Value::Kind::operation) continue;
    std::vector<ValueId> operands;
    for (const ValueId operand : value.operands)
      operands.push_back(first[static_cast<std::size_t>(operand)]);
    std::vector<ValueId>& candidates = operations[{value.operation, std::move(operands)}];
    const auto like = std::ranges::find_if(candidates, [&](ValueId candidate) {
      return same_attributes(program[candidate].attributes, value.attributes);
    });
    if (like == candidates.end())
      candidates.push_back(id);
    else
      first[i] = *like;
  }
  return first;
}

}  // namespace verigrad::proof
