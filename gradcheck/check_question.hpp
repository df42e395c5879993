// A derivative to be checked, with its types erased.
#pragma once

#include "gradcheck/callable.hpp"
#include "gradcheck/check_options.hpp"
#include "gradcheck/report.hpp"

namespace verigrad::gradcheck {

enum class DerivativeKind { gradient, vjp, jvp, jacobian, hessian };

struct Question {
  DerivativeKind kind = DerivativeKind::gradient;
  Callable function;
  Callable claimed;  ///< the derivative at x: of x's shape, the value's, or both joined
  Entries x;
  Entries vector{};  ///< of a product: the cotangent v or the tangent u
  bool float_input = false;
  bool float_function = false;  ///< it computes in float
  bool float_claim = false;     ///< the derivative is a float
};

/// Checks a black box. With g an entry of the claim, r and b its numeric derivative and error bar:
///
///   fail          |g - r| exceeds b plus the tolerance plus what rounding of g explains; or g is
///   NaN
///                 or infinite where r is finite
///   inaccurate    so it would, but for rounding: 64 u times the function's slopes, or how much g
///                 varies between neighbouring floating-point numbers
///   pass          it is within, and b is at most 1e-4 |r| (2^-4 |r| in float); or g is 0 and r
///                 is 0 within b, which is small beside the slopes around x
///   inconclusive  otherwise
///
/// Throws std::invalid_argument when x is not finite, or outside the domain, or when a vector or a
/// bound does not fit it.
Report answer(const Question& question, const CheckOptions& options);

/// The report of a Hessian with a problem added where it differs from its transpose by more than
/// the tolerance of both entries allows, and the truth does not.
Report with_symmetry(const Question& question, Report report, const CheckOptions& options);

}  // namespace verigrad::gradcheck
