#include "runner/judge_context.hpp"

#include <algorithm>

namespace verigrad::runner {
namespace {

using expressions::Judgement;
using gradcheck::Candidate;
using gradcheck::EntryVerdict;
using gradcheck::ProvenClaim;
using gradcheck::Tolerance;
using gradcheck::Truth;
using gradcheck::Verdict;

std::vector<std::int64_t> unravel(std::size_t flat, const Shape& shape) {
  std::vector<std::int64_t> index(shape.rank());
  auto rest = static_cast<std::int64_t>(flat);
  for (std::size_t d = shape.rank(); d-- > 0;) {
    index[d] = rest % shape[d];
    rest /= shape[d];
  }
  return index;
}

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

void JudgeContext::compare(const Comparison& comparison, const Entries& entries,
                           const Tolerance& allowed, Outcome& outcome) {
  const auto& [tested, wide, truth, claims] = entries;
  for (std::size_t i = 0; i < tested.size(); ++i) {
    const Candidate candidate{tested[i], wide[i], comparison.is_engine};
    const ProvenClaim* claim = claims.empty() || !truth[i].proven ? nullptr : &claims[i];
    WorstComparison entry{.verdict = judge_entry(candidate, comparison, truth[i], claim, i, allowed,
                                                 outcome.verdict == Verdict::fail),
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

}  // namespace verigrad::runner
