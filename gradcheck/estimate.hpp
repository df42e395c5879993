#pragma once

#include <string>
#include <string_view>

namespace verigrad::gradcheck {

/// What a numeric derivative turned out to be at a point.
enum class EstimateStatus {
  ok,    ///< smooth: |value - truth| <= error_bar
  kink,  ///< two finite one-sided derivatives that differ: `left`, `right`, the truth is their hull
  jump,  ///< the function is not continuous at the point: no derivative
  edge,  ///< a one-sided derivative is infinite (sqrt at 0)
  noise,  ///< finite values, but no step separates the derivative from the noise; the bar is honest
  undefined  ///< the function is not defined at the point, or nowhere near it
};

/// "ok", "kink", "jump", "edge", "noise" or "undefined".
std::string_view to_string(EstimateStatus status);

/// The numeric estimate of one partial derivative.
///
/// With status `ok` and `noise` the truth lies in value ± error_bar; the bar of `noise` is infinite
/// where the function varies faster than its arguments can be told apart. With status `kink` every
/// number between `left` and `right`, each widened by error_bar, is a subgradient, and `value` is
/// the middle. With the other statuses `value` is NaN and `error_bar` infinite.
struct Estimate {
  double value = 0;
  double error_bar = 0;
  double left = 0;   ///< derivative towards smaller coordinates (equals value where smooth)
  double right = 0;  ///< derivative towards larger coordinates (equals value where smooth)
  EstimateStatus status = EstimateStatus::undefined;
  bool on_kink = false;  ///< the usable sides take another branch than the point itself
  std::string reason;    ///< one sentence in plain words when status is not ok, otherwise empty
  int evaluations = 0;   ///< evaluations of the path, shared by all outputs of one call
  double step = 0;       ///< largest step of the stencil chosen, 0 if none
  double noise = 0;      ///< bound used for the error of one function value on that stencil

  /// Distance of g from what the estimate allows: 0 inside the bar, and inside the hull at a kink;
  /// infinite for NaN; 0 for jump, edge and undefined, which allow everything.
  double excess(double g) const;
};

}  // namespace verigrad::gradcheck
