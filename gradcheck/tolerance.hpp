#pragma once

#include <optional>

#include "engine/program.hpp"

namespace verigrad::gradcheck {

/// How far a derivative may lie from the truth without being wrong.
struct Tolerance {
  double max_ulps = 0;             ///< of the truth, in the precision under test
  std::optional<double> relative;  ///< replaces max_ulps: abs(g - T) <= relative * abs(T)
  /// Given for one claim, which is a deliberate approximation: within it, a rule that is proven
  /// wrong passes, too.
  bool forgives = false;

  /// Half of the digits: 2^26 ulp in double, 2^12 ulp in float.
  static Tolerance standard(DType dtype);
};

/// The distance of neighbouring numbers of the precision at |x|, at least its smallest positive
/// number.
double ulp(DType dtype, double x);

/// The decimal digits a precision carries: 15.95 for double, 7.22 for float.
double full_digits(DType dtype);

/// The smallest positive number of the precision.
double smallest_positive(DType dtype);

/// How far from the truth a tolerance lets a derivative lie.
double allowance(const Tolerance& tolerance, double truth, DType dtype);

/// -log10(error / size), between 0 and the precision's digits.
double digits_of(double error, double size, DType dtype);

}  // namespace verigrad::gradcheck
