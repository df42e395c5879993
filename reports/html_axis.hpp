// Scales of a picture's axes. A coordinate is where a value lies along an axis, in a unit of the
// axis's own; a picture stretches [low, high] over its width or height.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace verigrad::reports {

struct Tick {
  double coordinate = 0;
  std::string label;
};

struct Axis {
  std::string label;
  std::function<double(double)> coordinate;  ///< of any double; NaN when it has no place
  double low = 0, high = 1;                  ///< in coordinates; low < high
  std::vector<Tick> ticks;                   ///< at most about eight
};

/// Coordinate log10(x), over whole decades around the positive and finite among `values`. 0 lies on
/// the lower end; what is negative or not finite has no place.
Axis decades_axis(std::string label, const std::vector<double>& values);

/// Errors in ulps: log10, from a tenth (what is smaller lies there) to the decade above the
/// largest; with a place "∞" above for errors that are not finite, when there are any.
Axis ulps_axis(const std::vector<double>& errors);

/// Precisions in bits: log2, with a tick at those of 24, 53, 128, 512, 2048 … that are among the
/// values.
Axis bits_axis(const std::vector<double>& values);

/// Shares of 1, in percent.
Axis share_axis(std::string label);

/// Numbers in the order of doubles, of which every binade holds as many: ±(log2 |x| - log2 s + 1)
/// with s the smallest |x| other than 0, and 0 at 0. What lies nearer to 0 than any value is cut
/// out so, as it would fill the axis. Ticks at powers of ten and 0; numbers that are not finite
/// have no place.
Axis ordinal_axis(std::string label, const std::vector<double>& values);

/// "1", "10", "10⁻³".
std::string power_of_ten(int exponent);

}  // namespace verigrad::reports
