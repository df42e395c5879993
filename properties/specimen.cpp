#include "properties/specimen.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "expressions/print_program.hpp"

namespace verigrad::properties {
namespace {

std::size_t index(ValueId id) { return static_cast<std::size_t>(id); }

class Editor {
 public:
  Editor(const Specimen& from, const Edit& edit, bool with_values = false)
      : from_(from.program),
        point_(from.point),
        edit_(edit),
        with_values_(with_values),
        made_(from_.values().size(), no_value) {
    output_ = resolve(edit.output == no_value ? from.output : edit.output);
    to_.program.dtype = from_.dtype;
  }

  Specimen run() {
    const std::vector<bool> needed = find_needed();
    for (std::size_t i = 0; i < needed.size(); ++i)
      if (needed[i]) made_[i] = make(static_cast<ValueId>(i));
    to_.output = made_[index(output_)];
    return std::move(to_);
  }

 private:
  ValueId resolve(ValueId id) const {
    for (auto found = edit_.stand_ins.find(id); found != edit_.stand_ins.end();
         found = edit_.stand_ins.find(id))
      id = found->second;
    return id;
  }

  std::vector<bool> find_needed() const {
    std::vector<bool> needed(made_.size(), false);
    needed[index(output_)] = true;
    for (std::size_t i = needed.size(); i-- > 0;)
      if (needed[i] && !edit_.leaves.contains(static_cast<ValueId>(i)))
        for (const ValueId operand : from_.values()[i].operands)
          needed[index(resolve(operand))] = true;
    return needed;
  }

  ValueId make(ValueId id) {
    const Value& value = from_[id];
    if (const auto found = edit_.leaves.find(id); found != edit_.leaves.end())
      return make_leaf(id, found->second);
    switch (value.kind) {
      case Value::Kind::leaf:
        return make_leaf(id, {value.shape, point_[static_cast<std::size_t>(value.leaf)]});
      case Value::Kind::number:
        return to_.program.add_number(value.text, value.number);
      case Value::Kind::entries:
        return to_.program.add_entries(value.shape, value.entries);
      case Value::Kind::operation:
        break;
    }
    std::vector<ValueId> operands;
    for (const ValueId operand : value.operands) operands.push_back(made_[index(resolve(operand))]);
    return to_.program.add(*value.operation, std::move(operands), value.attributes);
  }

  ValueId make_leaf(ValueId id, const Entries& entries) {
    const Value& value = from_[id];
    Leaf leaf{.name = "", .shape = entries.shape};
    if (value.kind == Value::Kind::leaf) {
      leaf = from_.leaves()[static_cast<std::size_t>(value.leaf)];
      leaf.shape = entries.shape;
    } else {
      leaf.name = unused_name();
    }
    leaf.initial = with_values_ ? to_.program.add_entries(entries.shape, entries.values) : no_value;
    to_.point.push_back(entries.values);
    return to_.program.add_leaf(std::move(leaf));
  }

  std::string unused_name() const {
    for (int i = 1;; ++i) {
      std::string name = fmt::format("x{}", i);
      if (!from_.find_leaf(name) && !to_.program.find_leaf(name)) return name;
    }
  }

  const Program& from_;
  const Point& point_;
  const Edit& edit_;
  const bool with_values_;  ///< the point's entries become the leaves' `initial`
  ValueId output_ = no_value;
  std::vector<ValueId> made_;
  Specimen to_;
};

}  // namespace

std::string text(const Specimen& specimen) {
  const Specimen valued = Editor(specimen, {}, true).run();
  return expressions::print(valued.program, valued.output);
}

std::size_t operation_count(const Specimen& specimen) {
  const std::vector<bool> reached =
      specimen.program.reachable(std::span<const ValueId>(&specimen.output, 1));
  std::size_t count = 0;
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (reached[i] && specimen.program.values()[i].kind == Value::Kind::operation) ++count;
  return count;
}

Specimen edited(const Specimen& specimen, const Edit& edit) { return Editor(specimen, edit).run(); }

}  // namespace verigrad::properties
