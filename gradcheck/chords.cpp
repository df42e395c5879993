#include "gradcheck/chords.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace verigrad::gradcheck::detail {
namespace {

constexpr std::size_t few_levels = 8;
constexpr double hidden_slope = 8;  // unit roundoffs
constexpr double underflow_ulps = 12;

}  // namespace

void Chords::Seen::add(double change) {
  if (many || std::find(changes.begin(), changes.end(), change) != changes.end()) return;
  changes.push_back(change);
  many = changes.size() >= few_levels;
}

void Chords::look(double step, std::span<const double> values) {
  widest_ = std::max(widest_, std::abs(step));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Seen& seen = outputs_[i];
    if (step == 0) {
      seen.here = values[i];
      continue;
    }
    const double change = std::abs(values[i] - seen.here);
    if (change != 0) seen.add(change);
    const double rounding = std::max(64 * u_ * std::abs(seen.here), 16 * noise_);
    if (change > rounding && std::isfinite(change))
      seen.steepest = std::max(seen.steepest, change / std::abs(step));
  }
}

double Chords::scale(std::size_t output, double x) const {
  const Seen& seen = outputs_[output];
  return seen.changed() ? seen.steepest : std::abs(seen.here) / std::max(std::abs(x), 1.0);
}

double Chords::stairs(const Seen& seen) const {
  if (seen.many) return 0;
  const auto [least, most] = std::minmax_element(seen.changes.begin(), seen.changes.end());
  for (const double change : seen.changes)
    if (std::remainder(change, *least) != 0) return 0;
  return 2 * (*most + *least) / widest_;
}

void Chords::hide(std::size_t output, Truth& truth) const {
  Estimate& r = truth.estimate;
  if (r.status != EstimateStatus::ok) return;
  const Seen& seen = outputs_[output];
  const double smallest = std::numeric_limits<float>::denorm_min();
  double hidden = underflow_ulps * smallest / (r.step > 0 ? r.step : widest_);
  if (!seen.changed()) hidden = std::max(hidden, hidden_slope * u_);
  if (seen.changed() && r.value == 0) hidden = std::max(hidden, stairs(seen));
  if (!(hidden > r.error_bar)) return;
  truth.seen_bar = r.error_bar;
  r.error_bar = hidden;
}

}  // namespace verigrad::gradcheck::detail
