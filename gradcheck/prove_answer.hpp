// A gradient to be proven, with its types erased.
#pragma once

#include "gradcheck/check_question.hpp"
#include "proof/germs.hpp"

namespace verigrad::gradcheck {

struct ProofQuestion {
  Question question;             ///< in floating point, a gradient
  proof::GermFunction function;  ///< of one leaf, x
  proof::GermFunction claimed;   ///< the gradient; empty when it is a value
};

/// Judges every entry by `judge_proven`; entries of which nothing is proven are inconclusive.
/// Throws what `answer` throws.
Report prove(const ProofQuestion& question, const CheckOptions& options,
             const proof::Limits& limits);

}  // namespace verigrad::gradcheck
