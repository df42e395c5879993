#include "gradcheck/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace verigrad::gradcheck {
namespace {

/// A verdict of pass verifies at least this much.
constexpr double infinity = std::numeric_limits<double>::infinity();

constexpr double widest_bar = 1e-4;
/// A zero is believed when the bar is this small beside the slopes around the point.
constexpr double zero_bar = 0x1p-26;

double allowance(const Tolerance& tolerance, double truth, DType dtype) {
  if (tolerance.relative) return *tolerance.relative * std::abs(truth);
  return tolerance.max_ulps * ulp(dtype, truth);
}

EntryVerdict undecided(Finding finding, const std::string& reason) {
  return {Verdict::inconclusive, finding, 0, 0, reason};
}

double digits_of(double error, double size, DType dtype) {
  const double most = full_digits(dtype);
  if (error <= 0) return most;
  if (size <= 0 || !std::isfinite(error)) return 0;
  return std::clamp(-std::log10(error / size), 0.0, most);
}

/// At a kink every number of the hull is a subgradient.
EntryVerdict judge_kink(const Candidate& candidate, const Truth& truth, double allowed,
                        DType dtype) {
  const double low = std::min(truth.estimate.left, truth.estimate.right);
  const double high = std::max(truth.estimate.left, truth.estimate.right);
  const double g = candidate.in_double, slack = truth.estimate.error_bar + allowed;
  if (g >= low - slack && g <= high + slack)
    return {Verdict::pass, Finding::agrees,
            digits_of(truth.estimate.error_bar, std::max(std::abs(low), std::abs(high)), dtype)};
  const std::string hull = fmt::format("the one-sided derivatives are {:.6g} and {:.6g}",
                                       truth.estimate.left, truth.estimate.right);
  if (candidate.is_engine) return undecided(Finding::kink, "a convention at a kink: " + hull);
  return {Verdict::fail, Finding::disagrees, 0, infinity, hull};
}

EntryVerdict judge_smooth(const Candidate& candidate, const Truth& truth,
                          const Tolerance& tolerance, DType dtype) {
  const Estimate& r = truth.estimate;
  const double u = unit_roundoff(DType::f64);
  const double g = candidate.in_double, size = std::abs(r.value);
  // Rounding of g itself, and of a sum that cancels.
  const double rounding = 64 * u * truth.scale;
  // In float, the rule is judged in double arithmetic and by double's tolerance.
  const double rule_allowed =
      tolerance.relative ? *tolerance.relative * size
                         : Tolerance::standard(DType::f64).max_ulps * ulp(DType::f64, size);
  const double error = std::abs(g - r.value);
  if (!std::isfinite(g))
    return {Verdict::fail, Finding::not_a_number, 0, infinity,
            fmt::format("the derivative is finite here, {:.6g}", r.value)};
  if (error > r.error_bar + rule_allowed + rounding)
    return {Verdict::fail, Finding::disagrees, digits_of(error, size, dtype),
            size > r.error_bar ? error / size : 1};
  const double allowed = allowance(tolerance, g, dtype);
  const double lost = std::abs(candidate.value - g);
  if (!(lost <= allowed))
    return {Verdict::inaccurate, Finding::lost_digits, digits_of(lost, std::abs(g), dtype), 0,
            "rounding in the precision under test"};
  if (r.error_bar <= widest_bar * size) {
    const double shown = std::max({error + r.error_bar, lost, u * size});
    return {Verdict::pass, Finding::agrees, digits_of(shown, size, dtype)};
  }
  if (g == 0 && size <= r.error_bar && r.error_bar <= zero_bar * truth.scale)
    return {Verdict::pass, Finding::agrees, digits_of(r.error_bar, truth.scale, dtype)};
  if (r.error_bar + error <= 4 * std::numeric_limits<double>::denorm_min())
    return {Verdict::pass, Finding::agrees, full_digits(dtype)};
  return undecided(
      Finding::unresolved,
      fmt::format("finite differences see the derivative only to ± {:.1e} here, and its "
                  "size is {:.1e}",
                  r.error_bar, std::max(size, std::abs(g))));
}

}  // namespace

Tolerance Tolerance::standard(DType dtype) {
  return {dtype == DType::f32 ? 0x1p12 : 0x1p26, std::nullopt};
}

double ulp(DType dtype, double x) {
  x = std::abs(x);
  if (dtype == DType::f32) {
    const auto f = static_cast<float>(std::min(x, 3.4028234663852886e38));
    return static_cast<double>(
        std::max(std::nextafter(f, std::numeric_limits<float>::infinity()) - f, 0x1p-149F));
  }
  const double bounded = std::min(x, std::numeric_limits<double>::max() / 2);
  return std::nextafter(bounded, std::numeric_limits<double>::infinity()) - bounded;
}

double full_digits(DType dtype) { return -std::log10(unit_roundoff(dtype)); }

EntryVerdict judge(const Candidate& candidate, const Truth& truth, const Tolerance& tolerance,
                   DType dtype) {
  switch (truth.estimate.status) {
    case EstimateStatus::ok:
      return judge_smooth(candidate, truth, tolerance, dtype);
    case EstimateStatus::kink:
      return judge_kink(candidate, truth, allowance(tolerance, truth.estimate.value, dtype), dtype);
    case EstimateStatus::noise: {
      const EntryVerdict wrong = judge_smooth(candidate, truth, tolerance, dtype);
      if (wrong.verdict == Verdict::fail) return wrong;
      return undecided(Finding::unresolved, truth.estimate.reason);
    }
    case EstimateStatus::jump:
      return undecided(Finding::jump, truth.estimate.reason);
    case EstimateStatus::edge:
      return undecided(Finding::edge, truth.estimate.reason);
    case EstimateStatus::undefined:
      break;
  }
  return undecided(Finding::undefined, truth.estimate.reason);
}

}  // namespace verigrad::gradcheck
