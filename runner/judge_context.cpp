#include "runner/judge_context.hpp"

#include <algorithm>
#include <string_view>

#include "gradcheck/position.hpp"
#include "gradcheck/program_values.hpp"

namespace verigrad::runner {
namespace {

using expressions::Judgement;
using gradcheck::Candidate;
using gradcheck::EntryVerdict;
using gradcheck::ProvenClaim;
using gradcheck::Tolerance;
using gradcheck::Truth;
using gradcheck::Verdict;

}  // namespace

JudgeContext::JudgeContext(const Sample& given, std::uint64_t seed_of_run,
                           const Options& given_options)
    : sample(given),
      seed(seed_of_run),
      options(given_options),
      dtype(given.instance.program.dtype),
      references(given, given_options),
      rounding(given.instance.program, given.point) {}

Engines JudgeContext::engines(const Judgement& judgement) const {
  std::vector<ValueId> roots{judgement.output};
  for (ValueId extra : {judgement.claimed, judgement.vector})
    if (extra != no_value) roots.push_back(extra);
  Engines made;
  made.tested = gradcheck::engine_derivatives(program(), sample.point, roots, dtype);
  if (dtype == DType::f32)
    made.wide = gradcheck::engine_derivatives(program(), sample.point, roots, DType::f64);
  return made;
}

Tolerance JudgeContext::tolerance(const Judgement& judgement) const {
  Tolerance result = Tolerance::standard(dtype);
  const auto& set = judgement.settings;
  if (const auto ulps = options.max_ulps ? options.max_ulps : set.max_ulps) result.max_ulps = *ulps;
  result.relative = options.rtol ? options.rtol : set.rtol;
  if (judgement.tolerance) {
    result.relative = judgement.tolerance;
    result.forgives = true;
  }
  return result;
}

EntryVerdict JudgeContext::judge_entry(const Candidate& candidate, const Comparison& comparison,
                                       const Entries& entries, std::size_t i,
                                       const Tolerance& allowed, bool failed) {
  const Truth& truth = entries.truth[i];
  const auto by = [&](const ProvenClaim& claim) {
    return gradcheck::judge_proven(candidate, truth, &claim, allowed, dtype);
  };
  if (truth.proven && !entries.claims.empty()) return by(entries.claims[i]);
  const EntryVerdict verdict = judge_unproven(candidate, comparison, truth, i, allowed, failed);
  if (failed || !truth.proven || verdict.verdict != Verdict::fail || !entries.rule) return verdict;
  const ProvenClaim* claim = entries.rule(i);
  return claim ? by(*claim) : verdict;
}

EntryVerdict JudgeContext::judge_value(const Candidate& candidate, const Truth& truth,
                                       const Tolerance& allowed) const {
  return truth.proven ? gradcheck::judge_proven(candidate, truth, nullptr, allowed, dtype)
                      : gradcheck::judge(candidate, truth, allowed, dtype);
}

EntryVerdict JudgeContext::judge_unproven(const Candidate& candidate, const Comparison& comparison,
                                          const Truth& truth, std::size_t i,
                                          const Tolerance& allowed, bool failed) {
  using gradcheck::Finding;
  const auto judged = [&](const Truth& with) { return judge_value(candidate, with, allowed); };
  const EntryVerdict first = judged(truth);
  if (failed || (first.finding != Finding::disagrees && first.finding != Finding::unresolved))
    return first;
  const Truth terms = rounding.with_cancellation(comparison.direction, truth, i);
  const EntryVerdict second = judged(terms);
  if (second.finding != Finding::disagrees) return second;
  return judged(rounding.with_rounding(comparison.direction, terms, i));
}

void JudgeContext::note_wrong(const Comparison& comparison, const std::vector<double>& claimed,
                              const std::vector<Truth>& truth, Outcome& outcome) const {
  const Direction& of = comparison.direction;
  const std::vector<double>& input = sample.point[of.leaf];
  const bool gradient = std::string_view(comparison.what) == "gradient";
  std::vector<double> others;
  for (const NamedNumber& number : scalars_of(sample)) others.push_back(number.value);
  if (gradient)
    others.push_back(gradcheck::values_below(program(), sample.point, of.output).at(of.output)[0]);
  WrongDerivative wrong{
      .entries = {}, .shape = comparison.shape, .leaf = of.leaf, .v = of.cotangent};
  if (gradient) wrong.v = {1};
  for (std::size_t i = 0; i < claimed.size(); ++i)
    wrong.entries.push_back({.claimed = claimed[i],
                             .truth = truth[i].estimate.value,
                             .bar = truth[i].estimate.error_bar,
                             .input = comparison.by_input_entry ? input[i] : 1,
                             .entries = gradient ? static_cast<double>(input.size()) : 1,
                             .others = others});
  outcome.wrong = std::move(wrong);
}

void JudgeContext::compare(const Comparison& comparison, const Entries& entries,
                           const Tolerance& allowed, Outcome& outcome) {
  for (std::size_t i = 0; i < entries.tested.size(); ++i) {
    const Candidate candidate{entries.tested[i], entries.in_double[i], comparison.is_engine};
    WorstComparison entry{.verdict = judge_entry(candidate, comparison, entries, i, allowed,
                                                 outcome.verdict == Verdict::fail),
                          .index = {},
                          .shape = comparison.shape,
                          .analytic = entries.tested[i],
                          .truth = entries.truth[i],
                          .engine = {},
                          .leaf = comparison.direction.leaf,
                          .input = {},
                          .what = comparison.what};
    entry.index = gradcheck::unravelled(static_cast<std::int64_t>(i), comparison.shape);
    if (comparison.by_input_entry) entry.input = sample.point[comparison.direction.leaf][i];
    outcome.add(entry);
  }
}

}  // namespace verigrad::runner
