#include "runner/judge_statement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/error.hpp"
#include "gradcheck/claim_proof.hpp"
#include "gradcheck/engine_derivatives.hpp"
#include "runner/references.hpp"
#include "runner/rounding_terms.hpp"

namespace verigrad::runner {
namespace {

using expressions::Instance;
using expressions::Judgement;
using gradcheck::Candidate;
using gradcheck::EngineDerivatives;
using gradcheck::EntryVerdict;
using gradcheck::ProvenClaim;
using gradcheck::Reference;
using gradcheck::Tolerance;
using gradcheck::Truth;
using gradcheck::Verdict;
using Entries = std::vector<double>;

std::vector<std::int64_t> unravel(std::size_t flat, const Shape& shape) {
  std::vector<std::int64_t> index(shape.rank());
  auto rest = static_cast<std::int64_t>(flat);
  for (std::size_t d = shape.rank(); d-- > 0;) {
    index[d] = rest % shape[d];
    rest /= shape[d];
  }
  return index;
}

/// Dense, neither constant nor symmetric: what hides a transpose or a lost factor.
Entries random_direction(std::size_t size, Random& random, DType dtype) {
  Entries v(size);
  for (double& entry : v)
    entry = round_to(dtype, (random.uniform() < 0.5 ? -1 : 1) * random.uniform(0.5, 1.5));
  return v;
}

/// Products over an empty dim are exact zeros; their factors alone do not tell how many.
std::vector<Truth> completed(std::vector<Truth> products, const Shape& shape) {
  Truth zero;
  zero.estimate.status = gradcheck::EstimateStatus::ok;
  products.resize(static_cast<std::size_t>(shape.numel()), zero);
  return products;
}

/// What is compared in one statement: a derivative of one output by one input.
struct Comparison {
  const char* what;
  Shape shape;
  bool is_engine;
  bool by_input_entry;  ///< the derivative has the input's shape
  Direction direction{};
};

}  // namespace

struct DerivativeJudge::State {
  State(const Sample& given, std::uint64_t seed_of_run, const Options& given_options)
      : sample(given),
        seed(seed_of_run),
        options(given_options),
        dtype(given.instance.program.dtype),
        references(given, given_options),
        rounding(given.instance.program, given.point) {}

  const Sample& sample;
  std::uint64_t seed;
  const Options& options;
  DType dtype;
  References references;
  RoundingTerms rounding;

  const Program& program() const { return sample.instance.program; }

  /// The engine in the precision under test, and in double: the same object for f64.
  struct Engines {
    std::unique_ptr<EngineDerivatives> tested, wide;
    EngineDerivatives& in_double() { return wide ? *wide : *tested; }
  };

  Engines engines(const Judgement& judgement) const {
    std::vector<ValueId> roots{judgement.output};
    for (ValueId extra : {judgement.claimed, judgement.vector})
      if (extra != no_value) roots.push_back(extra);
    Engines made;
    made.tested = gradcheck::engine_derivatives(program(), sample.point, roots, dtype);
    if (dtype == DType::f32)
      made.wide = gradcheck::engine_derivatives(program(), sample.point, roots, DType::f64);
    return made;
  }

  Tolerance tolerance(const Judgement& judgement) const {
    Tolerance result = Tolerance::standard(dtype);
    const auto& set = judgement.settings;
    if (const auto ulps = options.max_ulps ? options.max_ulps : set.max_ulps)
      result.max_ulps = *ulps;
    result.relative = options.rtol ? options.rtol : set.rtol;
    if (judgement.tolerance) {
      result.relative = judgement.tolerance;
      result.forgives = true;
    }
    return result;
  }

  /// Judges an entry; what rounding may explain is looked at before it is called wrong or
  /// undecided, unless the statement has failed already.
  EntryVerdict judge_entry(const Candidate& candidate, const Comparison& comparison,
                           const Truth& truth, const ProvenClaim* claim, std::size_t i,
                           const Tolerance& allowed, bool failed) {
    using gradcheck::Finding;
    const auto judged = [&](const Truth& with) {
      return with.proven ? gradcheck::judge_proven(candidate, with, claim, allowed, dtype)
                         : gradcheck::judge(candidate, with, allowed, dtype);
    };
    const EntryVerdict first = judged(truth);
    if (failed || claim ||
        (first.finding != Finding::disagrees && first.finding != Finding::unresolved))
      return first;
    const Truth terms = rounding.with_cancellation(comparison.direction, truth, i);
    const EntryVerdict second = judged(terms);
    if (second.finding != Finding::disagrees) return second;
    return judged(rounding.with_rounding(comparison.direction, terms, i));
  }

