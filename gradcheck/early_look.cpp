#include "gradcheck/early_look.hpp"

#include <algorithm>
#include <cmath>

namespace verigrad::gradcheck::detail {
namespace {

/// value_noise is of first order at the point; a value's own rounding counts as in NumericOptions.
constexpr double noise_safety = 3, ulps_of_a_value = 4;
/// Over 20,000 random smooth composites one bar of the full analysis in 380 was up to 1.7 times too
/// small; early bars are widened like those.
constexpr double safety = 3;

}  // namespace

/// Evaluates around x; false where that is not possible on one smooth piece inside the domain.
bool EarlyLook::evaluate(std::span<const std::int64_t> index, double x,
                         const NumericOptions& domain, double step) {
  const EarlySteps steps(x, step);
  if (x - steps.widest() < domain.lower || x + steps.widest() > domain.upper) return false;
  perturbation_.evaluate(index, steps.steps);
  h_ = steps.h;
  for (std::size_t lane = 0; lane < EarlySteps::lanes; ++lane)
    if (!perturbation_.defined(lane) || perturbation_.branch(lane) != 0) return false;
  return true;
}

bool EarlyLook::settle_output(std::size_t i, double x, Truth& truth) const {
  std::array<double, EarlySteps::lanes> values;
  double magnitude = 0;
  for (std::size_t lane = 0; lane < values.size(); ++lane) {
    values[lane] = perturbation_.value(lane, i);
    magnitude = std::max(magnitude, std::abs(values[lane]));
  }
  const double floor = noise_[perturbation_.place(i)], u = 0x1p-53;
  const double noise = noise_safety * floor + ulps_of_a_value * u * magnitude;
  const EarlyEstimate found(values, h_, noise);
  const double size = std::abs(found.value), bar = safety * (found.bar() + u * std::abs(x) * size);
  const double wanted = found.in_noise ? options_.enough_in_noise : options_.enough;
  if (!(floor > 0 && found.regular && std::isfinite(magnitude) && bar <= wanted * size))
    return false;
  Estimate& estimate = truth.estimate;
  estimate.value = estimate.left = estimate.right = found.value;
  estimate.error_bar = bar;
  estimate.status = EstimateStatus::ok;
  estimate.evaluations = EarlySteps::lanes;
  estimate.step = 4 * h_;
  estimate.noise = noise;
  truth.scale = size;
  return true;
}

/// Looks again where operands move too far, and once more with smaller steps where these are what
/// hides digits.
bool EarlyLook::settle(std::span<const std::int64_t> index, double x, const NumericOptions& domain,
                       Truth* column, std::size_t stride) {
  constexpr int looks = 3;
  double step = early_step;
  for (int look = 0; look < looks; ++look) {
    const bool possible = evaluate(index, x, domain, step);
    const double reach = perturbation_.reach();
    if (!possible || !(reach <= early_reach)) {
      step *= reach > early_reach && std::isfinite(reach) ? early_reach / (2 * reach) : 1.0 / 64;
      continue;
    }
    bool settled = true;
    for (std::size_t i = 0; i < perturbation_.outputs(); ++i) {
      Truth& truth = column[perturbation_.place(i) * stride];
      settled = (truth.estimate.evaluations > 0 || settle_output(i, x, truth)) && settled;
    }
    if (settled) return true;
    step /= 3;
  }
  return false;
}

}  // namespace verigrad::gradcheck::detail
