#include "runner/judge_statement.hpp"

#include "engine/error.hpp"
#include "runner/judge_context.hpp"

namespace verigrad::runner {

using expressions::Judgement;
using gradcheck::Verdict;

DerivativeJudge::DerivativeJudge(const Sample& sample, std::uint64_t seed, const Options& options)
    : context_(std::make_unique<JudgeContext>(sample, seed, options)) {}

DerivativeJudge::~DerivativeJudge() = default;

Outcome DerivativeJudge::judge(const Judgement& judgement) {
  Outcome outcome;
  try {
    outcome = judgement.kind == Judgement::Kind::check ? judge_check(*context_, judgement)
                                                       : judge_claim(*context_, judgement);
  } catch (const gradcheck::WorkExhausted& exhausted) {
    outcome.raise(Verdict::inconclusive, exhausted.what());
  } catch (const Error& error) {
    outcome.raise(Verdict::fail, error.what());
  }
  if (outcome.method.empty()) outcome.method = context_->references.of(judgement).method();
  return outcome;
}

}  // namespace verigrad::runner
