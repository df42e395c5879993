#include "runner/accuracy_blame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/error.hpp"
#include "expressions/print_program.hpp"
#include "gradcheck/blame.hpp"
#include "gradcheck/position.hpp"
#include "gradcheck/recorded_gradient.hpp"

namespace verigrad::runner {
namespace {

/// An operation with its operands while that is short, else its name.
std::string short_form(const Program& program, ValueId id) {
  constexpr std::size_t longest = 40;
  std::string text = expressions::expression_of(program, id);
  const Operation* operation = program[id].operation;
  if (text.size() <= longest || operation == nullptr) return text;
  return fmt::format("{}(…)", operation->name());
}

using Culprits = std::vector<gradcheck::Culprit>;

std::vector<reports::OperationShare> shares_of(const gradcheck::RecordedGradient& recorded,
                                               const Culprits& culprits) {
  std::vector<reports::OperationShare> shares;
  for (const gradcheck::Culprit& each : culprits)
    if (each.share >= 0.01)
      shares.push_back({.operation = short_form(recorded.program, each.value),
                        .backward = each.value > recorded.output,
                        .share = each.share});
  std::ranges::stable_sort(shares, std::greater(), &reports::OperationShare::share);
  return shares;
}

/// "MulBackward0", the operation's name where it has no gradient; empty for a leaf.
std::string grad_fn_of(const Program& program, const Value& value) {
  if (value.operation == nullptr) return {};
  std::array<bool, 4> is_number{};
  std::vector<Shape> shapes;
  for (std::size_t i = 0; i < value.operands.size(); ++i) {
    const Value& operand = program[value.operands[i]];
    if (i < is_number.size()) is_number[i] = operand.is_number;
    shapes.push_back(operand.shape);
  }
  static const Attributes none;
  const Attributes& attributes = value.attributes ? *value.attributes : none;
  const std::string_view name = value.operation->grad_fn({is_number, shapes, attributes});
  return std::string(name.empty() ? value.operation->name() : name);
}

reports::BlameGraph graph_of(const gradcheck::RecordedGradient& recorded,
                             const Culprits& culprits) {
  const Program& program = recorded.program;
  const std::vector<bool> reached = program.reachable(std::span(&recorded.root, 1));
  std::vector<std::int64_t> nodes(program.values().size(), -1);
  reports::BlameGraph graph;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Value& value = program.values()[i];
    const auto id = static_cast<ValueId>(i);
    const bool operation = value.kind == Value::Kind::operation;
    if (!reached[i] || (!operation && value.kind != Value::Kind::leaf)) continue;
    nodes[i] = std::ssize(graph.nodes);
    reports::GraphNode node;
    node.grad_fn = grad_fn_of(program, value);
    node.label = operation ? short_form(program, id)
                           : program.leaves()[static_cast<std::size_t>(value.leaf)].name;
    const auto culprit = std::ranges::find(culprits, id, &gradcheck::Culprit::value);
    if (culprit != culprits.end())
      (id > recorded.output ? node.backward : node.forward) = culprit->share;
    for (const ValueId operand : value.operands)
      if (const std::int64_t from = nodes[static_cast<std::size_t>(operand)]; from >= 0)
        graph.edges.push_back({from, nodes[i]});
    graph.nodes.push_back(std::move(node));
  }
  return graph;
}

}  // namespace

Blame blame(const Sample& sample, const MeasuredDerivative& derivative,
            const reports::WorstPoint& worst) {
  const Program& program = sample.instance.program;
  const ValueId output = sample.instance.judgements[derivative.judgement].output;
  if (program.shape(output).rank() != 0) return {};
  try {
    const auto recorded =
        gradcheck::record_gradient(program, sample.point, output, derivative.leaf, {1});
    const Culprits culprits = gradcheck::find_culprits(
        recorded.program, sample.point, recorded.root,
        gradcheck::ravelled(worst.index, program.leaves()[derivative.leaf].shape));
    if (culprits.empty()) return {};
    return {shares_of(recorded, culprits), graph_of(recorded, culprits)};
  } catch (const Error&) {
    return {};
  }
}

}  // namespace verigrad::runner
