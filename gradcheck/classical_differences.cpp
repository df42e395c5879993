#include "gradcheck/classical_differences.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace verigrad::gradcheck {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// `power` of ε in proportion to x.
double step_at(double x, double power, DType dtype) {
  return std::pow(2 * unit_roundoff(dtype), power) * std::max(1.0, std::abs(x));
}

}  // namespace

double central_quotient(const ScalarFunction& f, double x, double h, DType dtype) {
  const double above = round_to(dtype, x + h), below = round_to(dtype, x - h);
  const double quotient = (f(above) - f(below)) / (above - below);
  return std::isfinite(quotient) ? quotient : nan;
}

Extrapolation ridders_extrapolation(const std::function<double(double)>& quotient,
                                    const RiddersSteps& steps) {
  const double factor = steps.ratio * steps.ratio;
  Extrapolation best{nan, std::numeric_limits<double>::infinity(), steps.first, 0};
  std::vector<double> previous, row;
  for (double h = steps.first; best.levels < steps.levels; h /= steps.ratio) {
    row.assign(1, quotient(h));
    if (++best.levels == 1) best.value = row[0];
    double power = factor;
    for (std::size_t k = 1; k <= previous.size(); ++k, power *= factor) {
      row.push_back((power * row[k - 1] - previous[k - 1]) / (power - 1));
      const double change =
          std::max(std::abs(row[k] - row[k - 1]), std::abs(row[k] - previous[k - 1]));
      if (!std::isfinite(change) || change > best.error) continue;
      best.value = row[k];
      best.error = change;
      best.step = h;
      if (change < steps.enough) return best;
    }
    if (!previous.empty() && std::abs(row.back() - previous.back()) >= 2 * best.error) break;
    std::swap(previous, row);
  }
  return best;
}

ClassicalDerivative torch_difference(const ScalarFunction& f, double x, DType dtype) {
  const auto rounded = [dtype](double value) { return round_to(dtype, value); };
  const double h = rounded(1e-6);
  const double change = rounded(f(rounded(x + h)) - f(rounded(x - h)));
  const double quotient = rounded(change / (2 * h));
  return {.value = std::isfinite(quotient) ? quotient : nan, .step = h, .evaluations = 2};
}

ClassicalDerivative central_difference(const ScalarFunction& f, double x, DType dtype) {
  const double h = step_at(x, 1.0 / 3, dtype);
  return {.value = central_quotient(f, x, h, dtype), .step = h, .evaluations = 2};
}

ClassicalDerivative five_point_difference(const ScalarFunction& f, double x, DType dtype) {
  const double h = step_at(x, 1.0 / 5, dtype);
  const double near = central_quotient(f, x, h, dtype), far = central_quotient(f, x, 2 * h, dtype);
  return {.value = (4 * near - far) / 3, .step = h, .evaluations = 4};
}

ClassicalDerivative richardson_difference(const ScalarFunction& f, double x, DType dtype) {
  const auto quotient = [&](double h) { return central_quotient(f, x, h, dtype); };
  const Extrapolation found =
      ridders_extrapolation(quotient, {.first = 0.1 * std::max(1.0, std::abs(x))});
  ClassicalDerivative result{found.value, found.step, 2 * found.levels};
  if (std::isfinite(found.error)) result.error_estimate = found.error;
  return result;
}

ClassicalDerivative stepleman_winarsky_difference(const ScalarFunction& f, double x, DType dtype) {
  constexpr double ratio = 4;
  constexpr int most_steps = 26;
  ClassicalDerivative accepted{.value = nan};
  double last_change = std::numeric_limits<double>::infinity();
  double h = ratio * step_at(x, 1.0 / 3, dtype);
  for (int i = 0; i < most_steps; ++i, h /= ratio) {
    const double quotient = central_quotient(f, x, h, dtype);
    accepted.evaluations += 2;
    if (!std::isnan(accepted.value)) {
      const double change = std::abs(quotient - accepted.value);
      if (change == 0 || !(change <= last_change)) break;
      last_change = change;
    }
    accepted.value = quotient;
    accepted.step = h;
  }
  return accepted;
}

std::span<const ClassicalRule> classical_rules() {
  static constexpr std::array rules{
      ClassicalRule{"central, h = 1e-6 (torch)", torch_difference},
      ClassicalRule{"central, h ~ cbrt(eps)", central_difference},
      ClassicalRule{"five-point", five_point_difference},
      ClassicalRule{"Richardson (Ridders)", richardson_difference},
      ClassicalRule{"adaptive (Stepleman-Winarsky)", stepleman_winarsky_difference},
  };
  return rules;
}

}  // namespace verigrad::gradcheck
