// The first look at a derivative, which suffices at smooth points well inside the domain.
#pragma once

#include <array>
#include <span>

#include "gradcheck/motion.hpp"

namespace verigrad::gradcheck::detail {

/// The displacements of an early look: ± h, ± 2h, ± 4h, the widest ones last.
struct EarlySteps {
  static constexpr std::size_t lanes = 6;
  std::array<double, lanes> steps;
  double h;

  /// h is near `wanted`, and such that x ± 4h is exact for |x| > 4h.
  EarlySteps(double x, double wanted);
  double widest() const { return 4 * h; }
};

/// The step to begin with, and how far an operand may move beside its radius of smoothness.
inline constexpr double early_step = 0.0046;
inline constexpr double early_reach = 0.125;

/// A derivative from three central quotients q_k = (f(x + 2^k h) - f(x - 2^k h)) / (2^(k+1) h),
/// extrapolated to h = 0 in h^2:
///
///   value       (64 q_0 - 20 q_1 + q_2) / 45, with an error O(h^6)
///   truncation  what q_2 changed, of size O(h^4), times a safety factor
///   roundoff    (64 + 10 + 1/4) / 45 / h times the error of one value of f
///
/// Where every operation on the way moves within an eighth of its radius of smoothness, the
/// quotients are a power series in (2^k h)^2 whose terms shrink at least like (1 / 64)^k, and the
/// change by q_2 exceeds what it leaves.
struct EarlyEstimate {
  double value = 0;
  double truncation = 0;
  double roundoff = 0;
  /// Whether the quotients move like h^2, as far as the error of the values lets see.
  bool regular = false;
  /// Whether the change by q_2 may be the error of the values alone.
  bool in_noise = false;

  double bar() const { return truncation + roundoff; }

  /// `values` are f at the steps, `noise` is the error of one of them.
  EarlyEstimate(std::span<const double, EarlySteps::lanes> values, double h, double noise);
};

}  // namespace verigrad::gradcheck::detail
