// Derivatives against enclosures in ball arithmetic.
#include <algorithm>
#include <cmath>

#include "gradcheck/judge.hpp"
#include "gradcheck/reference.hpp"
#include "proof/evaluate.hpp"
#include "proof/program_function.hpp"
#include "properties/laws/law.hpp"
#include "properties/laws/vectors.hpp"

namespace verigrad::properties {
namespace {

using gradcheck::EntryVerdict;
using gradcheck::ProvenClaim;
using gradcheck::Truth;
using gradcheck::Verdict;

/// A random program that needs more is not decided; a proof takes some 1e4.
constexpr proof::Limits limits{.last_bits = 1024, .work = 1e6};

/// What is proven of the engine's own computation of v^T J by a leaf: whether its rules are right,
/// whatever rounding does to them. Nothing from an engine that does not write it down.
std::vector<ProvenClaim> proven_rules(const Trial& trial, std::size_t leaf,
                                      const std::vector<double>& v,
                                      const std::vector<Truth>& truths) {
  const auto recorded =
      trial.engine().recorded_gradient(trial.program(), trial.point(), trial.output(), leaf, v);
  if (!recorded || !gradcheck::all_proven(truths)) return {};
  const auto widened = [&](slong bits) {
    return gradcheck::enclosure_reference(trial.program(), trial.point(),
                                          {.first_bits = bits, .last_bits = bits},
                                          {.widened = true})
        ->vjp(trial.output(), leaf, {v});
  };
  return gradcheck::prove_claim({recorded->program, trial.point(), recorded->root, true}, truths,
                                widened, limits);
}

/// Rounding explains half of the digits, and 64 roundings of the terms that cancel.
bool is_rounding(double g, const Truth& truth) {
  const double error = std::abs(g - truth.estimate.value);
  return error <= 0x1p-26 * std::abs(truth.estimate.value) ||
         error <= 64 * unit_roundoff(DType::f64) * truth.paths.value_or(0);
}

/// `normal`: nothing had left the normal range before the proof, which may do so itself. Where the
/// rule is known, what its own computation left counts as well.
Outcome outcome_of(const EntryVerdict& entry, double g, const Truth& truth, bool rule_known,
                   bool normal) {
  if (entry.verdict == Verdict::pass || entry.verdict == Verdict::inaccurate) return Outcome::holds;
  if (entry.verdict == Verdict::inconclusive || !normal) return Outcome::undecided;
  if (rule_known && left_normal_range()) return Outcome::undecided;
  return !rule_known && is_rounding(g, truth) ? Outcome::holds : Outcome::fails;
}

/// Whether matrices are factorised on the way, which may be close to singular.
bool factorises(const Program& program) {
  return std::ranges::any_of(program.values(), [](const Value& value) {
    if (value.operation == nullptr) return false;
    const std::string_view name = value.operation->name();
    return inverts_matrix(*value.operation) || name == "det" || name == "logdet" ||
           name == "adjugate";
  });
}

/// sqrt(x - x) is smooth, but the chain rule has no value where it passes an infinite slope.
bool passes_infinite_slope(const Trial& trial, std::size_t leaf, std::size_t i,
                           const std::vector<double>& v, const Truth& truth) {
  if (truth.paths.value_or(0) == 0 || factorises(trial.program())) return true;
  const PerLeaf paths =
      gradcheck::path_magnitudes(trial.program(), trial.point(), trial.output(), v);
  return !std::isfinite(paths[leaf][i]);  // NaN is 0 * inf
}

LawResult proven(Trial& trial) {
  const PerLeaf& got = trial.gradient();
  const bool normal = !left_normal_range();
  const std::vector<double>& v = trial.v();
  const auto reference = gradcheck::enclosure_reference(trial.program(), trial.point(), limits);
  LawResult result;
  for (std::size_t leaf = 0; leaf < got.size(); ++leaf) {
    if (got[leaf].empty()) continue;
    const std::vector<Truth> truths = reference->vjp(trial.output(), leaf, {v});
    const std::vector<ProvenClaim> rules = proven_rules(trial, leaf, v, truths);
    for (std::size_t i = 0; i < truths.size(); ++i) {
      const double g = got[leaf][i];
      const ProvenClaim* rule = rules.empty() ? nullptr : &rules[i];
      const EntryVerdict entry = judge_proven(
          {g, g, true}, truths[i], rule, gradcheck::Tolerance::standard(DType::f64), DType::f64);
      Outcome outcome = outcome_of(entry, g, truths[i], rule != nullptr, normal);
      if (outcome == Outcome::holds) continue;
      if (entry.finding == gradcheck::Finding::not_a_number &&
          passes_infinite_slope(trial, leaf, i, v, truths[i]))
        outcome = Outcome::undecided;
      result = {outcome,
                fmt::format("entry {} of the gradient by {} is {:.17g}, truly {:.17g}{}{}", i,
                            trial.program().leaves()[leaf].name, g, truths[i].estimate.value,
                            entry.reason.empty() ? "" : ": ", entry.reason)};
      if (outcome == Outcome::fails) return result;
    }
  }
  return result;
}

/// J u, where all entries are enclosed and none meets a kink; else nothing.
std::vector<proof::Enclosure> forward_slopes(const Trial& trial, const PerLeaf& u) {
  if (proof::first_uncovered(trial.program(), trial.output()) != nullptr) return {};
  const auto direction = [&] {
    std::vector<proof::Motion> motions;
    for (std::size_t leaf = 0; leaf < u.size(); ++leaf)
      for (std::size_t i = 0; i < u[leaf].size(); ++i)
        motions.push_back({leaf, static_cast<std::int64_t>(i), proof::Ball(u[leaf][i])});
    return motions;
  };
  const proof::WorkLimit work(limits.work);
  try {
    auto slopes = proof::along(proof::function_of(trial.program(), trial.output()),
                               proof::constant_leaves(trial.program(), trial.point()), direction,
                               DType::f64, limits);
    const bool smooth = std::ranges::all_of(slopes, [](const proof::Enclosure& entry) {
      return entry.outcome == proof::Outcome::enclosed && !entry.kinked;
    });
    if (smooth) return slopes;
  } catch (const proof::WorkExhausted&) {
    // Nothing is decided.
  }
  return {};
}

/// Whether the slopes are the same backwards, and the values the engine's: which side of a jump or
/// kink is taken may hang on rounding.
bool is_regular(Trial& trial, const PerLeaf& u, const std::vector<proof::Enclosure>& slopes) {
  const std::vector<proof::Enclosure> backwards = forward_slopes(trial, scaled(-1, u));
  if (backwards.size() != slopes.size()) return false;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    const double value = slopes[i].value.midpoint();
    if (!slopes[i].derivative.overlaps(-backwards[i].derivative) ||
        std::abs(value - trial.value()[i]) > 0x1p-26 * std::abs(value))
      return false;
  }
  return true;
}

/// The engine's roundings are allowed for where they exceed 1e-11 of the terms. Those of values,
/// which sin(1e16 x) multiplies, are unknown: not for hostile points.
LawResult forward(Trial& trial) {
  const PerLeaf u = trial.tangents(2);
  const double backward = dot(u, trial.gradient());
  const bool normal = !left_normal_range();
  const std::vector<proof::Enclosure> slopes = forward_slopes(trial, u);
  if (slopes.size() != trial.v().size()) return {Outcome::undecided, "J u is not proven"};
  proof::Ball sum;
  for (std::size_t i = 0; i < slopes.size(); ++i)
    sum = sum + slopes[i].derivative * proof::Ball(trial.v()[i]);
  const double truth = sum.midpoint(), error = std::abs(truth - backward);
  if (is_within(error, 1e-11 * dot(magnitudes(u), magnitudes(trial.gradient())))) return {};
  const double allowed = dot(magnitudes(u), trial.bound());
  if (is_within(error, allowed)) return {};
  const bool decided = normal && std::isfinite(error) && std::isfinite(allowed) &&
                       !factorises(trial.program()) && is_regular(trial, u, slopes);
  return {decided ? Outcome::fails : Outcome::undecided,
          fmt::format("<J u, v> is proven {:.17g} but <u, J^T v> is {:.17g} (allowed {:.2g})",
                      truth, backward, allowed)};
}

constexpr Law laws_here[] = {
    {"forward", "A2, A4", "<J u, v> = <u, J^T v>, J u from power series in ball arithmetic",
     Cost::expensive, Where::regular_points, Ending::open, forward},
    {"proven", "A6", "v^T J and the engine's rules for it = the enclosure of v^T J",
     Cost::expensive, Where::anywhere, Ending::open, proven},
};

}  // namespace

std::span<const Law> proven_laws() { return laws_here; }

}  // namespace verigrad::properties
