// The first look at a derivative, which suffices at smooth points well inside the domain.
#pragma once

#include <array>
#include <span>

#include "gradcheck/motion.hpp"
#include "gradcheck/reference.hpp"

namespace verigrad::gradcheck::detail {

/// The displacements of an early look: ± h and ± 2h, the wider ones last.
struct EarlySteps {
  static constexpr std::size_t lanes = 4;
  std::array<double, lanes> steps;
  double h;

  /// h is near `wanted`, and such that x ± 2h is exact for |x| > 2h.
  EarlySteps(double x, double wanted);
  double widest() const { return 2 * h; }
};

/// The step to begin with. A polynomial of degree 4 has no c_5: its rounding alone decides.
inline double early_step(const Motion& motion) { return motion.bends ? 0.0023 : 0.23; }
/// How far an operand may move beside its radius of smoothness.
inline constexpr double early_reach = 0.125;

/// A derivative from five values of f(x + t) = c_0 + c_1 t + c_2 t^2 + …, at 0, ± h and ± 2h. With
/// the central quotients q_k = (f(x + 2^k h) - f(x - 2^k h)) / (2^(k+1) h),
///
///   value       (4 q_0 - q_1) / 3 = c_1 - 4 c_5 h^4 - …
///   roundoff    3/2 times the error of one value of f, divided by h
///   truncation  4 |c_5| h^4 times a safety factor, with c_5 by Cauchy's estimate
///
/// Where every operand of an operation on the way moves by at most r times its radius of smoothness
/// when t moves by h, f is a power series with a radius of about h / r, and |c_k| (h / r)^k is at
/// most what f reaches on that circle. That is read off the coefficients that five values give:
///
///   |c_5| h^4 <= max over k = 1 … 4 of |c_k| h^(k-1) r^(5-k)
struct EarlyEstimate {
  double value = 0;
  double truncation = 0;
  double roundoff = 0;

  double h = 0, noise = 0;

  /// Whether rounding is what hides more digits: smaller steps would not help.
  bool in_noise() const { return truncation <= roundoff; }

  /// `values` are f at the steps, `here` is f(x), `noise` the error of one of them.
  EarlyEstimate(std::span<const double, EarlySteps::lanes> values, double here, double h, double r,
                double noise);

  /// Becomes the truth if its bar is at most `enough` times its size, or `enough_in_noise` times
  /// where rounding is what hides more digits.
  bool settle(double enough, double enough_in_noise, Truth& truth) const;
};

/// The error of a value of at most this magnitude, with value_noise `floor`.
double early_noise(double floor, double magnitude);

}  // namespace verigrad::gradcheck::detail
