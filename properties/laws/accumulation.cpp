// How gradients add up in leaves.
#include <stdexcept>

#include "properties/laws/law.hpp"

namespace verigrad::properties {
namespace {

PerLeaf sum(const PerLeaf& x, const PerLeaf& y) {
  PerLeaf result = x;
  for (std::size_t leaf = 0; leaf < x.size(); ++leaf)
    for (std::size_t i = 0; i < x[leaf].size(); ++i) result[leaf][i] += y[leaf][i];
  return result;
}

/// What backward passes have left in the leaves, in the form of `Graph::vjp`: zeros for a leaf
/// without a gradient.
PerLeaf accumulated(Graph& graph, const Program& program) {
  PerLeaf result(program.leaves().size());
  for (std::size_t leaf = 0; leaf < result.size(); ++leaf) {
    const Leaf& each = program.leaves()[leaf];
    if (!each.differentiable) continue;
    const auto size = static_cast<std::size_t>(each.shape.numel());
    result[leaf] = graph.gradient(leaf).value_or(std::vector<double>(size));
    if (result[leaf].size() != size)
      throw std::runtime_error(fmt::format("the gradient by {} of shape {} has {} entries",
                                           each.name, to_string(each.shape), result[leaf].size()));
  }
  return result;
}

/// The first leaf that has a gradient, as a failure.
std::optional<LawResult> has_gradient(Graph& graph, const Program& program, std::string_view when) {
  for (std::size_t leaf = 0; leaf < program.leaves().size(); ++leaf)
    if (graph.gradient(leaf))
      return LawResult{Outcome::fails,
                       fmt::format("{} has a gradient {}", program.leaves()[leaf].name, when)};
  return std::nullopt;
}

LawResult accumulation(Trial& trial) {
  Graph& graph = trial.graph();
  graph.clear_gradients();
  PerLeaf wanted = trial.gradient();
  for (int passes = 1; passes <= 3; ++passes) {
    graph.backward({{{trial.output(), trial.v()}}});
    if (passes > 1) wanted = sum(wanted, trial.gradient());
    if (const auto failure =
            differ(trial, accumulated(graph, trial.program()), wanted,
                   fmt::format("after {} backward pass{}", passes, passes == 1 ? "" : "es")))
      return *failure;
  }
  return {};
}

/// A value on the way to the output, about in the middle; the output where there is no other.
ValueId value_below(const Program& program, ValueId output) {
  const std::vector<bool> reached = program.reachable({&output, 1});
  std::vector<ValueId> candidates;
  for (ValueId id = 0; id < output; ++id)
    if (reached[static_cast<std::size_t>(id)] && program[id].kind == Value::Kind::operation)
      candidates.push_back(id);
  return candidates.empty() ? output : candidates[candidates.size() / 2];
}

LawResult two_roots(Trial& trial) {
  const ValueId f = trial.output(), h = value_below(trial.program(), f);
  const Seed first{f, trial.v()}, second{h, dense(trial.program().shape(h).numel(), 1)};
  const auto graph = trial.engine().record(trial.program(), trial.point(), {{f, h}});
  const PerLeaf wanted = sum(trial.gradient(), graph->vjp({&second, 1}));
  graph->backward({&first, 1});
  graph->backward({&second, 1});
  return differ(trial, accumulated(*graph, trial.program()), wanted,
                "after backward passes from two roots")
      .value_or(LawResult());
}

LawResult cleared(Trial& trial) {
  Graph& graph = trial.graph();
  graph.backward({{{trial.output(), trial.v()}}});
  graph.clear_gradients();
  if (const auto failure = has_gradient(graph, trial.program(), "although it has been cleared"))
    return *failure;
  graph.backward({{{trial.output(), trial.v()}}});
  return differ(trial, accumulated(graph, trial.program()), trial.gradient(),
                "by the backward pass after the gradients were cleared")
      .value_or(LawResult());
}

LawResult values_stay(Trial& trial) {
  const std::vector<double> before = trial.value();
  trial.graph().backward({{{trial.output(), trial.v()}}});
  return values_differ(trial.graph().value(trial.output()), before, "after a backward pass")
      .value_or(LawResult());
}

LawResult no_trace(Trial& trial) {
  const auto graph = trial.engine().record(trial.program(), trial.point(), {{trial.output()}});
  const Seed seed{trial.output(), trial.v()}, other{trial.output(), trial.cotangent(1)};
  if (const auto failure = has_gradient(*graph, trial.program(), "before any backward pass"))
    return *failure;
  graph->vjp({&seed, 1});
  if (const auto failure = has_gradient(*graph, trial.program(), "after a vjp alone"))
    return *failure;
  graph->backward({&seed, 1});
  graph->vjp({&other, 1});
  return differ(trial, accumulated(*graph, trial.program()), trial.gradient(),
                "after a backward pass and a vjp")
      .value_or(LawResult());
}

/// Which values depend on which leaf through operations that have derivatives by what leads there:
/// the leaves that a backward pass from `root` reaches.
std::vector<bool> connected_leaves(const Program& program, ValueId root) {
  std::vector<bool> on_path(program.values().size()), leaves(program.leaves().size());
  on_path[static_cast<std::size_t>(root)] = true;
  for (ValueId id = root; id >= 0; --id) {
    const Value& value = program[id];
    if (!on_path[static_cast<std::size_t>(id)]) continue;
    if (value.kind == Value::Kind::leaf) {
      const auto leaf = static_cast<std::size_t>(value.leaf);
      leaves[leaf] = program.leaves()[leaf].differentiable;
    }
    for (std::size_t i = 0; i < value.operands.size(); ++i)
      if (value.operation->differentiable(i))
        on_path[static_cast<std::size_t>(value.operands[i])] = true;
  }
  return leaves;
}

LawResult reach(Trial& trial) {
  Program longer = trial.program();
  longer.add_leaf({.name = "unconnected", .shape = {2}});
  Point point = trial.point();
  point.push_back({1, -2});
  const std::vector<bool> connected = connected_leaves(longer, trial.output());
  const auto graph = trial.engine().record(longer, point, {{trial.output()}});
  graph->backward({{{trial.output(), trial.v()}}});
  for (std::size_t leaf = 0; leaf < connected.size(); ++leaf)
    if (graph->gradient(leaf).has_value() != connected[leaf])
      return {Outcome::fails,
              fmt::format("{} is {}connected to the output and has {} gradient after a backward "
                          "pass",
                          longer.leaves()[leaf].name, connected[leaf] ? "" : "not ",
                          connected[leaf] ? "no" : "a")};
  return differ(trial, accumulated(*graph, longer), trial.gradient(),
                "beside a leaf that is not connected")
      .value_or(LawResult());
}

constexpr Law laws_here[] = {
    {"accumulation", "D1", "k backward passes leave fl(... fl(g + g) + g)", Cost::cheap,
     Where::anywhere, Ending::open, accumulation, static_cast<unsigned>(Mode::accumulated)},
    {"two roots", "D2", "backward(f), backward(h) leave fl(g_f + g_h)", Cost::cheap,
     Where::anywhere, Ending::open, two_roots, static_cast<unsigned>(Mode::accumulated)},
    {"cleared gradients", "D4", "after clearing, a backward pass leaves g again", Cost::cheap,
     Where::anywhere, Ending::open, cleared, static_cast<unsigned>(Mode::accumulated)},
    {"values stay", "D5", "a backward pass changes no value", Cost::cheap, Where::anywhere,
     Ending::open, values_stay, static_cast<unsigned>(Mode::accumulated)},
    {"no trace", "D3, D6", "no gradient before a backward pass; vjp neither makes nor changes one",
     Cost::cheap, Where::anywhere, Ending::open, no_trace},
    {"reach", "D7, D8, D9", "connected leaves get gradients of their sizes, others none",
     Cost::cheap, Where::anywhere, Ending::open, reach, static_cast<unsigned>(Mode::accumulated)},
};

}  // namespace

std::span<const Law> accumulation_laws() { return laws_here; }

}  // namespace verigrad::properties
