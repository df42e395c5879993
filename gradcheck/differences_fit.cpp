// What Differences does about float functions whose differences drown in rounding.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "gradcheck/differences.hpp"

namespace verigrad::gradcheck {
namespace {

using detail::Cloud;
using detail::SlopeFit;

/// As wide as a bar of float may be: see judge_black_box.
constexpr double wide = 0x1p-4;
constexpr double most_octaves = 24;
/// Rounding of so much of a value may have turned an oscillation by periods.
constexpr double much_of_a_value = 0.05;
constexpr int argument_draws = 4;
/// So many times what these draws show at most.
constexpr double rounding_safety = 2;
/// So much of |x| is 2^12 floats wide: rounding inside may be coarser.
constexpr double narrow = 0x1p-11;

bool is_open(const Truth& truth) {
  const Estimate& r = truth.estimate;
  if (r.status == EstimateStatus::noise) return true;
  return r.status == EstimateStatus::ok && !(r.error_bar <= wide * std::abs(r.value));
}

/// Steps at which scatter could leave less than the bars at hand, up to the domain's ends.
detail::CloudRange range_of(double x, const NumericOptions& known, double noise, double bar) {
  const double room = std::max(known.upper - x, x - known.lower);
  double widest = room;
  const double near = std::min(std::abs(known.lower), std::abs(known.upper));
  if (known.spans_scales()) widest = std::min(room, x * x / near);
  if (std::isinf(room)) widest = std::abs(x) / 2;
  const double useful = std::isfinite(bar) ? noise / (16 * bar) : 0;
  const double spacing = std::abs(x) * 0x1p-23;
  return {std::max({useful, 32 * spacing, widest * std::exp2(-most_octaves)}), widest};
}

/// At most: the cloud, and once more for each draw.
double calls_for(const detail::CloudRange& range) {
  const double octaves = std::ceil(std::log2(range.widest / range.smallest));
  return (2 * Cloud::a_side * octaves + 3) * (1 + argument_draws);
}

double largest(const Cloud& cloud, std::size_t output) {
  double size = 0;
  for (const auto& values : cloud.values) size = std::max(size, std::abs(values[output]));
  return size;
}

}  // namespace

void Differences::fit_open_ones(std::size_t j, const Path& path, std::vector<Truth>& truths) {
  const NumericOptions known = coordinate(j);
  std::vector<std::size_t> open;
  double bar = 0, noise = std::numeric_limits<double>::infinity();
  std::vector<double> here(outputs_);
  if (!evaluate(x_, here).defined) return;
  for (std::size_t i = 0; i < truths.size(); ++i) {
    if (!is_open(truths[i])) continue;
    open.push_back(i);
    bar = std::max(bar, truths[i].estimate.error_bar);
    noise = std::min(noise, known.noise_floors[i] + known.unit_roundoff * std::abs(here[i]));
  }
  if (open.empty()) return;
  const double x = x_.values[j];
  const detail::CloudRange range = range_of(x, known, noise, bar);
  if (calls_for(range) > options_.max_evaluations - evaluations_) return;
  const Cloud cloud = cloud_around(path, x, outputs_, known, range);
  for (const std::size_t i : open) {
    if (known.noise_floors[i] > much_of_a_value * largest(cloud, i)) continue;
    const auto fit =
        fit_slope(cloud, i, {known.noise_floors[i], known.unit_roundoff, narrow * std::abs(x)});
    if (!fit) continue;
    Estimate& r = truths[i].estimate;
    const double fitted = fit->bar + moved_by_rounding(j, i, cloud, *fit);
    if (!(fitted < r.error_bar) || !(std::abs(fit->value - r.value) <= fitted + r.error_bar))
      continue;
    r.value = r.left = r.right = fit->value;
    r.error_bar = fitted;
    r.status = EstimateStatus::ok;
    r.reason.clear();
    r.step = fit->reach;
    r.noise = fit->scatter;
    truths[i].scale = std::max(truths[i].scale, std::abs(fit->value));
    truths[i].flat = std::abs(fit->value) <= fitted;
    truths[i].seen_bar.reset();
  }
}

double Differences::moved_by_rounding(std::size_t j, std::size_t output, const Cloud& cloud,
                                      const SlopeFit& fit) {
  double most = 0;
  std::mt19937_64 random(2);
  const double x = x_.values[j];
  const auto slope = detail::refit(cloud, output, fit);
  for (int draw = 0; draw < argument_draws; ++draw) {
    Entries moved = x_;
    const auto near = [&](double entry, std::size_t k, bool above) {
      return std::clamp(neighbour(entry, above, options_.float_input), options_.domain.low(k),
                        options_.domain.high(k));
    };
    for (std::size_t k = 0; k < moved.values.size(); ++k)
      moved.values[k] = near(moved.values[k], k, (random() & 1) != 0);
    const bool above = (random() & 1) != 0;
    const Path path = [&](double t, std::span<double> values) {
      moved.values[j] = near(t, j, above);
      return evaluate(moved, values);
    };
    const auto other = detail::refit(same_places(cloud, fit.reach, path, x), output, fit);
    if (slope && other) most = std::max(most, std::abs(*other - *slope));
  }
  return rounding_safety * std::max(0.0, most - 2 * fit.deviation);
}

}  // namespace verigrad::gradcheck
