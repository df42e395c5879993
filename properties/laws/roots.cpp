// Values that stand beside each other, and passes that begin at several of them.
#include "properties/laws/law.hpp"
#include "properties/laws/vectors.hpp"

namespace verigrad::properties {
namespace {

/// An operation before the output, or a leaf, through which gradients flow; else the output.
ValueId second_root(const Trial& trial) {
  const std::vector<bool> flows = gradients_flow(trial.program());
  for (ValueId id = trial.output(); id-- > 0;)
    if (flows[static_cast<std::size_t>(id)]) return id;
  return trial.output();
}

LawResult value_unchanged(Trial& trial) {
  const std::vector<double>& recorded = trial.value();
  const ValueId output = trial.output();
  const auto alone = trial.engine().evaluate(trial.program(), trial.point(), {{output}});
  if (const auto failure = values_differ(alone[0], recorded, "without recording")) return *failure;
  const ValueId beside = second_root(trial);
  const auto both = trial.engine().evaluate(trial.program(), trial.point(), {{beside, output}});
  return values_differ(both[1], recorded, "when another value is asked for as well")
      .value_or(LawResult());
}

/// All cotangents but one entry's are 0, in turn.
LawResult superposition(Trial& trial) {
  const std::vector<double>& v = trial.v();
  PerLeaf wanted = scaled(0, trial.gradient(std::vector<double>(v.size(), 0.0)));
  for (std::size_t j = 0; j < v.size(); ++j)
    wanted = combine(1, wanted, v[j], trial.gradient(unit(v.size(), j)));
  return differ(
             trial, trial.gradient(), wanted, [&] { return trial.bound(); },
             "beside the sum of its rows")
      .value_or(LawResult());
}

/// The cotangent of the sum is left to the engine.
LawResult scalar_reduction(Trial& trial) {
  Program program = trial.program();
  const ValueId weights = program.add_entries(program.shape(trial.output()), trial.v());
  const ValueId weighted = program.add(*trial.operations().find("mul"), {trial.output(), weights});
  const Operation& sum = *trial.operations().find("sum");
  const AttributesRef over_all = make_attributes({std::monostate(), false});
  const ValueId total = program.add(sum, {weighted}, over_all);
  const auto graph = trial.engine().record(program, trial.point(), {{total}});
  return differ(trial, graph->vjp({{{total, {}}}}), trial.gradient(), "of sum(v f)")
      .value_or(LawResult());
}

LawResult several_roots(Trial& trial) {
  const ValueId f = trial.output(), h = second_root(trial);
  const std::vector<double>& v = trial.v();
  const std::vector<double> w = dense(trial.program().shape(h).numel(), 4);
  const auto graph = trial.engine().record(trial.program(), trial.point(), {{f, h}});
  const PerLeaf one_by_one = combine(1, graph->vjp({{{f, v}}}), 1, graph->vjp({{{h, w}}}));
  const auto bound = [&] {
    return combine(1, trial.bound(), 1, rounding_bound({trial.program(), h, trial.point()}, w));
  };
  return differ(trial, graph->vjp({{{f, v}, {h, w}}}), one_by_one, bound,
                "of two roots in one pass")
      .value_or(LawResult());
}

LawResult root_twice(Trial& trial) {
  const Seed seed{trial.output(), trial.v()};
  return differ(trial, trial.graph().vjp({{seed, seed}}), scaled(2, trial.gradient()),
                "with the same root twice")
      .value_or(LawResult());
}

constexpr Law laws_here[] = {
    {"value unchanged", "A7", "f recorded = f without recording = f beside others, exactly",
     Cost::cheap, Where::anywhere, Ending::open, value_unchanged},
    {"superposition", "B7", "g(v) = sum_j v_j g(e_j)", Cost::expensive, Where::anywhere,
     Ending::open, superposition},
    {"scalar reduction", "B8, B10", "the gradient of sum(v f) = g(v), exactly", Cost::cheap,
     Where::anywhere, Ending::open, scalar_reduction},
    {"several roots", "B9", "of two roots in one pass: g(f, v) + g(h, w)", Cost::cheap,
     Where::anywhere, Ending::open, several_roots},
    {"root twice", "B9", "of the same root twice in one pass: 2 g(v), exactly", Cost::cheap,
     Where::anywhere, Ending::open, root_twice},
};

}  // namespace

std::span<const Law> roots_laws() { return laws_here; }

}  // namespace verigrad::properties
