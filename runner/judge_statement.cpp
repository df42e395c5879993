#include "runner/judge_statement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/error.hpp"
#include "gradcheck/engine_derivatives.hpp"
#include "gradcheck/path_magnitudes.hpp"
#include "gradcheck/reference.hpp"
#include "gradcheck/value_noise.hpp"

namespace verigrad::runner {
namespace {

using expressions::Instance;
using expressions::Judgement;
using gradcheck::Candidate;
using gradcheck::EngineDerivatives;
using gradcheck::EntryVerdict;
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

Shape joined(const Shape& a, const Shape& b) {
  std::vector<std::int64_t> sizes(a.begin(), a.end());
  sizes.insert(sizes.end(), b.begin(), b.end());
  if (sizes.size() > Shape::max_rank) return Shape{a.numel(), b.numel()};
  return Shape(std::span<const std::int64_t>(sizes));
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
  std::size_t leaf;
  bool is_engine;
  bool by_input_entry;  ///< the derivative has the input's shape
  ValueId output = no_value;
  Entries cotangent{};  ///< of a vector-Jacobian product
  Entries tangent{};    ///< of a Jacobian-vector product
  bool second_order = false;
};

/// Beyond this many entries in one value the terms that cancel are not looked for.
constexpr std::int64_t small_value = 256;

}  // namespace

struct DerivativeJudge::State {
  State(const Sample& given, std::uint64_t seed_of_run, const Options& given_options)
      : sample(given),
        seed(seed_of_run),
        options(given_options),
        dtype(given.instance.program.dtype),
        reference(gradcheck::finite_difference_reference(given.instance.program, given.point,
                                                         {.seconds = given_options.timeout_s})) {}

  const Sample& sample;
  std::uint64_t seed;
  const Options& options;
  DType dtype;
  std::unique_ptr<gradcheck::Reference> reference;

  ValueId last_output = no_value;
  Entries last_cotangent;
  gradcheck::PerLeaf last_terms;

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
    if (judgement.tolerance) result.relative = judgement.tolerance;
    return result;
  }

  /// The truth of entry i with the terms that may cancel in its evaluation, for small programs.
  Truth with_cancellation(const Comparison& asked, Truth truth, std::size_t i) {
    for (const Value& value : program().values())
      if (asked.second_order || value.shape.numel() > small_value) return truth;
    const std::size_t columns = sample.point[asked.leaf].size();
    const bool by_rows = asked.cotangent.empty() && asked.tangent.empty();
    Entries v = asked.cotangent;
    if (v.empty()) {
      v.assign(static_cast<std::size_t>(program().shape(asked.output).numel()), 0.0);
      v[by_rows ? i / columns : i] = 1;
    }
    const Entries& terms = path_terms(asked.output, v, asked.leaf);
    if (terms.empty()) return truth;
    double size = 0;
    if (asked.tangent.empty()) {
      size = terms[by_rows ? i % columns : i];
    } else {
      for (std::size_t j = 0; j < columns; ++j) size += terms[j] * std::abs(asked.tangent[j]);
    }
    if (std::isfinite(size)) truth.paths = size;
    return truth;
  }

  /// The truth of entry i with what the roundings of the function's values do to its gradient.
  Truth with_rounding(const Comparison& asked, Truth truth, std::size_t i) const {
    const std::size_t columns = sample.point[asked.leaf].size();
    if (asked.second_order || columns > small_value) return truth;
    const bool by_rows = asked.cotangent.empty() && asked.tangent.empty();
    Entries v = asked.cotangent;
    if (v.empty()) {
      v.assign(static_cast<std::size_t>(program().shape(asked.output).numel()), 0.0);
      v[by_rows ? i / columns : i] = 1;
    }
    const auto noise = [&](std::size_t entry) {
      return gradcheck::gradient_noise(program(), sample.point, asked.output, v, asked.leaf, entry);
    };
    if (asked.tangent.empty()) {
      truth.rounding = noise(by_rows ? i % columns : i);
    } else {
      for (std::size_t j = 0; j < columns; ++j)
        truth.rounding += std::abs(asked.tangent[j]) * noise(j);
    }
    return truth;
  }

  /// path_magnitudes for one leaf; the last answer is kept, since entries of a row ask in turn.
  /// Empty where an operation has no derivative.
  const Entries& path_terms(ValueId output, const Entries& v, std::size_t leaf) {
    if (output != last_output || v != last_cotangent) {
      last_output = output;
      last_cotangent = v;
      try {
        last_terms = gradcheck::path_magnitudes(program(), sample.point, output, v);
      } catch (const Error&) {
        last_terms.assign(sample.point.size(), {});
      }
    }
    return last_terms[leaf];
  }

