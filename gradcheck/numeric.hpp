#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "gradcheck/estimate.hpp"

namespace verigrad::gradcheck {

/// What one evaluation of a path tells beside its values.
struct PathPoint {
  bool defined = true;       ///< false outside the domain; the values are then ignored
  std::uint64_t branch = 0;  ///< hash of which side of every kink was taken; constant if unknown
};

/// A function of one coordinate with m outputs: evaluates all of them at coordinate t.
/// t is the coordinate itself and not an offset, so that the step t - x is known exactly. A value
/// that is not finite counts as undefined for its output. Must be deterministic.
using Path = std::function<PathPoint(double t, std::span<double> values)>;

/// What is known about the function.
struct NumericOptions {
  /// Stated domain, its ends allowed: left only where x is an end and lies on a kink, to see the
  /// slope on the other side of it.
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
  double unit_roundoff = 0x1p-53;      ///< of the function's arithmetic (2^-24 for float)
  bool float_coordinates = false;      ///< the function rounds t to float: only floats are passed
  double noise_floor = 0;              ///< absolute error that one value may have beyond rounding
  std::vector<double> noise_floors{};  ///< the same for each output, when they differ
  int max_evaluations = 120;           ///< hard limit; ordinary points need 25 to 60

  /// Whether numbers of the domain have their own size for a scale: it has 0 for its only end, or
  /// its ends lie on one side of 0 and a factor 1000 or more apart.
  bool spans_scales() const {
    const double near = std::min(std::abs(lower), std::abs(upper));
    const double far = std::max(std::abs(lower), std::abs(upper));
    if (lower < 0 && upper > 0) return false;
    return near > 0 ? far >= 1000 * near : std::isinf(far);
  }
};

/// Derivatives of all outputs of `path` at x, each with an error bar that is meant as a bound.
///
/// Steps h form a geometric ladder over all scales between |x| (and 1) and rounding; every x ± h is
/// exact. Over windows of neighbouring steps the central quotients (f(x+h) - f(x-h)) / 2h are
/// extrapolated to h = 0 in h^2, the one-sided ones (f(x+h) - f(x)) / h in h (Richardson). A
/// window's bar is its truncation error (the change against the window without its largest step)
/// plus sum|weights| times the noise of f, which is measured by difference tables at the smallest
/// steps (after Moré & Wild, Estimating computational noise, SIAM J. Sci. Comput. 33, 2011) and is
/// never less than a few ulps. Among windows Lepski's rule decides: from small steps to large ones,
/// as long as all intervals so far have a common point, the one with the smallest bar. So a large
/// step that disagrees with small ones (aliasing, an unseen kink) is never believed.
///
/// A window must also explain how far f moves at smaller steps. Where it does not (aliasing, as of
/// sin(1e9 x)), the smallest steps that agree with each other are believed instead, and where none
/// do, nothing is claimed: status `noise` with an infinite bar.
///
/// Points whose `branch` differs from that of x are not used, unless x itself lies on the kink.
/// @throws std::invalid_argument if x is not finite or `outputs` is 0.
std::vector<Estimate> differentiate(const Path& path, double x, std::size_t outputs,
                                    const NumericOptions& options = {});

/// One evaluation of a function of two coordinates.
using Surface = std::function<PathPoint(double s, double t, std::span<double> values)>;

/// Mixed second partials d²f/ds dt of all outputs at (s, t): the derivative by s of the numeric
/// derivative by t, whose error bars are the noise of the outer one. For d²f/ds² see
/// differentiate_twice. `first` describes s, `second` t; the limit of evaluations holds for each
/// level.
std::vector<Estimate> differentiate_mixed(const Surface& surface, double s, double t,
                                          std::size_t outputs, const NumericOptions& first = {},
                                          const NumericOptions& second = {});

/// Second derivatives d²f/dt² of all outputs of `path` at x, by nesting likewise.
std::vector<Estimate> differentiate_twice(const Path& path, double x, std::size_t outputs,
                                          const NumericOptions& options = {});

}  // namespace verigrad::gradcheck
