#include "gradcheck/prove_answer.hpp"

#include "gradcheck/claim_proof.hpp"
#include "gradcheck/inquiry.hpp"
#include "gradcheck/proven_truth.hpp"
#include "proof/jacobian.hpp"
#include "proof/real.hpp"

namespace verigrad::gradcheck {
namespace {

/// For a WidenedConstants; 0 leaves constants as they are.
double widening(bool widened, DType dtype) { return widened ? unit_roundoff(dtype) : 0; }

/// Asks a ProofQuestion whose callables have been looked at.
class Prover {
 public:
  Prover(const ProofQuestion& question, DType dtype, const proof::Limits& limits)
      : question_(question), dtype_(dtype), limits_(limits) {}

  std::vector<Truth> truths() const { return truths(false, limits_); }

  /// Nothing when the claim is a value.
  std::vector<ProvenClaim> claims(const std::vector<Truth>& truths) const {
    if (!question_.claimed) return {};
    const auto claimed = [&](bool widened) {
      const proof::WidenedConstants constants(widening(widened, dtype_));
      return question_.claimed(std::vector{leaf()});
    };
    const auto widened = [&](slong bits) {
      return this->truths(true, {.first_bits = bits, .last_bits = bits});
    };
    return prove_claim({claimed, truths, widened, dtype_}, limits_);
  }

 private:
  std::vector<Truth> truths(bool widened, const proof::Limits& limits) const {
    const proof::WidenedConstants constants(widening(widened, dtype_));
    proof::Jacobian jacobian({question_.function}, {leaf()}, {true}, dtype_, limits);
    return truths_of(jacobian.by(0), limits);
  }

  proof::Field leaf() const {
    const Entries& x = question_.question.x;
    return {x.shape, {x.values.begin(), x.values.end()}};
  }

  const ProofQuestion& question_;
  DType dtype_;
  proof::Limits limits_;
};

}  // namespace

Report prove(const ProofQuestion& question, const CheckOptions& options,
             const proof::Limits& limits) {
  Inquiry inquiry(question.question, options, "enclosure");
  if (!inquiry.look()) return inquiry.report();
  const Prover prover(question, inquiry.dtype(), limits);
  const std::vector<Truth> truths = prover.truths();
  const std::vector<ProvenClaim> claims = prover.claims(truths);
  for (std::size_t k = 0; k < truths.size(); ++k) {
    const double g = inquiry.claim().values[k];
    inquiry.add_entry(
        k, truths[k],
        judge_proven({.value = g, .in_double = g}, truths[k], claims.empty() ? nullptr : &claims[k],
                     inquiry.tolerance(), inquiry.dtype()));
  }
  return inquiry.report();
}

}  // namespace verigrad::gradcheck
