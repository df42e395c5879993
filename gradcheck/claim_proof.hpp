#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gradcheck/reference.hpp"
#include "proof/series.hpp"

namespace verigrad::gradcheck {

/// What is proven of one entry of a claim, the derivative that somebody says a function has.
struct ProvenClaim {
  enum class Status {
    right,      ///< not disjoint from the truth
    wrong,      ///< disjoint from the truth, whatever the rounding of its decimal numbers
    undefined,  ///< outside its domain at the point
    undecided   ///< at the limit of bits, or of work
  };
  Status status = Status::undecided;
  proof::Ball value{};
  std::string reason{};  ///< of what is undecided
};

/// The truths of a claim's entries where decimal numbers that the precision does not have are balls
/// of ± 2u relative, at a precision in bits.
using WidenedTruths = std::function<std::vector<Truth>(slong bits)>;

/// A claim beside the truths of its entries.
struct ClaimQuestion {
  /// The claim's entries as constants at the precision in force; `widened`: with such balls.
  std::function<std::vector<proof::Series>(bool widened)> claimed;
  const std::vector<Truth>& truths;
  WidenedTruths widened;
  DType dtype;
};

/// Evaluates a claim in balls, at doubling precision until each entry has as many certain bits as
/// the truth must have or is disjoint from it. With T the truth, an entry is wrong when it is
/// disjoint from it by more than 2u |T| (and half the smallest positive number when it is exactly
/// 0), and still so when decimal numbers on both sides are widened, if both are known then. A truth
/// that is not proven leaves its entry undecided.
std::vector<ProvenClaim> prove_claim(const ClaimQuestion& question,
                                     const proof::Limits& limits = {});

/// A value of a Program as a claim.
struct ClaimedValue {
  const Program& program;
  const Point& point;
  ValueId value;
  /// A recording, whose constant entries may be numbers that C++ code has rounded.
  bool recorded = false;
};

/// The same; nothing when one of the claim's operations has no proof.
std::vector<ProvenClaim> prove_claim(const ClaimedValue& claimed, const std::vector<Truth>& truths,
                                     const WidenedTruths& widened,
                                     const proof::Limits& limits = {});

}  // namespace verigrad::gradcheck
