#include "gradcheck/judge_black_box.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace verigrad::gradcheck {
namespace {

constexpr int neighbours = 4;
/// Values of float functions are known to 2^-24, their derivatives therefore to fewer digits.
constexpr double widest_float_bar = 0x1p-4;

/// A slope of so many unit roundoffs can hide behind a function that is constant.
constexpr double hidden_slope = 8;

/// The range of each entry over the neighbours on one side; nothing is known where a call fails.
std::vector<double> range_towards(bool above, const Callable& derivative, Entries x,
                                  bool float_input, const Domain& domain, std::size_t entries) {
  std::vector<double> low(entries, std::numeric_limits<double>::infinity()), high(entries);
  std::fill(high.begin(), high.end(), -std::numeric_limits<double>::infinity());
  for (int k = 0; k < neighbours; ++k) {
    for (std::size_t j = 0; j < x.values.size(); ++j)
      x.values[j] =
          std::clamp(neighbour(x.values[j], above, float_input), domain.low(j), domain.high(j));
    const Entries there = derivative(x);
    for (std::size_t i = 0; i < entries; ++i) {
      low[i] = std::min(low[i], there.values.at(i));
      high[i] = std::max(high[i], there.values.at(i));
    }
  }
  for (std::size_t i = 0; i < entries; ++i) {
    const double range = high[i] - low[i];
    low[i] = std::isfinite(range) ? range : 0;
  }
  return low;
}

}  // namespace

Tolerance black_box_tolerance(const CheckOptions& options, DType dtype) {
  Tolerance tolerance = Tolerance::standard(dtype);
  tolerance.max_ulps = options.max_ulps.value_or(tolerance.max_ulps);
  tolerance.relative = options.rtol;
  if (dtype == DType::f32 && !options.rtol)
    tolerance.relative = tolerance.max_ulps * 2 * unit_roundoff(dtype);
  return tolerance;
}

std::vector<double> rounding_of(const Callable& derivative, const Entries& x, bool float_input,
                                const Domain& domain) {
  const std::size_t entries = derivative(x).values.size();
  try {
    std::vector<double> up = range_towards(true, derivative, x, float_input, domain, entries);
    const std::vector<double> down =
        range_towards(false, derivative, x, float_input, domain, entries);
    for (std::size_t i = 0; i < entries; ++i) up[i] = 2 * std::min(up[i], down[i]);
    return up;
  } catch (const std::exception&) {
    return std::vector<double>(entries, 0);
  }
}

EntryVerdict judge_black_box(double value, const Truth& truth, double rounding,
                             const Tolerance& tolerance, DType dtype) {
  Truth known = truth;
  // `judge` allows for 64 u of double, and for four times truth.rounding.
  known.rounding = rounding / 4;
  if (dtype == DType::f32) known.rounding += 16 * unit_roundoff(dtype) * truth.scale;
  if (value == 0 && truth.seen_bar) known.estimate.error_bar = *truth.seen_bar;
  // Values that do not move at all may have been rounded inside, to numbers of the size of x.
  if (truth.estimate.value == 0 && value != 0)
    known.estimate.error_bar =
        std::max(known.estimate.error_bar, hidden_slope * unit_roundoff(dtype));
  const EntryVerdict verdict = judge({.value = value, .in_double = value}, known, tolerance, dtype);
  const Estimate& r = truth.estimate;
  const double size = std::abs(r.value);
  const bool narrow = r.status == EstimateStatus::ok && r.error_bar <= widest_float_bar * size;
  if (dtype == DType::f64 || verdict.finding != Finding::unresolved || !narrow) return verdict;
  const double seen = std::abs(value - r.value) + r.error_bar;
  return {Verdict::pass, Finding::agrees, digits_of(seen, size, dtype)};
}

}  // namespace verigrad::gradcheck
