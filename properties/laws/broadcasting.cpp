// The shapes of gradients, and what broadcasting does to them.
#include <algorithm>

#include "properties/laws/agreement.hpp"
#include "properties/laws/elementwise_part.hpp"
#include "properties/rewrite.hpp"

namespace verigrad::properties {
namespace {

/// The sums of the two copies that lie along a dim.
std::vector<double> summed(const std::vector<double>& both, const Shape& full, std::size_t dim) {
  std::vector<double> result(both.size() / 2, 0.0);
  const Shape small = full.with(dim, 1);
  for (std::size_t i = 0; i < both.size(); ++i)
    result[static_cast<std::size_t>(broadcast_source(small, full, static_cast<std::int64_t>(i)))] +=
        both[i];
  return result;
}

/// Every leaf repeated twice along a new dim; of a leaf that is `small` the dim has size 1. The
/// output is broadcast to the full shape.
Specimen repeated(const Specimen& part, const Shape& full, std::size_t dim, std::size_t small,
                  const OperationTable& operations) {
  Edit edit;
  for (std::size_t leaf = 0; leaf < part.point.size(); ++leaf) {
    const Shape one = full.with(dim, 1);
    Entries entries{leaf == small ? one : full, part.point[leaf]};
    if (leaf != small) entries.values = broadcast_entries(part.point[leaf], one, full);
    edit.leaves.emplace(part.program.leaf_value(leaf), std::move(entries));
  }
  Specimen result = edited(part, edit);
  if (result.program.shape(result.output) != full)
    result.output = result.program.add(*operations.find("broadcast_to"), {result.output},
                                       make_attributes({Integers(full.begin(), full.end())}));
  return result;
}

LawResult broadcasting(Trial& trial) {
  const auto part = elementwise_part(trial);
  if (!part) return {};
  const auto leaves = part->program.leaves();
  const auto differentiable = std::ranges::find(leaves, true, &Leaf::differentiable);
  if (differentiable == leaves.end()) return {};
  const auto small = static_cast<std::size_t>(differentiable - leaves.begin());
  const Shape& shape = part->program.shape(part->output);
  const std::size_t dim = part->program.values().size() % (shape.rank() + 1);
  const Shape full = shape.inserted(dim, 2);
  const Specimen implicit = repeated(*part, full, dim, small, trial.operations());
  const Specimen explicitly = rewritten(implicit, [&](Copy& copy, ValueId id) {
    const ValueId value = copy.same(id);
    if (id != implicit.program.leaf_value(small)) return value;
    return copy.to().add(*trial.operations().find("broadcast_to"), {value},
                         make_attributes({Integers(full.begin(), full.end())}));
  });
  const Specimen material = repeated(*part, full, dim, leaves.size(), trial.operations());
  PartTrial wanted(trial, material);
  PerLeaf gradient = wanted->gradient();
  gradient[small] = summed(gradient[small], full, dim);
  for (const Specimen* each : {&implicit, &explicitly}) {
    const std::string_view what =
        each == &implicit ? "with a leaf that operations broadcast" : "with a leaf broadcast first";
    const auto graph = trial.engine().record(each->program, each->point, {{each->output}});
    if (const auto failure = rounded_values_differ(graph->value(each->output), wanted->value(),
                                                   material, *each, wanted->v(), what))
      return *failure;
    const auto bound = [&] {
      PerLeaf allowed = rewriting_bound(*each, *each, wanted->v());
      PerLeaf more = rewriting_bound(material, material, wanted->v());
      more[small] = summed(more[small], full, dim);
      for (std::size_t leaf = 0; leaf < allowed.size(); ++leaf)
        for (std::size_t i = 0; i < allowed[leaf].size(); ++i) allowed[leaf][i] += more[leaf][i];
      return allowed;
    };
    if (const auto failure =
            differ(*wanted, graph->vjp({{{each->output, wanted->v()}}}), gradient, bound, what))
      return *failure;
  }
  return {};
}

LawResult gradient_sizes(Trial& trial) {
  const PerLeaf got = trial.graph().vjp({{{trial.output(), trial.v()}}});
  for (std::size_t leaf = 0; leaf < trial.leaf_count(); ++leaf) {
    const Leaf& declared = trial.program().leaves()[leaf];
    const std::size_t wanted = declared.differentiable ? trial.point()[leaf].size() : 0;
    if (got.size() <= leaf || got[leaf].size() != wanted)
      return {Outcome::fails, fmt::format("the gradient by {} does not have its {} entries",
                                          declared.name, wanted)};
  }
  return {};
}

constexpr Law laws_here[] = {
    {"broadcasting", "C5", "the gradient by a broadcast leaf is the sum of those by its copies",
     Cost::cheap, Where::anywhere, Ending::open, broadcasting},
    {"gradient sizes", "C5", "a gradient has the entries of its leaf", Cost::cheap, Where::anywhere,
     Ending::open, gradient_sizes},
};

}  // namespace

std::span<const Law> broadcasting_laws() { return laws_here; }

}  // namespace verigrad::properties
