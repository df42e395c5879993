#include "proof/evaluate.hpp"

#include <optional>
#include <string>

#include "engine/error.hpp"
#include "proof/alike.hpp"
#include "proof/functions.hpp"
#include "proof/real.hpp"
#include "proof/structure.hpp"

namespace verigrad::proof {
namespace {

std::vector<bool> needed(const Program& program, ValueId root) {
  const ValueId roots[] = {root};
  return program.reachable(roots);
}

/// A point, or constant entries, as exact germs.
Field exact_entries(const Shape& shape, std::span<const double> entries) {
  Field result{shape, {}};
  for (const double entry : entries) result.entries.emplace_back(Ball(entry));
  return result;
}

class Evaluation {
 public:
  Evaluation(const Program& program, std::span<const Field> leaves, const Reading& reading)
      : program_(program), leaves_(leaves), reading_(reading), fields_(program.values().size()) {}

  Field at(ValueId root) {
    const std::vector<bool> wanted = needed(program_, root);
    first_alike_ = first_alike(program_, wanted);
    for (ValueId id = 0; id <= root; ++id)
      if (wanted[static_cast<std::size_t>(id)])
        field(id) = id == reading_.rounded ? rounded(computed(id)) : computed(id);
    return *field(root);
  }

 private:
  std::optional<Field>& field(ValueId id) { return fields_[static_cast<std::size_t>(id)]; }

  Field computed(ValueId id) {
    const ValueId first = first_alike_[static_cast<std::size_t>(id)];
    if (first != id) return *field(first);
    const Value& value = program_[id];
    switch (value.kind) {
      case Value::Kind::leaf:
        return leaves_[static_cast<std::size_t>(value.leaf)];
      case Value::Kind::entries:
        return constants(value);
      case Value::Kind::number:
        return {value.shape, {value.text.empty() ? Ball(value.number) : read(value)}};
      case Value::Kind::operation:
        break;
    }
    return applied(value);
  }

  Ball read(const Value& value) const {
    Ball exact = Ball::literal(value.text);
    if (!reading_.widened || exact.is(round_to(program_.dtype, value.number))) return exact;
    return exact * (1 + Ball::around_zero(2 * unit_roundoff(program_.dtype)));
  }

  Field rounded(Field values) const {
    for (Series& entry : values.entries)
      if (entry.ok()) entry = Series(Ball(round_to(program_.dtype, entry.value().midpoint())));
    return values;
  }

  Field constants(const Value& value) const {
    std::vector<double> rounded;
    rounded.reserve(value.entries.size());
    for (const double entry : value.entries) rounded.push_back(round_to(program_.dtype, entry));
    Field result = exact_entries(value.shape, rounded);
    if (reading_.widened_entries) {
      const WidenedConstants wide(unit_roundoff(program_.dtype));
      for (std::size_t i = 0; i < rounded.size(); ++i)
        result.entries[i] = Real(rounded[i]).series();
    }
    return result;
  }

  Field applied(const Value& value) {
    static const Attributes none;
    const Attributes& attributes = value.attributes ? *value.attributes : none;
    std::vector<Field> operands;
    for (const ValueId operand : value.operands) operands.push_back(*field(operand));
    if (const Structure structure = find_structure(value.operation->name()))
      return structure(operands, attributes, value.shape);
    const Function function = find_function(value.operation->name());
    if (!function) throw Error("proof: not covered: " + std::string(value.operation->name()));
    return filled(value.shape, [&](const Index& index) {
      std::vector<Series> entries;
      for (const Field& operand : operands)
        entries.push_back(
            proof::at(operand, broadcast_position(index, operand.shape, value.shape)));
      return function(entries, attributes);
    });
  }

  const Program& program_;
  std::span<const Field> leaves_;
  const Reading& reading_;
  std::vector<std::optional<Field>> fields_;
  std::vector<ValueId> first_alike_;
};

}  // namespace

bool covers(const Operation& operation) {
  return find_function(operation.name()) || find_structure(operation.name());
}

const Operation* first_uncovered(const Program& program, ValueId root) {
  const std::vector<bool> wanted = needed(program, root);
  for (std::size_t id = 0; id < wanted.size(); ++id) {
    const Value& value = program.values()[id];
    if (wanted[id] && value.kind == Value::Kind::operation && !covers(*value.operation))
      return value.operation;
  }
  return nullptr;
}

std::vector<Field> constant_leaves(const Program& program, const Point& point) {
  std::vector<Field> leaves;
  for (std::size_t i = 0; i < point.size(); ++i)
    leaves.push_back(exact_entries(program.leaves()[i].shape, point[i]));
  return leaves;
}

Field evaluate(const Program& program, std::span<const Field> leaves, ValueId root,
               const Reading& reading) {
  return Evaluation(program, leaves, reading).at(root);
}

Field evaluate(const Program& program, const Point& point, ValueId root, const Reading& reading) {
  return evaluate(program, constant_leaves(program, point), root, reading);
}

}  // namespace verigrad::proof
