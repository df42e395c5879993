#include "gradcheck/early_look.hpp"

#include <algorithm>
#include <cmath>

namespace verigrad::gradcheck::detail {
/// Evaluates around x; false where that is not possible on one smooth piece inside the domain.
bool EarlyLook::evaluate(std::span<const std::int64_t> index, double x,
                         const NumericOptions& domain, double step) {
  const EarlySteps steps(x, step);
  if (x - steps.widest() < domain.lower || x + steps.widest() > domain.upper) return false;
  perturbation_.evaluate(index, steps.steps);
  evaluations_ += static_cast<int>(EarlySteps::lanes);
  h_ = steps.h;
  for (std::size_t lane = 0; lane < EarlySteps::lanes; ++lane)
    if (!perturbation_.defined(lane) || perturbation_.branch(lane) != 0) return false;
  return true;
}

bool EarlyLook::settle_output(std::size_t i, Truth& truth) {
  std::array<double, EarlySteps::lanes> values;
  double magnitude = 0;
  for (std::size_t lane = 0; lane < values.size(); ++lane) {
    values[lane] = perturbation_.value(lane, i);
    magnitude = std::max(magnitude, std::abs(values[lane]));
  }
  const double floor = noise_[perturbation_.place(i)];
  const EarlyEstimate found(values, perturbation_.value_at_point(i), h_, perturbation_.reach() / 2,
                            early_noise(floor, magnitude));
  if (floor > 0 && found.settle(options_.enough, options_.enough_in_noise, truth)) return true;
  hopeless_ = hopeless_ || !(floor > 0) || found.in_noise();
  return false;
}

/// Looks again where operands move too far, and once more with smaller steps where these are what
/// hides digits.
bool EarlyLook::settle(std::span<const std::int64_t> index, double x, const NumericOptions& domain,
                       Truth* column, std::size_t stride) {
  constexpr int looks = 3;
  double step = early_step(perturbation_.motion());
  hopeless_ = false;
  for (int look = 0; look < looks && !hopeless_; ++look) {
    const bool possible = evaluate(index, x, domain, step);
    const double reach = perturbation_.reach();
    if (!possible || !(reach <= early_reach)) {
      step *= reach > early_reach && std::isfinite(reach) ? early_reach / (2 * reach) : 1.0 / 64;
      continue;
    }
    bool settled = true;
    for (std::size_t i = 0; i < perturbation_.outputs(); ++i) {
      Truth& truth = column[perturbation_.place(i) * stride];
      settled = (truth.estimate.evaluations > 0 || settle_output(i, truth)) && settled;
    }
    if (settled) return true;
    step /= 3;
  }
  return false;
}

}  // namespace verigrad::gradcheck::detail
