#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace verigrad::gradcheck {

/// How a callable's derivative is checked.
struct CheckOptions {
  /// The function's domain, its ends allowed, in which alone it is called: one bound for all
  /// entries of x, or one for each in row-major order.
  std::vector<double> lower{}, upper{};
  /// How far a derivative may lie from the truth: relatively, or in ulps of the truth. By default
  /// 2^26 ulps of double or 2^12 of float, half of the digits.
  std::optional<double> rtol{}, max_ulps{};
  /// The absolute error that one value of the function may have beyond rounding.
  double noise_floor = 0;
  /// Calls of the function; entries that are left when they are used up are inconclusive.
  int max_evaluations = 1'000'000;
  /// For large gradients and vᵀJ: directional derivatives along `projections` random directions,
  /// drawn by the seed, instead of one derivative an entry. See projection.hpp for what they can
  /// see.
  bool fast = false;
  int projections = 14;
  std::uint64_t seed = 42;
  /// The input's name in reports.
  std::string input = "x";
};

}  // namespace verigrad::gradcheck
