#include "gradcheck/early_estimate.hpp"

#include <algorithm>
#include <cmath>

namespace verigrad::gradcheck::detail {

EarlySteps::EarlySteps(double x, double wanted) {
  // A multiple of the spacing of numbers around |x| + 2h.
  const double far = std::abs(x) + 2 * wanted;
  h = (far + wanted) - far;
  steps = {h, -h, 2 * h, -2 * h};
}

EarlyEstimate::EarlyEstimate(std::span<const double, EarlySteps::lanes> values, double here,
                             double step, double r, double error)
    : h(step), noise(error) {
  constexpr double truncation_safety = 4;
  const double near = (values[0] - values[1]) / (2 * h), far = (values[2] - values[3]) / (4 * h);
  const double even_near = (values[0] - here) / 2 + (values[1] - here) / 2,
               even_far = (values[2] - here) / 2 + (values[3] - here) / 2;
  // c_k h^(k-1)
  const double third = (far - near) / 3, fourth = (even_far - 4 * even_near) / (12 * h),
               second = even_near / h - fourth;
  value = near - third;
  roundoff = 1.5 * noise / h + 0x1p-51 * std::abs(value);
  const double fifth =
      r * std::max({std::abs(fourth),
                    r * std::max({std::abs(third),
                                  r * std::max({std::abs(second), r * std::abs(value)})})});
  truncation = truncation_safety * 4 * fifth;
}

bool EarlyEstimate::settle(double enough, double enough_in_noise, Truth& truth) const {
  // As the full analysis' bars are widened, see gradcheck/difference_truth.cpp.
  constexpr double safety = 3;
  const double bar = safety * (truncation + roundoff), size = std::abs(value);
  if (!(bar <= (in_noise() ? enough_in_noise : enough) * size)) return false;
  Estimate& estimate = truth.estimate;
  estimate.value = estimate.left = estimate.right = value;
  estimate.error_bar = bar;
  estimate.status = EstimateStatus::ok;
  estimate.evaluations = EarlySteps::lanes;
  estimate.step = 2 * h;
  estimate.noise = noise;
  truth.scale = size;
  truth.flat = false;
  return true;
}

double early_noise(double floor, double magnitude) {
  // value_noise is of first order at the point; a value's own rounding counts as in NoiseModel.
  constexpr double noise_safety = 3, ulps_of_a_value = 4;
  return noise_safety * floor + ulps_of_a_value * unit_roundoff(DType::f64) * magnitude;
}

}  // namespace verigrad::gradcheck::detail
