#pragma once

#include <limits>
#include <optional>

#include "tests/accuracy/real.hpp"

namespace verigrad::accuracy {

/// What a computed number is measured against.
enum class Magnitude {
  zero,       ///< exactly 0
  subnormal,  ///< rounds to a subnormal number or to 0
  normal,
  overflow,  ///< rounds to an infinity
};

/// One computed number against its enclosure.
struct Distance {
  Magnitude magnitude;
  /// |computed - truth| in units in the last place: 2 ** (e - p + 1) where the truth rounds to the
  /// binade [2 ** e, 2 ** (e + 1)), p = 53 for double and 24 for float; below the normal numbers
  /// the unit is the least subnormal number. A correctly rounded result is within 1/2. Infinite for
  /// NaN, and for an infinity where the truth does not round to one. Where it does, an infinity of
  /// the right sign is within 0, and a finite number is measured in the unit of the top binade.
  double ulps;
};

/// The ball is sharp when it pins the truth to 2 ** -80 relative, to exactly 0, or to the outside
/// of T's range by a wide margin.
template <class T>
bool sharp(const Real& truth);

/// The distance of `computed` from a sharp enclosure. With `larger`, the unit is the one in the
/// last place of that number, if it is the greater.
template <class T>
Distance distance(T computed, const Real& truth, const Real* larger = nullptr);

}  // namespace verigrad::accuracy
