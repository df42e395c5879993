// A value that is used several times, computed once or again for each use.
#include <set>

#include "properties/laws/agreement.hpp"
#include "properties/rewrite.hpp"

namespace verigrad::properties {
namespace {

std::vector<int> uses_of(const Program& program) {
  std::vector<int> uses(program.values().size(), 0);
  for (const Value& value : program.values())
    for (const ValueId operand : value.operands) ++uses[static_cast<std::size_t>(operand)];
  return uses;
}

/// Every use of a shared operation gets an application of its own, on the same operands.
LawResult recomputation(Trial& trial) {
  const std::vector<int> uses = uses_of(trial.program());
  const Specimen other = rewritten(trial.specimen(), [&](Copy& copy, ValueId id) {
    const Value& value = copy.from()[id];
    if (value.operation == nullptr) return copy.same(id);
    std::vector<ValueId> operands;
    for (const ValueId operand : value.operands) {
      const bool again =
          uses[static_cast<std::size_t>(operand)] > 1 && copy.from()[operand].operation != nullptr;
      operands.push_back(again ? copy.same(operand) : copy[operand]);
    }
    return copy.applied(id, std::move(operands));
  });
  return programs_differ(trial, other, "with shared values computed for each use")
      .value_or(LawResult());
}

/// The program with a leaf of its own for every use of a leaf, and which leaf each comes from.
struct Unshared {
  Specimen specimen{};
  std::vector<std::size_t> originals{};
};

Unshared with_leaf_for_each_use(const Specimen& original) {
  Unshared result;
  Program& to = result.specimen.program;
  to.dtype = original.program.dtype;
  std::vector<ValueId> made;
  const auto add_leaf = [&](ValueId id) {
    const auto leaf = static_cast<std::size_t>(original.program[id].leaf);
    const Leaf& shared = original.program.leaves()[leaf];
    result.originals.push_back(leaf);
    result.specimen.point.push_back(original.point[leaf]);
    return to.add_leaf({.name = fmt::format("{}_{}", shared.name, result.originals.size()),
                        .shape = shared.shape,
                        .differentiable = shared.differentiable,
                        .domain = shared.domain});
  };
  for (const Value& value : original.program.values()) {
    if (value.kind == Value::Kind::number) {
      made.push_back(to.add_number(value.text, value.number));
    } else if (value.kind == Value::Kind::entries) {
      made.push_back(to.add_entries(value.shape, value.entries));
    } else if (value.kind == Value::Kind::leaf) {
      made.push_back(no_value);
    } else {
      std::vector<ValueId> operands;
      for (const ValueId operand : value.operands) {
        const ValueId there = made[static_cast<std::size_t>(operand)];
        operands.push_back(there == no_value ? add_leaf(operand) : there);
      }
      made.push_back(to.add(*value.operation, std::move(operands), value.attributes));
    }
  }
  const ValueId output = made[static_cast<std::size_t>(original.output)];
  result.specimen.output = output == no_value ? add_leaf(original.output) : output;
  return result;
}

LawResult separate_leaves(Trial& trial) {
  const Unshared other = with_leaf_for_each_use(trial.specimen());
  const PerLeaf parts = gradient_of(trial.engine(), other.specimen, trial.v());
  PerLeaf got = trial.gradient();
  for (auto& leaf : got) leaf.assign(leaf.size(), 0.0);
  for (std::size_t part = 0; part < parts.size(); ++part)
    for (std::size_t i = 0; i < parts[part].size(); ++i)
      got[other.originals[part]][i] += parts[part][i];
  return differ(
             trial, got, trial.gradient(), [&] { return trial.bound(); },
             "added up from a leaf for each use")
      .value_or(LawResult());
}

/// A value to forget, with the segment that computes it again from detached copies.
struct Checkpoint {
  ValueId value = no_value;
  /// Operations that the segment starts from, in the order of the program.
  std::vector<ValueId> inputs{};
};

/// The operation in the middle of the program, with its operands' operations.
Checkpoint checkpoint_of(const Program& program, ValueId output) {
  std::vector<ValueId> candidates;
  for (std::size_t i = 0; i < static_cast<std::size_t>(output); ++i)
    if (const Value& value = program.values()[i];
        value.operation != nullptr && value.operation->differentiable() && !value.is_number)
      candidates.push_back(static_cast<ValueId>(i));
  if (candidates.empty()) return {};
  Checkpoint result{candidates[candidates.size() / 2], {}};
  std::set<ValueId> starts, reached;
  for (const ValueId operand : program[result.value].operands)
    for (const ValueId input : program[operand].operands)
      if (program[input].operation != nullptr && !program[input].is_number) starts.insert(input);
  for (const ValueId operand : program[result.value].operands) {
    if (starts.contains(operand)) {
      reached.insert(operand);
      continue;
    }
    for (const ValueId input : program[operand].operands)
      if (starts.contains(input)) reached.insert(input);
  }
  result.inputs.assign(reached.begin(), reached.end());
  return result;
}

/// A specimen in which some values have become leaves with the entries that they have.
Specimen cut(const Specimen& specimen, Graph& graph, const std::vector<ValueId>& values,
             ValueId output) {
  Edit edit{.output = output};
  for (const ValueId id : values)
    edit.leaves.emplace(id, Entries{specimen.program.shape(id), graph.value(id)});
  return edited(specimen, edit);
}

/// Adds the gradient by leaves that the trial's program has too; answers that by the others, in
/// their order.
PerLeaf add_by_name(const Program& part, const PerLeaf& gradient, const Trial& trial,
                    PerLeaf& total) {
  PerLeaf others;
  for (std::size_t leaf = 0; leaf < gradient.size(); ++leaf) {
    const auto mine = trial.program().find_leaf(part.leaves()[leaf].name);
    if (!mine) {
      others.push_back(gradient[leaf]);
      continue;
    }
    for (std::size_t i = 0; i < gradient[leaf].size(); ++i) total[*mine][i] += gradient[leaf][i];
  }
  return others;
}

/// Three passes: from the output to the forgotten value, through the segment that computes it
/// again, and from the segment's inputs to the leaves.
LawResult checkpoint(Trial& trial) {
  const Program& program = trial.program();
  const Checkpoint point = checkpoint_of(program, trial.output());
  if (point.value == no_value) return {};
  std::vector<ValueId> roots = point.inputs;
  roots.push_back(point.value);
  const auto graph = trial.engine().record(program, trial.point(), roots);
  PerLeaf total = trial.gradient();
  for (auto& leaf : total) leaf.assign(leaf.size(), 0.0);

  const Specimen tail = cut(trial.specimen(), *graph, {point.value}, trial.output());
  const PerLeaf by_value =
      add_by_name(tail.program, gradient_of(trial.engine(), tail, trial.v()), trial, total);
  if (by_value.empty()) return {};
  const Specimen segment = cut(trial.specimen(), *graph, point.inputs, point.value);
  const PerLeaf by_inputs =
      add_by_name(segment.program, gradient_of(trial.engine(), segment, by_value[0]), trial, total);
  std::vector<Seed> seeds;
  for (std::size_t i = 0; i < by_inputs.size(); ++i)
    seeds.push_back({point.inputs[i], by_inputs[i]});
  if (!seeds.empty()) add_by_name(program, graph->vjp(seeds), trial, total);
  return differ(
             trial, total, trial.gradient(),
             [&] { return rewriting_bound(trial.specimen(), trial.specimen(), trial.v()); },
             "with a part computed again from detached copies")
      .value_or(LawResult());
}

constexpr Law laws_here[] = {
    {"recomputation", "C2", "a shared value computed for each use gives the same", Cost::cheap,
     Where::anywhere, Ending::open, recomputation},
    {"separate leaves", "C2", "dx f(x, x) = the sum of the gradients of f(a, b) at a = b = x",
     Cost::cheap, Where::anywhere, Ending::open, separate_leaves},
    {"checkpoint", "C10", "a part computed again from detached copies gives the same gradient",
     Cost::cheap, Where::anywhere, Ending::open, checkpoint},
};

}  // namespace

std::span<const Law> sharing_laws() { return laws_here; }

}  // namespace verigrad::properties
