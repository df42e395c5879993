// A claim: a derivative that a file states, against the reference.
#include <algorithm>

#include "runner/judge_context.hpp"

namespace verigrad::runner {
namespace {

using expressions::Judgement;
using gradcheck::Candidate;
using gradcheck::EngineDerivatives;
using gradcheck::EntryVerdict;
using gradcheck::ProvenClaim;
using gradcheck::Reference;
using gradcheck::Tolerance;
using gradcheck::Truth;
using gradcheck::Verdict;
using Numbers = std::vector<double>;

/// What is asked of a claim, with the truth and the engine's own answer.
struct Question {
  Comparison comparison;
  std::vector<Truth> truth;
  Numbers engine, engine_in_double;
};

/// Products over an empty dim are exact zeros; their factors alone do not tell how many.
std::vector<Truth> completed(std::vector<Truth> products, const Shape& shape) {
  Truth zero;
  zero.estimate.status = gradcheck::EstimateStatus::ok;
  products.resize(static_cast<std::size_t>(shape.numel()), zero);
  return products;
}

std::vector<Truth> truths(const Program& program, const Judgement& judgement, Reference& reference,
                          const Numbers& v) {
  using Kind = Judgement::Kind;
  const std::size_t leaf = judgement.wrt.front();
  const ValueId y = judgement.output;
  const gradcheck::Vector vector{v, judgement.vector};
  switch (judgement.kind) {
    case Kind::vjp:
      return completed(reference.vjp(y, leaf, vector), program.leaves()[leaf].shape);
    case Kind::jvp:
      return completed(reference.jvp(y, leaf, vector), program.shape(y));
    case Kind::hessian:
      return reference.hessian(y, leaf);
    case Kind::hvp:
      return reference.hvp(y, leaf, vector);
    default:
      return reference.jacobian(y, leaf);
  }
}

Question question(JudgeContext& context, const Judgement& judgement, Engines& engine,
                  const Numbers& v) {
  using Kind = Judgement::Kind;
  const std::size_t leaf = judgement.wrt.front();
  const ValueId y = judgement.output;
  const Shape& out = context.program().shape(y);
  const Shape& in = context.program().leaves()[leaf].shape;
  EngineDerivatives &tested = *engine.tested, &wide = engine.in_double();
  const std::vector<Truth> truth =
      truths(context.program(), judgement, context.references.of(judgement), v);
  switch (judgement.kind) {
    case Kind::jacobian:
      return {{"Jacobian", joined(out, in), false, out.rank() == 0, {y, leaf}},
              truth,
              tested.jacobian(y, leaf),
              wide.jacobian(y, leaf)};
    case Kind::vjp:
      return {{"vector-Jacobian product", in, false, true, {y, leaf, v}},
              truth,
              tested.vjp(y, leaf, v),
              wide.vjp(y, leaf, v)};
    case Kind::jvp:
      return {{"Jacobian-vector product", out, false, false, {y, leaf, {}, v}},
              truth,
              tested.jvp(y, leaf, v),
              wide.jvp(y, leaf, v)};
    case Kind::hessian:
      return {{"Hessian", joined(in, in), false, false, {y, leaf, {}, {}, true}},
              truth,
              tested.hessian(y, leaf),
              wide.hessian(y, leaf)};
    case Kind::hvp:
      return {{"Hessian-vector product", in, false, true, {y, leaf, {}, {}, true}},
              truth,
              tested.hvp(y, leaf, v),
              wide.hvp(y, leaf, v)};
    default:
      return {{"gradient", in, false, true, {y, leaf}},
              truth,
              tested.jacobian(y, leaf),
              wide.jacobian(y, leaf)};
  }
}

void diagnose(const JudgeContext& context, const Question& asked, const Numbers& claimed,
              const Tolerance& allowed, Outcome& outcome) {
  WorstComparison& worst = *outcome.worst;
  worst.engine = asked.engine[worst.position()];
  worst.standing = EngineStanding::agrees;
  for (std::size_t i = 0; i < asked.engine.size(); ++i) {
    const Candidate engine{asked.engine[i], asked.engine_in_double[i], true};
    const EntryVerdict verdict = context.judge_value(engine, asked.truth[i], allowed);
    if (verdict.verdict == Verdict::fail) worst.standing = EngineStanding::disagrees;
    if (verdict.verdict == Verdict::inconclusive && worst.standing == EngineStanding::agrees)
      worst.standing = EngineStanding::undecided;
  }
  const Numbers& input = context.sample.point[worst.leaf];
  Numbers others;
  for (const NamedNumber& number : scalars_of(context.sample)) others.push_back(number.value);
  for (std::size_t i = 0; i < claimed.size(); ++i)
    outcome.entries.push_back({.claimed = claimed[i],
                               .truth = asked.truth[i].estimate.value,
                               .bar = asked.truth[i].estimate.error_bar,
                               .input = asked.comparison.by_input_entry ? input[i] : 1,
                               .entries = static_cast<double>(input.size()),
                               .others = others});
  if (worst.shape.rank() == 2)
    outcome.transposed =
        gradcheck::is_transposed(outcome.entries, static_cast<std::size_t>(worst.shape[0]),
                                 static_cast<std::size_t>(worst.shape[1]));
}

}  // namespace

Outcome judge_claim(JudgeContext& context, const Judgement& judgement) {
  Outcome outcome;
  Engines engine = context.engines(judgement);
  const Numbers v =
      judgement.vector == no_value ? Numbers() : engine.tested->value(judgement.vector);
  const Question asked = question(context, judgement, engine, v);
  const Numbers claimed = engine.tested->value(judgement.claimed);
  const Tolerance allowed = context.tolerance(judgement);
  const auto widened = [&](slong bits) {
    return truths(context.program(), judgement, context.references.widened(bits), v);
  };
  std::vector<ProvenClaim> claims;
  if (gradcheck::all_proven(asked.truth))
    claims = gradcheck::prove_claim({context.program(), context.sample.point, judgement.claimed},
                                    asked.truth, widened, context.references.limits(judgement));
  context.compare(asked.comparison,
                  {claimed, engine.in_double().value(judgement.claimed), asked.truth, claims},
                  allowed, outcome);
  if (outcome.verdict == Verdict::fail) diagnose(context, asked, claimed, allowed, outcome);
  return outcome;
}

}  // namespace verigrad::runner
