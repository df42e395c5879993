#include "gradcheck/early_estimate.hpp"

#include <algorithm>
#include <cmath>

namespace verigrad::gradcheck::detail {

EarlySteps::EarlySteps(double x, double wanted) {
  // A multiple of the spacing of numbers around |x| + 4h.
  const double far = std::abs(x) + 4 * wanted;
  h = (far + wanted) - far;
  steps = {h, -h, 2 * h, -2 * h, 4 * h, -4 * h};
}

EarlyEstimate::EarlyEstimate(std::span<const double, EarlySteps::lanes> values, double h,
                             double noise) {
  constexpr double truncation_safety = 2, greatest_divergence = 8;
  const double near = (values[0] - values[1]) / (2 * h), middle = (values[2] - values[3]) / (4 * h),
               far = (values[4] - values[5]) / (8 * h);
  // Differences to the nearest quotient: no rounding where all agree, as of a linear function.
  const double first = (near - middle) / 3, second = (middle - far) / 3;
  const double change = (first + (near - middle) - second) / 15;
  value = near + (first + change);
  roundoff = 1.65 * noise / h + 0x1p-51 * std::abs(value);
  in_noise = std::abs(change) <= roundoff;
  const double divergence = 4 * std::abs(change) / std::max(std::abs(first), roundoff);
  truncation =
      truncation_safety * std::abs(change) * (1 + 4 * std::min(divergence, greatest_divergence));
  const double expected = 4 * std::abs(middle - near), moved = std::abs(far - middle);
  regular = std::abs(middle - near) <= 4 * noise / h ||
            (moved >= 0.2 * expected && moved <= 5 * expected);
}

}  // namespace verigrad::gradcheck::detail
