#include "gradcheck/differences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

#include "gradcheck/chords.hpp"

namespace verigrad::gradcheck {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
/// As for Programs: bars of single windows are sometimes too small.
constexpr double safety = 3;
/// Fewer evaluations than this tell nothing.
constexpr int fewest_evaluations = 16;
constexpr int argument_draws = 4;

Estimate unknown(int limit) {
  Estimate estimate;
  estimate.value = std::numeric_limits<double>::quiet_NaN();
  estimate.error_bar = infinity;
  estimate.status = EstimateStatus::noise;
  estimate.reason = fmt::format("the limit of {} evaluations is reached", limit);
  return estimate;
}

Truth truth_of(Estimate estimate) {
  estimate.error_bar *= safety;
  Truth truth{.estimate = estimate};
  if (estimate.status == EstimateStatus::ok) {
    truth.scale = std::abs(estimate.value);
    truth.flat = truth.scale <= estimate.error_bar;
  }
  return truth;
}

Truth exact_zero() {
  Estimate estimate;
  estimate.status = EstimateStatus::ok;
  return truth_of(estimate);
}

}  // namespace

Differences::Differences(Callable f, Entries x, std::size_t outputs, DifferenceOptions options)
    : f_(std::move(f)),
      x_(std::move(x)),
      returned_(outputs),
      options_(std::move(options)),
      outputs_(options_.weights.empty() ? outputs : 1) {}

bool Differences::call(const Entries& at, std::vector<double>& returned) {
  if (!options_.domain.contains(at.values)) return false;
  ++evaluations_;
  try {
    returned = f_(at).values;
    if (returned.size() == returned_) return true;
  } catch (const std::exception&) {
  }
  returned.clear();
  return false;
}

PathPoint Differences::evaluate(const Entries& at, std::span<double> values) {
  std::vector<double> returned;
  if (!call(at, returned)) return {.defined = false};
  if (options_.weights.empty()) {
    std::copy(returned.begin(), returned.end(), values.begin());
    return {};
  }
  if (here_.empty() && !call(x_, here_)) return {.defined = false};
  long double sum = 0;
  for (std::size_t i = 0; i < returned_; ++i)
    sum += static_cast<long double>(options_.weights[i]) *
           (static_cast<long double>(returned[i]) - here_[i]);
  values[0] = static_cast<double>(sum);
  return {};
}

NumericOptions Differences::coordinate(std::size_t j) {
  NumericOptions options;
  options.lower = options_.domain.low(j);
  options.upper = options_.domain.high(j);
  options.float_coordinates = options_.float_input;
  options.unit_roundoff = options_.float_arithmetic ? 0x1p-24 : 0x1p-53;
  options.noise_floors = noise_of_returned();
  if (!options_.weights.empty())
    options.noise_floors = {noise_of_sum(options.noise_floors, moved_by(j))};
  return options;
}

bool Differences::exhausted(NumericOptions& options) const {
  options.max_evaluations =
      std::min(options.max_evaluations, options_.max_evaluations - evaluations_);
  return options.max_evaluations < fewest_evaluations;
}

std::vector<Truth> Differences::along_path(const Path& path, double t, double x,
                                           NumericOptions options) {
  if (exhausted(options)) return {outputs_, {.estimate = unknown(options_.max_evaluations)}};
  detail::Chords chords(outputs_, options.unit_roundoff,
                        options_.weights.empty() ? 0 : options.noise_floors[0]);
  const Path watched = [&](double at, std::span<double> values) {
    const PathPoint point = path(at, values);
    if (point.defined) chords.look(at - t, values);
    return point;
  };
  std::vector<Truth> truths;
  for (const Estimate& estimate : differentiate(watched, t, outputs_, options)) {
    Truth& truth = truths.emplace_back(truth_of(estimate));
    const std::size_t output = truths.size() - 1;
    truth.scale = std::max(truth.scale, chords.scale(output, x));
    if (options_.float_arithmetic) chords.hide(output, truth);
  }
  return truths;
}

std::vector<Truth> Differences::by_entry(std::size_t j) {
  const Path path = [&, at = x_](double t, std::span<double> values) mutable {
    at.values[j] = t;
    return evaluate(at, values);
  };
  std::vector<Truth> truths = along_path(path, x_.values[j], x_.values[j], coordinate(j));
  if (options_.float_arithmetic) fit_open_ones(j, path, truths);
  return truths;
}

std::vector<Truth> Differences::jacobian() {
  const std::size_t n = x_.values.size();
  std::vector<Truth> truths(outputs_ * n);
  for (std::size_t j = 0; j < n; ++j) {
    const std::vector<Truth> column = by_entry(j);
    for (std::size_t i = 0; i < outputs_; ++i) truths[i * n + j] = column[i];
  }
  return truths;
}

