// Values of a function at many places around a point.
#pragma once

#include <cstddef>
#include <vector>

#include "gradcheck/numeric.hpp"

namespace verigrad::gradcheck::detail {

/// Values around x at jittered places of all scales: in each octave of distances, `a_side` on each
/// side that the domain has, and at the domain's ends.
struct Cloud {
  static constexpr int a_side = 16;

  /// How many places are at most this far from x: the first ones.
  std::size_t count_within(double reach) const;

  std::vector<double> offsets;              ///< t - x, by size; the first is 0
  std::vector<std::vector<double>> values;  ///< at each of them, of each output
};

/// The distances that a cloud spans.
struct CloudRange {
  double smallest = 0;
  double widest = 0;
};

/// Evaluates the path. A side ends where the function is not defined or not finite.
Cloud cloud_around(const Path& path, double x, std::size_t outputs, const NumericOptions& known,
                   const CloudRange& range);

/// The places within `reach` of x with the values that another path has there; empty where it is
/// not defined at one of them.
Cloud same_places(const Cloud& cloud, double reach, const Path& path, double x);

}  // namespace verigrad::gradcheck::detail