  void compare(const Comparison& comparison, const Entries& tested, const Entries& wide,
               const std::vector<Truth>& truth, const Tolerance& allowed, Outcome& outcome) {
    for (std::size_t i = 0; i < tested.size(); ++i) {
      const Candidate candidate{tested[i], wide[i], comparison.is_engine};
      EntryVerdict verdict = gradcheck::judge(candidate, truth[i], allowed, dtype);
      if (verdict.finding == gradcheck::Finding::disagrees ||
          verdict.finding == gradcheck::Finding::unresolved)
        verdict =
            gradcheck::judge(candidate, with_cancellation(comparison, truth[i], i), allowed, dtype);
      if (verdict.finding == gradcheck::Finding::disagrees)
        verdict = gradcheck::judge(
            candidate, with_rounding(comparison, with_cancellation(comparison, truth[i], i), i),
            allowed, dtype);
      WorstComparison entry{.verdict = verdict,
                            .index = {},
                            .shape = comparison.shape,
                            .analytic = tested[i],
                            .truth = truth[i],
                            .engine = {},
                            .leaf = comparison.leaf,
                            .input = {},
                            .what = comparison.what};
      entry.index = unravel(i, comparison.shape);
      if (comparison.by_input_entry) entry.input = sample.point[comparison.leaf][i];
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
  Question question(const Judgement& judgement, Engines& engine);
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
  const std::vector<Truth>& truth = reference->jacobian(judgement.output, leaf);
  const ValueId y = judgement.output;

  compare({scalar ? "gradient" : "Jacobian", scalar ? in : joined(out, in), leaf, true, scalar, y},
          engine.tested->jacobian(y, leaf), engine.in_double().jacobian(y, leaf), truth, allowed,
          outcome);
  if (out.numel() == 0 || in.numel() == 0) return;

  Random random = Random::stream(seed, static_cast<std::uint64_t>(sample.index), 0x76, leaf);
  const Entries v = random_direction(static_cast<std::size_t>(out.numel()), random, dtype);
  const Entries u = random_direction(static_cast<std::size_t>(in.numel()), random, dtype);
  const Entries backward = engine.in_double().vjp(y, leaf, v);
  const Entries forward = engine.in_double().jvp(y, leaf, u);
  compare({"vector-Jacobian product", in, leaf, true, true, y, v}, engine.tested->vjp(y, leaf, v),
          backward, gradcheck::vjp_of(truth, v), allowed, outcome);
  compare({"Jacobian-vector product", out, leaf, true, false, y, {}, u},
          engine.tested->jvp(y, leaf, u), forward, gradcheck::jvp_of(truth, u), allowed, outcome);
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
      "adjoint identity <Ju, v> = <u, J'v>", Shape(), leaf, true, false, y, v, u};
  const Candidate candidate{left, left, true};
  const EntryVerdict verdict = gradcheck::judge(candidate, with_cancellation(asked, truth, 0),
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

DerivativeJudge::State::Question DerivativeJudge::State::question(const Judgement& judgement,
                                                                  Engines& engine) {
  using Kind = Judgement::Kind;
  const std::size_t leaf = judgement.wrt.front();
  const ValueId y = judgement.output;
  const Shape& out = program().shape(y);
  const Shape& in = program().leaves()[leaf].shape;
  EngineDerivatives &tested = *engine.tested, &wide = engine.in_double();
  const Entries v =
      judgement.vector == no_value ? Entries() : engine.tested->value(judgement.vector);
  switch (judgement.kind) {
    case Kind::jacobian:
      return {{"Jacobian", joined(out, in), leaf, false, out.rank() == 0, y},
              reference->jacobian(y, leaf),
              tested.jacobian(y, leaf),
              wide.jacobian(y, leaf)};
    case Kind::vjp:
      return {{"vector-Jacobian product", in, leaf, false, true, y, v},
              completed(gradcheck::vjp_of(reference->jacobian(y, leaf), v), in),
              tested.vjp(y, leaf, v),
              wide.vjp(y, leaf, v)};
    case Kind::jvp:
      return {{"Jacobian-vector product", out, leaf, false, false, y, {}, v},
              completed(gradcheck::jvp_of(reference->jacobian(y, leaf), v), out),
              tested.jvp(y, leaf, v),
              wide.jvp(y, leaf, v)};
    case Kind::hessian:
      return {{"Hessian", joined(in, in), leaf, false, false, y, {}, {}, true},
              reference->hessian(y, leaf),
              tested.hessian(y, leaf),
              wide.hessian(y, leaf)};
    case Kind::hvp:
      return {{"Hessian-vector product", in, leaf, false, true, y, {}, {}, true},
              gradcheck::jvp_of(reference->hessian(y, leaf), v),
              tested.hvp(y, leaf, v),
              wide.hvp(y, leaf, v)};
    default:
      return {{"gradient", in, leaf, false, true, y},
              reference->jacobian(y, leaf),
              tested.jacobian(y, leaf),
              wide.jacobian(y, leaf)};
  }
}

Outcome DerivativeJudge::State::claim(const Judgement& judgement) {
  Outcome outcome;
  Engines engine = engines(judgement);
  const Question asked = question(judgement, engine);
  const Entries claimed = engine.tested->value(judgement.claimed);
  const Entries claimed_in_double = engine.in_double().value(judgement.claimed);
  const Tolerance allowed = tolerance(judgement);
  compare(asked.comparison, claimed, claimed_in_double, asked.truth, allowed, outcome);
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
    if (gradcheck::judge(engine, asked.truth[i], allowed, dtype).verdict == Verdict::fail)
      worst.engine_agrees = false;
  }
  const Entries& input = sample.point[worst.leaf];
  for (std::size_t i = 0; i < claimed.size(); ++i)
    outcome.entries.push_back({.claimed = claimed[i],
                               .truth = asked.truth[i].estimate.value,
                               .bar = asked.truth[i].estimate.error_bar,
                               .input = asked.comparison.by_input_entry ? input[i] : 1,
                               .entries = static_cast<double>(input.size())});
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
  return outcome;
}

}  // namespace verigrad::runner
