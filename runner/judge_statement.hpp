#pragma once

#include "expressions/instance.hpp"
#include "runner/options.hpp"
#include "runner/outcome.hpp"
#include "runner/points.hpp"

namespace verigrad::runner {

class JudgeContext;

/// Judges checks and claims of one sample; derivatives that several of them need are computed once.
class DerivativeJudge {
 public:
  DerivativeJudge(const Sample& sample, std::uint64_t seed, const Options& options);
  ~DerivativeJudge();

  /// Judges a check or claim at the sample's point.
  ///
  /// A check compares every entry of the engine's Jacobian, its VJP with a random cotangent and its
  /// JVP with a random tangent with the reference, and <Ju, v> with <u, Jᵀv>. A claim compares the
  /// claimed entries, and the engine's own for the diagnosis.
  Outcome judge(const expressions::Judgement& judgement);

 private:
  std::unique_ptr<JudgeContext> context_;
};

}  // namespace verigrad::runner
