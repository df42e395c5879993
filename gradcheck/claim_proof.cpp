#include "gradcheck/claim_proof.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "proof/evaluate.hpp"
#include "proof/work.hpp"

namespace verigrad::gradcheck {
namespace {

using proof::Ball;
using proof::Series;
using Status = ProvenClaim::Status;

/// The least precision at which decimal numbers are widened: their radius is far greater than its
/// rounding.
constexpr slong widened_bits = 256;

Ball absolute(const Ball& ball) {
  Ball size;
  arb_abs(size.get(), ball.get());
  return size;
}

/// Whether every number of the claim lies on one side of all of the truth's, `sign` > 0: above,
/// further than rounding explains.
bool beyond(const Ball& claim, const Ball& truth, int sign, DType dtype) {
  Ball allowed = absolute(truth) * Ball(2 * unit_roundoff(dtype));
  if (claim.is(0)) allowed = allowed + Ball(1).scaled(dtype == DType::f64 ? -1075 : -150);
  const Ball distance = sign > 0 ? claim - truth : truth - claim;
  return arb_gt(distance.get(), allowed.get());
}

/// Whether the claim is disjoint from the truth, at a kink from all between its sides.
bool apart(const Ball& claim, const proof::Enclosure& truth, DType dtype) {
  const Ball& left = truth.kinked ? truth.left : truth.derivative;
  const Ball& right = truth.kinked ? truth.right : truth.derivative;
  return (beyond(claim, left, 1, dtype) && beyond(claim, right, 1, dtype)) ||
         (beyond(claim, left, -1, dtype) && beyond(claim, right, -1, dtype));
}

bool is_proven(const Truth& truth) {
  return truth.proven && truth.proven->outcome == proof::Outcome::enclosed;
}

class ClaimProof {
 public:
  ClaimProof(const ClaimQuestion& question, const proof::Limits& limits)
      : question_(question), limits_(limits), claims_(question.truths.size()) {}

  std::vector<ProvenClaim> run() {
    limited(Status::undecided, [&] {
      for (slong bits = limits_.first_bits; bits <= limits_.last_bits && any_open(); bits *= 2)
        refine(bits);
    });
    limited(Status::wrong, [&] { reconsider(); });
    return std::move(claims_);
  }

 private:
  const Truth& truth(std::size_t i) const { return question_.truths[i]; }
  bool is_open(std::size_t i) const {
    return claims_[i].status == Status::undecided && is_proven(truth(i));
  }
  /// Runs a step; claims that are `open` when its work is exhausted are undecided.
  template <class F>
  void limited(Status open, F step) {
    const proof::WorkLimit limit(limits_.work, limits_.seconds);
    try {
      step();
    } catch (const proof::WorkExhausted& exhausted) {
      for (ProvenClaim& claim : claims_) {
        if (claim.status != open) continue;
        claim.status = Status::undecided;
        claim.reason = exhausted.what();
      }
    }
  }

  bool any_open() const {
    for (std::size_t i = 0; i < claims_.size(); ++i)
      if (is_open(i)) return true;
    return false;
  }

  void refine(slong bits) {
    const proof::Precision precision(bits);
    const std::vector<Series> entries = question_.claimed(false);
    for (std::size_t i = 0; i < claims_.size(); ++i)
      if (is_open(i)) refine(claims_[i], entries[i], truth(i));
  }

  void refine(ProvenClaim& claim, const Series& entry, const Truth& beside) {
    claim.reason = fmt::format("the claim is undecided at {} bits", proof::working_bits);
    if (!entry.ok()) {
      if (entry.status() != proof::Status::undecided) claim.status = Status::undefined;
      return;
    }
    claim.value = entry.value();
    const DType dtype = question_.dtype;
    if (apart(claim.value, *beside.proven, dtype)) {
      claim.status = Status::wrong;
      enough_bits_ = std::max({enough_bits_, proof::working_bits, beside.proven->bits});
    } else if (proof::sharp(claim.value, limits_, dtype)) {
      claim.status = Status::right;
    }
  }

  /// What only the rounding of decimal numbers sets apart is not wrong.
  void reconsider() {
    const auto is_wrong = [](const ProvenClaim& claim) { return claim.status == Status::wrong; };
    if (std::ranges::none_of(claims_, is_wrong)) return;
    const std::vector<Truth> widened = question_.widened(enough_bits_);
    const proof::Precision precision(enough_bits_);
    const std::vector<Series> entries = question_.claimed(true);
    for (std::size_t i = 0; i < claims_.size(); ++i) {
      if (!is_wrong(claims_[i])) continue;
      const Series& entry = entries[i];
      const proof::Enclosure& truth = *widened[i].proven;
      if (!entry.ok() || truth.bits == 0 || !apart(entry.value(), truth, question_.dtype))
        claims_[i].status = Status::right;
    }
  }

  const ClaimQuestion& question_;
  const proof::Limits& limits_;
  std::vector<ProvenClaim> claims_;
  slong enough_bits_ = widened_bits;  ///< at which wrong claims are disjoint from the truth
};

}  // namespace

std::vector<ProvenClaim> prove_claim(const ClaimQuestion& question, const proof::Limits& limits) {
  return ClaimProof(question, limits).run();
}

std::vector<ProvenClaim> prove_claim(const ClaimedValue& claimed, const std::vector<Truth>& truths,
                                     const WidenedTruths& widened, const proof::Limits& limits) {
  const auto& [program, point, value, recorded] = claimed;
  if (proof::first_uncovered(program, value)) return {};
  const auto entries = [&](bool wide) {
    const proof::Reading reading{.widened = wide, .widened_entries = wide && recorded};
    return proof::evaluate(program, point, value, reading).entries;
  };
  return prove_claim({entries, truths, widened, program.dtype}, limits);
}

}  // namespace verigrad::gradcheck
