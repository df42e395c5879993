// What has no meaning: names, the order of declarations, of commuting operands, of evaluation.
#include <algorithm>

#include "properties/laws/agreement.hpp"
#include "properties/rewrite.hpp"

namespace verigrad::properties {
namespace {

LawResult repetition(Trial& trial) {
  return programs_differ_at_all(trial, trial.specimen(), "once more").value_or(LawResult());
}

/// The program with its values added in another order, and its leaves renamed.
struct Reordered {
  Specimen specimen{};
  std::vector<std::size_t> leaves{};  ///< the original of each leaf
};

Reordered reordered(const Specimen& original, const std::vector<ValueId>& order) {
  Reordered result;
  Program& to = result.specimen.program;
  to.dtype = original.program.dtype;
  std::vector<ValueId> made(original.program.values().size(), no_value);
  for (const ValueId id : order) {
    const Value& value = original.program[id];
    ValueId& mine = made[static_cast<std::size_t>(id)];
    if (value.kind == Value::Kind::leaf) {
      const auto leaf = static_cast<std::size_t>(value.leaf);
      const Leaf& declared = original.program.leaves()[leaf];
      mine = to.add_leaf({.name = fmt::format("renamed_{}", declared.name),
                          .shape = declared.shape,
                          .differentiable = declared.differentiable,
                          .domain = declared.domain});
      result.leaves.push_back(leaf);
      result.specimen.point.push_back(original.point[leaf]);
    } else if (value.kind == Value::Kind::number) {
      mine = to.add_number(value.text, value.number);
    } else if (value.kind == Value::Kind::entries) {
      mine = to.add_entries(value.shape, value.entries);
    } else {
      std::vector<ValueId> operands;
      for (const ValueId operand : value.operands)
        operands.push_back(made[static_cast<std::size_t>(operand)]);
      mine = to.add(*value.operation, std::move(operands), value.attributes);
    }
  }
  result.specimen.output = made[static_cast<std::size_t>(original.output)];
  return result;
}

/// Value and gradient, the gradient's leaves in the order of the trial's.
std::optional<LawResult> reordering_differs(Trial& trial, const std::vector<ValueId>& order,
                                            const Bound& bound, std::string_view what) {
  const Reordered other = reordered(trial.specimen(), order);
  const ValueId output = other.specimen.output;
  const auto graph =
      trial.engine().record(other.specimen.program, other.specimen.point, {{output}});
  if (auto failure = values_differ(graph->value(output), trial.value(), what)) return failure;
  const PerLeaf found = graph->vjp({{{output, trial.v()}}});
  PerLeaf got(trial.leaf_count());
  for (std::size_t i = 0; i < found.size(); ++i) got[other.leaves[i]] = found[i];
  return bound ? differ(trial, got, trial.gradient(), bound, what)
               : differ(trial, got, trial.gradient(), what);
}

/// The leaves from the last to the first, then the rest as it was.
LawResult declarations(Trial& trial) {
  const auto values = trial.program().values();
  std::vector<ValueId> order, rest;
  for (std::size_t i = 0; i < values.size(); ++i)
    (values[i].kind == Value::Kind::leaf ? order : rest).push_back(static_cast<ValueId>(i));
  std::reverse(order.begin(), order.end());
  order.insert(order.end(), rest.begin(), rest.end());
  return reordering_differs(trial, order, nullptr, "with leaves renamed and declared in reverse")
      .value_or(LawResult());
}

/// What a value needs, the last operand first, then itself; what is in `order` already is not
/// added again.
void append_depth_first(const Program& program, ValueId id, std::vector<bool>& done,
                        std::vector<ValueId>& order) {
  if (done[static_cast<std::size_t>(id)]) return;
  done[static_cast<std::size_t>(id)] = true;
  const std::vector<ValueId>& operands = program[id].operands;
  for (std::size_t k = operands.size(); k-- > 0;)
    append_depth_first(program, operands[k], done, order);
  order.push_back(id);
}

LawResult evaluation_order(Trial& trial) {
  const Program& program = trial.program();
  std::vector<bool> done(program.values().size(), false);
  std::vector<ValueId> order;
  append_depth_first(program, trial.output(), done, order);
  for (std::size_t leaf = 0; leaf < trial.leaf_count(); ++leaf)
    append_depth_first(program, program.leaf_value(leaf), done, order);
  return reordering_differs(
             trial, order, [&] { return trial.bound(); }, "evaluated in another order")
      .value_or(LawResult());
}

LawResult commuted(Trial& trial) {
  const Specimen other = rewritten(trial.specimen(), [&](Copy& copy, ValueId id) {
    const Value& value = copy.from()[id];
    if (value.operation == nullptr ||
        (value.operation->name() != "add" && value.operation->name() != "mul"))
      return copy.same(id);
    std::vector<ValueId> operands = copy.operands(id);
    std::reverse(operands.begin(), operands.end());
    return copy.applied(id, std::move(operands));
  });
  const auto graph = trial.engine().record(other.program, other.point, {{other.output}});
  if (const auto failure = values_differ(graph->value(other.output), trial.value(),
                                         "with the operands of + and * exchanged"))
    return *failure;
  return differ(
             trial, graph->vjp({{{other.output, trial.v()}}}), trial.gradient(),
             [&] { return trial.bound(); }, "with the operands of + and * exchanged")
      .value_or(LawResult());
}

constexpr Law laws_here[] = {
    {"declarations", "C7", "names and order of leaves change nothing, exactly", Cost::cheap,
     Where::anywhere, Ending::open, declarations},
    {"commuted operands", "C7", "x + y = y + x, x * y = y * x, with equal values", Cost::cheap,
     Where::anywhere, Ending::open, commuted},
    {"repetition", "C12", "the same program again gives the same, exactly", Cost::cheap,
     Where::anywhere, Ending::open, repetition},
    {"evaluation order", "C12", "the order of independent operations changes nothing", Cost::cheap,
     Where::anywhere, Ending::open, evaluation_order},
};

}  // namespace

std::span<const Law> order_laws() { return laws_here; }

}  // namespace verigrad::properties
