#include "gradcheck/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace verigrad::gradcheck {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
/// A verdict of pass verifies at least this much.
constexpr double widest_bar = 1e-4;
/// A zero is believed when the bar is this small beside the slopes around the point.
constexpr double zero_bar = 0x1p-26;
/// Terms below this underflow.
constexpr double tiny = std::numeric_limits<double>::min();

EntryVerdict undecided(Finding finding, const std::string& reason) {
  return {Verdict::inconclusive, finding, 0, 0, reason};
}

EntryVerdict not_finite(const std::string& truth) {
  return {Verdict::fail, Finding::not_a_number, 0, infinity,
          "the derivative is finite here, " + truth};
}

/// The tolerance of the rule itself: in float it is judged in double arithmetic and by double's
/// tolerance.
Tolerance rule_tolerance(const Tolerance& tolerance, DType dtype) {
  return dtype == DType::f64 || tolerance.relative ? tolerance : Tolerance::standard(DType::f64);
}

EntryVerdict lost_digits(double lost, double size, DType dtype) {
  return {Verdict::inaccurate, Finding::lost_digits, digits_of(lost, size, dtype), 0,
          "rounding in the precision under test"};
}

EntryVerdict too_wide(double bar, double size) {
  return undecided(
      Finding::unresolved,
      fmt::format("finite differences see the derivative only to ± {:.1e} here, and its "
                  "size is {:.1e}",
                  bar, size));
}

/// At a kink every number of the hull is a subgradient.
EntryVerdict judge_kink(const Candidate& candidate, const Truth& truth, const Tolerance& tolerance,
                        DType dtype) {
  const Estimate& r = truth.estimate;
  const double low = std::min(r.left, r.right), high = std::max(r.left, r.right);
  const double size = std::max(std::abs(low), std::abs(high));
  const double g = candidate.in_double;
  const std::string hull =
      fmt::format("the one-sided derivatives are {:.6g} and {:.6g}", r.left, r.right);
  if (!std::isfinite(g)) return not_finite(hull);
  const double slack = r.error_bar + allowance(rule_tolerance(tolerance, dtype), size, DType::f64);
  if (g < low - slack || g > high + slack) {
    if (candidate.is_engine) return undecided(Finding::kink, "a convention at a kink: " + hull);
    return {Verdict::fail, Finding::disagrees, 0, infinity, hull};
  }
  const double lost = std::abs(candidate.value - g);
  if (!(lost <= allowance(tolerance, size, dtype))) return lost_digits(lost, size, dtype);
  if (!(r.error_bar <= widest_bar * size)) return too_wide(r.error_bar, size);
  return {Verdict::pass, Finding::agrees, digits_of(r.error_bar, size, dtype)};
}

EntryVerdict judge_smooth(const Candidate& candidate, const Truth& truth,
                          const Tolerance& tolerance, DType dtype) {
  const Estimate& r = truth.estimate;
  const double u = unit_roundoff(DType::f64);
  const double g = candidate.in_double, size = std::abs(r.value);
  // Rounding of g itself, and of a sum that cancels.
  const double terms = truth.paths.value_or(truth.scale);
  const double rounding = 64 * u * terms + 4 * truth.rounding;
  const double rule_allowed = allowance(rule_tolerance(tolerance, dtype), size, DType::f64);
  const double error = std::abs(g - r.value);
  if (candidate.is_engine && std::isinf(g) && r.value != 0)
    return {Verdict::inaccurate, Finding::lost_digits, 0, 0,
            "a factor of the chain rule overflows"};
  if (!std::isfinite(g)) return not_finite(fmt::format("{:.6g}", r.value));
  if (error > r.error_bar + rule_allowed + rounding && candidate.is_engine && r.on_kink)
    return undecided(Finding::kink,
                     fmt::format("conventions at a kink: the function's slope is {:.6g}", r.value));
  if (error > r.error_bar + rule_allowed + rounding)
    return {Verdict::fail, Finding::disagrees, digits_of(error, size, dtype),
            size > r.error_bar ? error / size : 1};
  // Where the truth may be 0, what the terms that cancel leave behind is not a loss of digits.
  const double residue = size <= r.error_bar ? 64 * unit_roundoff(dtype) * terms : 0;
  const double allowed = std::max(allowance(tolerance, g, dtype), residue);
  const double lost = std::abs(candidate.value - g);
  if (!(lost <= allowed)) return lost_digits(lost, std::abs(g), dtype);
  if (r.error_bar <= widest_bar * size) {
    if (error > r.error_bar + rule_allowed) return lost_digits(error, size, dtype);
    const double shown = std::max({error + r.error_bar, lost, u * size});
    return {Verdict::pass, Finding::agrees, digits_of(shown, size, dtype)};
  }
  const bool may_be_zero = size <= r.error_bar;
  const bool no_terms = truth.paths ? *truth.paths <= tiny : truth.flat;
  if (g == 0 && may_be_zero && no_terms && r.error_bar <= zero_bar * truth.scale)
    return {Verdict::pass, Finding::agrees, digits_of(r.error_bar, truth.scale, dtype)};
  if (truth.paths && may_be_zero && error + r.error_bar <= rounding)
    return {Verdict::pass, Finding::agrees, digits_of(error + r.error_bar, terms, dtype)};
  if (r.error_bar + error <= std::numeric_limits<double>::min())
    return {Verdict::pass, Finding::agrees, full_digits(dtype)};
  return too_wide(r.error_bar, std::max(size, std::abs(g)));
}

}  // namespace

EntryVerdict judge(const Candidate& candidate, const Truth& truth, const Tolerance& tolerance,
                   DType dtype) {
  switch (truth.estimate.status) {
    case EstimateStatus::ok:
      return judge_smooth(candidate, truth, tolerance, dtype);
    case EstimateStatus::kink:
      return judge_kink(candidate, truth, tolerance, dtype);
    case EstimateStatus::noise:
      return undecided(Finding::unresolved, truth.estimate.reason);
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