  /// `claims` are the proofs beside the entries; none where nothing is proven of them.
  void compare(const Comparison& comparison, const Entries& tested, const Entries& wide,
               const std::vector<Truth>& truth, const std::vector<ProvenClaim>& claims,
               const Tolerance& allowed, Outcome& outcome) {
    for (std::size_t i = 0; i < tested.size(); ++i) {
      const Candidate candidate{tested[i], wide[i], comparison.is_engine};
      const ProvenClaim* claim = claims.empty() || !truth[i].proven ? nullptr : &claims[i];
      WorstComparison entry{.verdict = judge_entry(candidate, comparison, truth[i], claim, i,
                                                   allowed, outcome.verdict == Verdict::fail),
                            .index = {},
                            .shape = comparison.shape,
                            .analytic = tested[i],
                            .truth = truth[i],
                            .engine = {},
                            .leaf = comparison.direction.leaf,
                            .input = {},
                            .what = comparison.what};
      entry.index = unravel(i, comparison.shape);
      if (comparison.by_input_entry) entry.input = sample.point[comparison.direction.leaf][i];
      outcome.add(entry);
    }
  }

  Outcome check(const Judgement& judgement);
  void check_leaf(const Judgement& judgement, std::size_t leaf, Engines& engine, Outcome& outcome);
  void check_adjoint(ValueId y, std::size_t leaf, const Entries& u, const Entries& v,
                     const Entries& forward, const Entries& backward,
                     const std::vector<Truth>& jacobian, Outcome& outcome);
  Outcome claim(const Judgement& judgement);
  struct Question {
    Comparison comparison;
    std::vector<Truth> truth;
    Entries engine, engine_in_double;
  };
  std::vector<Truth> truths(const Judgement& judgement, Reference& reference,
                            const Entries& v) const;
  Question question(const Judgement& judgement, Engines& engine, const Entries& v);
  void diagnose(const Question& asked, const Entries& claimed, const Tolerance& allowed,
                Outcome& outcome) const;
};

Outcome DerivativeJudge::State::check(const Judgement& judgement) {
  Outcome outcome;
  Engines engine = engines(judgement);
  for (std::size_t leaf : judgement.wrt) check_leaf(judgement, leaf, engine, outcome);
  return outcome;
}

void DerivativeJudge::State::check_leaf(const Judgement& judgement, std::size_t leaf,
                                        Engines& engine, Outcome& outcome) {
  const Shape& out = program().shape(judgement.output);
  const Shape& in = program().leaves()[leaf].shape;
  const bool scalar = out.rank() == 0;
  const Tolerance allowed = tolerance(judgement);
  Reference& reference = references.of(judgement);
  const std::vector<Truth>& truth = reference.jacobian(judgement.output, leaf);
  const ValueId y = judgement.output;

  compare(
      {scalar ? "gradient" : "Jacobian", scalar ? in : joined(out, in), true, scalar, {y, leaf}},
      engine.tested->jacobian(y, leaf), engine.in_double().jacobian(y, leaf), truth, {}, allowed,
      outcome);
  if (out.numel() == 0 || in.numel() == 0) return;

  Random random = Random::stream(seed, static_cast<std::uint64_t>(sample.index), 0x76, leaf);
  const Entries v = random_direction(static_cast<std::size_t>(out.numel()), random, dtype);
  const Entries u = random_direction(static_cast<std::size_t>(in.numel()), random, dtype);
  const Entries backward = engine.in_double().vjp(y, leaf, v);
  const Entries forward = engine.in_double().jvp(y, leaf, u);
  compare({"vector-Jacobian product", in, true, true, {y, leaf, v}}, engine.tested->vjp(y, leaf, v),
          backward, reference.vjp(y, leaf, {v}), {}, allowed, outcome);
  compare({"Jacobian-vector product", out, true, false, {y, leaf, {}, u}},
          engine.tested->jvp(y, leaf, u), forward, reference.jvp(y, leaf, {u}), {}, allowed,
          outcome);
  check_adjoint(y, leaf, u, v, forward, backward, truth, outcome);
}

/// <Ju, v> and <u, Jᵀv> are one number; they may differ by the rounding of their terms.
void DerivativeJudge::State::check_adjoint(ValueId y, std::size_t leaf, const Entries& u,
                                           const Entries& v, const Entries& forward,
                                           const Entries& backward,
                                           const std::vector<Truth>& jacobian, Outcome& outcome) {
  double left = 0, right = 0, terms = 0;
  for (std::size_t i = 0; i < v.size(); ++i) left += forward[i] * v[i];
  for (std::size_t j = 0; j < u.size(); ++j) right += u[j] * backward[j];
  for (std::size_t i = 0; i < v.size(); ++i)
    for (std::size_t j = 0; j < u.size(); ++j)
      terms += std::abs(v[i] * u[j] * jacobian[i * u.size() + j].estimate.value);
  if (!std::isfinite(left) || !std::isfinite(right) || !std::isfinite(terms)) return;
  Truth truth;
  truth.estimate = {.value = right,
                    .error_bar = 0x1p-26 * terms,
                    .left = right,
                    .right = right,
                    .status = gradcheck::EstimateStatus::ok,
                    .reason = {}};
  truth.scale = terms;
  const Comparison asked{
      "adjoint identity <Ju, v> = <u, J'v>", Shape(), true, false, {y, leaf, v, u}};
  const Candidate candidate{left, left, true};
  const EntryVerdict verdict =
      gradcheck::judge(candidate, rounding.with_cancellation(asked.direction, truth, 0),
                       Tolerance::standard(DType::f64), DType::f64);
  ++outcome.comparisons;
  if (verdict.verdict != Verdict::fail) return;
  outcome.add({.verdict = verdict,
               .index = {},
               .shape = asked.shape,
               .analytic = left,
               .truth = truth,
               .engine = {},
               .leaf = leaf,
               .input = {},
               .what = asked.what});
}

std::vector<Truth> DerivativeJudge::State::truths(const Judgement& judgement, Reference& reference,
                                                  const Entries& v) const {
  using Kind = Judgement::Kind;
  const std::size_t leaf = judgement.wrt.front();
  const ValueId y = judgement.output;
  const gradcheck::Vector vector{v, judgement.vector};
  switch (judgement.kind) {
    case Kind::vjp:
      return completed(reference.vjp(y, leaf, vector), program().leaves()[leaf].shape);
    case Kind::jvp:
      return completed(reference.jvp(y, leaf, vector), program().shape(y));
    case Kind::hessian:
      return reference.hessian(y, leaf);
    case Kind::hvp:
      return reference.hvp(y, leaf, vector);
    default:
      return reference.jacobian(y, leaf);
  }
}

DerivativeJudge::State::Question DerivativeJudge::State::question(const Judgement& judgement,
                                                                  Engines& engine,
                                                                  const Entries& v) {
  using Kind = Judgement::Kind;
  const std::size_t leaf = judgement.wrt.front();
  const ValueId y = judgement.output;
  const Shape& out = program().shape(y);
  const Shape& in = program().leaves()[leaf].shape;
  EngineDerivatives &tested = *engine.tested, &wide = engine.in_double();
  const std::vector<Truth> truth = truths(judgement, references.of(judgement), v);
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

Outcome DerivativeJudge::State::claim(const Judgement& judgement) {
  Outcome outcome;
  Engines engine = engines(judgement);
  const Entries v =
      judgement.vector == no_value ? Entries() : engine.tested->value(judgement.vector);
  const Question asked = question(judgement, engine, v);
  const Entries claimed = engine.tested->value(judgement.claimed);
  const Entries claimed_in_double = engine.in_double().value(judgement.claimed);
  const Tolerance allowed = tolerance(judgement);
  const auto widened = [&] { return truths(judgement, references.widened(), v); };
  const bool proven =
      std::ranges::all_of(asked.truth, [](const Truth& t) { return t.proven != nullptr; });
  const std::vector<ProvenClaim> claims =
      proven ? gradcheck::prove_claim(program(), sample.point, judgement.claimed, asked.truth,
                                      widened, references.limits(judgement))
             : std::vector<ProvenClaim>();
  compare(asked.comparison, claimed, claimed_in_double, asked.truth, claims, allowed, outcome);
  if (outcome.verdict == Verdict::fail) diagnose(asked, claimed, allowed, outcome);
  return outcome;
}

void DerivativeJudge::State::diagnose(const Question& asked, const Entries& claimed,
                                      const Tolerance& allowed, Outcome& outcome) const {
  WorstComparison& worst = *outcome.worst;
  std::size_t at = 0;
  for (std::size_t d = 0; d < worst.index.size(); ++d)
    at = at * static_cast<std::size_t>(worst.shape[d]) + static_cast<std::size_t>(worst.index[d]);
  worst.engine = asked.engine[at];
  worst.engine_agrees = true;
  for (std::size_t i = 0; i < asked.engine.size(); ++i) {
    const Candidate engine{asked.engine[i], asked.engine_in_double[i], true};
    const Truth& truth = asked.truth[i];
    const EntryVerdict verdict =
        truth.proven ? gradcheck::judge_proven(engine, truth, nullptr, allowed, dtype)
                     : gradcheck::judge(engine, truth, allowed, dtype);
    if (verdict.verdict == Verdict::fail) worst.engine_agrees = false;
  }
  const Entries& input = sample.point[worst.leaf];
  Entries others;
  for (const NamedNumber& number : scalars_of(sample)) others.push_back(number.value);
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

DerivativeJudge::DerivativeJudge(const Sample& sample, std::uint64_t seed, const Options& options)
    : state_(std::make_unique<State>(sample, seed, options)) {}

DerivativeJudge::~DerivativeJudge() = default;

Outcome DerivativeJudge::judge(const Judgement& judgement) {
  Outcome outcome;
  try {
    outcome = judgement.kind == Judgement::Kind::check ? state_->check(judgement)
                                                       : state_->claim(judgement);
  } catch (const gradcheck::WorkExhausted& exhausted) {
    outcome.raise(Verdict::inconclusive, exhausted.what());
  } catch (const Error& error) {
    outcome.raise(Verdict::fail, error.what());
  }
  outcome.method = state_->references.of(judgement).method();
  return outcome;
}

}  // namespace verigrad::runner