const std::vector<double>& Differences::noise_of_rounding() {
  if (noise_) return *noise_;
  std::vector<double> there;
  std::vector<double>& noise = noise_.emplace(returned_);
  if (here_.empty() && !call(x_, here_)) return noise;
  std::mt19937_64 random(1);
  for (int draw = 0; draw < argument_draws; ++draw) {
    Entries moved = x_;
    for (double& entry : moved.values)
      entry = neighbour(entry, (random() & 1) != 0, options_.float_input);
    if (!call(moved, there)) continue;
    for (std::size_t i = 0; i < returned_; ++i)
      if (std::isfinite(there[i])) noise[i] = std::max(noise[i], 2 * std::abs(there[i] - here_[i]));
  }
  return noise;
}

std::vector<double> Differences::noise_of_returned() {
  std::vector<double> noise = noise_of_rounding();
  for (std::size_t i = 0; i < options_.noise_floors.size(); ++i)
    noise[i] += options_.noise_floors[i];
  return noise;
}

std::vector<bool> Differences::moved_by(std::size_t j) {
  std::vector<bool> moved(returned_, false);
  if (here_.empty()) return moved;
  const double wide = std::max(std::abs(x_.values[j]) / 2, 0x1p-2);
  std::vector<double> there;
  for (const double step : {wide, -wide, wide / 256, -wide / 256}) {
    Entries at = x_;
    at.values[j] = std::clamp(x_.values[j] + step, options_.domain.low(j), options_.domain.high(j));
    if (options_.float_input) at.values[j] = static_cast<float>(at.values[j]);
    if (!call(at, there)) continue;
    for (std::size_t i = 0; i < returned_; ++i) moved[i] = moved[i] || there[i] != here_[i];
  }
  return moved;
}

double Differences::noise_of_sum(const std::vector<double>& noise,
                                 const std::vector<bool>& moved) const {
  const double rounding = 4 * (options_.float_arithmetic ? 0x1p-24 : 0x1p-53);
  double sum = 0;
  for (std::size_t i = 0; i < here_.size(); ++i)
    if (moved[i]) sum += std::abs(options_.weights[i]) * (noise[i] + rounding * std::abs(here_[i]));
  return sum;
}

std::vector<Truth> Differences::along(std::span<const double> u) {
  double longest = 0, size = 1;
  for (std::size_t j = 0; j < u.size(); ++j) {
    longest = std::max(longest, std::abs(u[j]));
    size = std::max(size, std::abs(x_.values[j]));
  }
  if (longest == 0) return {outputs_, exact_zero()};
  // t = 1 moves the entries as far as they are large; a power of two, so that nothing is rounded.
  const double scale = std::exp2(std::round(std::log2(size / longest)));
  NumericOptions options = coordinate(0);
  if (!options_.weights.empty())
    options.noise_floors = {noise_of_sum(noise_of_returned(), std::vector<bool>(returned_, true))};
  options.float_coordinates = false;
  options.lower = -infinity;
  options.upper = infinity;
  for (std::size_t j = 0; j < u.size(); ++j) {
    if (u[j] == 0) continue;
    const double a = (options_.domain.low(j) - x_.values[j]) / (scale * u[j]);
    const double b = (options_.domain.high(j) - x_.values[j]) / (scale * u[j]);
    options.lower = std::max(options.lower, std::min(a, b));
    options.upper = std::min(options.upper, std::max(a, b));
  }

  const Path path = [&, at = x_](double t, std::span<double> values) mutable {
    for (std::size_t j = 0; j < u.size(); ++j) {
      const double moved = std::clamp(x_.values[j] + t * scale * u[j], options_.domain.low(j),
                                      options_.domain.high(j));
      at.values[j] = options_.float_input ? static_cast<float>(moved) : moved;
    }
    return evaluate(at, values);
  };
  std::vector<Truth> truths = along_path(path, 0, 0, options);
  for (Truth& truth : truths) {
    Estimate& r = truth.estimate;
    for (double* each : {&r.value, &r.left, &r.right, &r.error_bar, &truth.scale}) *each /= scale;
  }
  return truths;
}

Estimate Differences::second(std::size_t i, std::size_t j) {
  NumericOptions first = coordinate(i), other = coordinate(j);
  if (exhausted(first) || exhausted(other)) return unknown(options_.max_evaluations);
  std::vector<Estimate> estimates;
  if (i == j) {
    const Path path = [&, at = x_](double t, std::span<double> values) mutable {
      at.values[i] = t;
      return evaluate(at, values);
    };
    estimates = differentiate_twice(path, x_.values[i], 1, first);
  } else {
    const Surface surface = [&, at = x_](double s, double t, std::span<double> values) mutable {
      at.values[i] = s;
      at.values[j] = t;
      return evaluate(at, values);
    };
    estimates = differentiate_mixed(surface, x_.values[i], x_.values[j], 1, first, other);
  }
  return estimates[0];
}

std::vector<Truth> Differences::hessian() {
  const std::size_t n = x_.values.size();
  std::vector<Truth> truths(n * n);
  double largest = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      truths[i * n + j] = truths[j * n + i] = truth_of(second(i, j));
      largest = std::max(largest, truths[i * n + j].scale);
    }
  for (Truth& truth : truths) truth.scale = largest;
  return truths;
}

}  // namespace verigrad::gradcheck
