#pragma once

#include <string>
#include <vector>

#include "gradcheck/claim_proof.hpp"
#include "gradcheck/reference.hpp"
#include "gradcheck/tolerance.hpp"
#include "gradcheck/verdict.hpp"

namespace verigrad::gradcheck {

/// Why an entry got its verdict.
enum class Finding {
  agrees,
  disagrees,     ///< off by more than bar, tolerance and rounding
  not_a_number,  ///< NaN or infinite where the truth is finite
  lost_digits,   ///< the rule is right, but its value in the precision under test is not
  unresolved,    ///< the error bar is too wide to tell
  kink,          ///< outside the one-sided derivatives: a convention
  jump,
  edge,
  undefined
};

/// The judgement of one entry.
struct EntryVerdict {
  Verdict verdict = Verdict::pass;
  Finding finding = Finding::agrees;
  /// -log10 of the relative error, the error bar included: how many digits were verified.
  double digits = 0;
  /// The relative error of an entry that disagrees, which orders several; 1 where the truth is 0.
  double relative_error = 0;
  std::string reason{};
};

/// One derivative entry as it was computed.
struct Candidate {
  double value = 0;        ///< in the precision under test
  double in_double = 0;    ///< by the same rule in double: equal to `value` for f64
  bool is_engine = false;  ///< at a kink an engine's convention is not an error
};

/// Judges one entry. With r the estimate, b its error bar and t the tolerance:
///
///   fail          the rule, evaluated in double, lies further than b + t from r (or from the hull
///                 of the one-sided derivatives at a kink), or is NaN or infinite where r is finite
///   inaccurate    the rule is right, but its value in float is further than t from it (where r is
///                 0 within b, 64 u times the function's slopes are allowed besides); or an
///                 engine's value is infinite where r is finite and not 0: an overflow on the way
///   pass          otherwise, when b is at most 1e-4 abs(r) (at a kink, of the hull's larger end);
///                 when both are 0 up to underflow; when r is 0 within b and g within 64 u times
///                 the terms that cancel (path_magnitudes.hpp); or when g is exactly 0, no path has
///                 a derivative, r is 0 within b, and b is at most 2^-26 times the slopes around
///                 the point
///   inconclusive  otherwise; at jumps, edges and in noise; and for an engine's value where x lies
///                 on a kink and the value is outside the hull: a convention
EntryVerdict judge(const Candidate& candidate, const Truth& truth, const Tolerance& tolerance,
                   DType dtype);

/// Judges one entry against a proven truth D, with C the claim's ball, g its value in the precision
/// under test, T the number of D that is nearest to g, e = |g - T|, u the unit roundoff, eta the
/// smallest positive number and A the derivative's paths by their absolute values:
///
///   fail          C is disjoint from D beyond rounding; or C is undefined and g not finite, or
///                 further off than the tolerance
///   pass          e is at most the tolerance plus 4 eta; or T is 0 or below eta / 2 and e is at
///                 most 64 u A + 4 eta, with g = 0 if A is 0; or, for f32 and its standard
///                 tolerance, e is at most 16 u A and a tenth of |T|
///   inaccurate    otherwise, when C is right
///   inconclusive  D or C is not decided; or an engine's value outside D at a kink, but where the
///                 operations' conventions may put it
///
/// Without C, and where C is an engine's rule and undecided, what does not pass is judged as by
/// `judge`.
EntryVerdict judge_proven(const Candidate& candidate, const Truth& truth, const ProvenClaim* claim,
                          const Tolerance& tolerance, DType dtype);

}  // namespace verigrad::gradcheck
