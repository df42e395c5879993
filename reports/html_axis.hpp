// Scales of a picture's axes. A coordinate is where a value lies along an axis, in a unit of the
// axis's own; a picture stretches [low, high] over its width or height.
#pragma once

#include <cstdint>
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
  bool grid = true;                          ///< whether a line goes through the plot at each tick
};

/// Coordinate log10(x), over whole decades around the positive and finite among `values`. 0 lies on
/// the lower end; what is negative or not finite has no place.
Axis decades_axis(std::string label, const std::vector<double>& values);

/// Condition numbers below it tell nothing apart, and may be as small as 1e-290.
constexpr double smallest_drawn_condition = 1e-3;

/// decades_axis() of condition numbers, from smallest_drawn_condition where any is below that,
/// which lie there.
Axis condition_axis(std::string label, const std::vector<double>& values);

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
/// out so, as it would fill the axis. Ticks at powers of ten and 0, or at both ends where there are
/// not two of them; numbers that are not finite have no place.
Axis ordinal_axis(std::string label, const std::vector<double>& values);

/// Counts from 0 to `most` or the next multiple of 1, 2 or 5 times a power of ten, with a tick at
/// each.
Axis count_axis(std::string label, std::int64_t most);

/// "1", "10", "10⁻³".
std::string power_of_ten(int exponent);

}  // namespace verigrad::reports
