// A claim: a derivative that a file states, against the reference.
#include <algorithm>

#include "runner/engine_rules.hpp"

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
  std::size_t columns = 0;  ///< entries of the input
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
  const auto columns = static_cast<std::size_t>(in.numel());
  switch (judgement.kind) {
    case Kind::jacobian:
      return {{"Jacobian", joined(out, in), false, out.rank() == 0, {y, leaf}},
              truth,
              tested.jacobian(y, leaf),
              wide.jacobian(y, leaf),
              columns};
    case Kind::vjp:
      return {{"vector-Jacobian product", in, false, true, {y, leaf, v}},
              truth,
              tested.vjp(y, leaf, v),
              wide.vjp(y, leaf, v),
              columns};
    case Kind::jvp:
      return {{"Jacobian-vector product", out, false, false, {y, leaf, {}, v}},
              truth,
              tested.jvp(y, leaf, v),
              wide.jvp(y, leaf, v),
              columns};
    case Kind::hessian:
      return {{"Hessian", joined(in, in), false, false, {y, leaf, {}, {}, true}},
              truth,
              tested.hessian(y, leaf),
              wide.hessian(y, leaf),
              columns};
    case Kind::hvp:
      return {{"Hessian-vector product", in, false, true, {y, leaf, {}, {}, true}},
              truth,
              tested.hvp(y, leaf, v),
              wide.hvp(y, leaf, v),
              columns};
    default:
      return {{"gradient", in, false, true, {y, leaf}},
              truth,
              tested.jacobian(y, leaf),
              wide.jacobian(y, leaf),
              columns};
  }
}

/// The engine's answer with what is proven of its recorded rule, as a check has it.
Entries engine_entries(EngineRules& rules, const Judgement& judgement, const Question& asked) {
  using Kind = Judgement::Kind;
  const Direction& of = asked.comparison.direction;
  const std::vector<Truth>& truth = asked.truth;
  Entries entries{asked.engine, asked.engine_in_double, truth, {}};
  const std::size_t columns = std::max<std::size_t>(asked.columns, 1);
  if (judgement.kind == Kind::grad)
    entries.claims = rules.gradient(of.leaf, truth);
  else if (judgement.kind == Kind::jacobian)
    entries.rule = by_row(
        columns, [=, &rules](std::size_t row) { return rules.jacobian_row(of.leaf, row, truth); });
  else if (judgement.kind == Kind::vjp)
    entries.rule = by_row(
        columns, [=, &rules](std::size_t) { return rules.vjp(of.leaf, of.cotangent, truth); });
  else if (judgement.kind == Kind::jvp)
    entries.rule = by_row(
        truth.size(), [=, &rules](std::size_t) { return rules.jvp(of.leaf, of.tangent, truth); });
  return entries;
}

/// Whether a check of the engine's own derivative would fail.
EngineStanding standing_of(JudgeContext& context, const Judgement& judgement,
                           const Question& asked) {
  Judgement plain = judgement;
  plain.tolerance.reset();
  Comparison comparison = asked.comparison;
  comparison.is_engine = true;
  EngineRules rules(context, plain);
  Outcome engine;
  context.compare(comparison, engine_entries(rules, plain, asked), context.tolerance(plain),
                  engine);
  if (engine.verdict == Verdict::fail) return EngineStanding::disagrees;
  return engine.verdict == Verdict::inconclusive ? EngineStanding::undecided
                                                 : EngineStanding::agrees;
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
  if (outcome.verdict != Verdict::fail) return outcome;
  outcome.worst->engine = asked.engine[outcome.worst->position()];
  outcome.worst->standing = standing_of(context, judgement, asked);
  context.note_wrong(asked.comparison, claimed, asked.truth, outcome);
  return outcome;
}

}  // namespace verigrad::runner
