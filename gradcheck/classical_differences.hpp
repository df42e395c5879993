// Textbook rules of numeric differentiation, for comparison: functions of one number.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "engine/program.hpp"

namespace verigrad::gradcheck {

/// f at a number of its precision; NaN where it is not defined.
using ScalarFunction = std::function<double(double)>;

/// What a rule makes of f around x.
struct ClassicalDerivative {
  double value = 0;  ///< NaN where the rule meets points at which f is not finite
  double step = 0;   ///< h, the smallest one behind the value
  int evaluations = 0;
  /// What the rule itself says of |value - f'(x)|: an estimate, not a bound.
  std::optional<double> error_estimate{};
};

/// (f(x + h) - f(x - h)) / 2h, where x ± h are rounded to f's precision and 2h is what then lies
/// between them. NaN where that is 0, or a value is not finite.
double central_quotient(const ScalarFunction& f, double x, double h, DType dtype);

/// Geometrically shrinking steps from which quotients are extrapolated.
struct RiddersSteps {
  double first;
  double ratio = 1.4;
  int levels = 10;
  double enough = 0;  ///< ends as soon as the error estimate is below this
};

/// A limit for h -> 0, with the error estimate; `step` is the smallest one that it is made of.
struct Extrapolation {
  double value, error, step;
  int levels;  ///< quotients taken
};

/// The limit of central quotients q(h) = f'(x) + a h² + b h⁴ + …, by Neville's tableau. With ratio
/// c, q_i0 = q(first / cⁱ) and
///
///   q_ik = (c^2k q_i,k-1 - q_i-1,k-1) / (c^2k - 1)
///
/// Taken is the q_ik that is closest to both q_i,k-1 and q_i-1,k-1; the greater distance is the
/// error estimate. A row whose last entry is twice that away from the last row's ends the tableau.
/// Source: C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in
/// Engineering Software 4 (1982) 75-76, with the ratio, levels and end of Press et al., "Numerical
/// Recipes", 3rd ed., section 5.7.
Extrapolation ridders_extrapolation(const std::function<double(double h)>& quotient,
                                    const RiddersSteps& steps);

/// A rule for f' at x, a number of f's precision; ε is the precision's spacing at 1, 2^-52 or
/// 2^-23.
struct ClassicalRule {
  std::string_view name;
  ClassicalDerivative (*differentiate)(const ScalarFunction& f, double x, DType dtype);
};

/// torch.autograd.gradcheck's default: (f(x + h) - f(x - h)) / 2h with h = 1e-6, all in f's
/// arithmetic, whatever x and the precision are.
ClassicalDerivative torch_difference(const ScalarFunction& f, double x, DType dtype);

/// The central quotient at h = ε^(1/3) max(1, |x|), where truncation f''' h² / 6 and roundoff
/// ε f / h are of one size if f, f''' and x are ("Numerical Recipes", section 5.7).
ClassicalDerivative central_difference(const ScalarFunction& f, double x, DType dtype);

/// (f(x - 2h) - 8 f(x - h) + 8 f(x + h) - f(x + 2h)) / 12h at h = ε^(1/5) max(1, |x|), with an
/// error of f⁽⁵⁾ h⁴ / 30 (Abramowitz and Stegun, "Handbook of Mathematical Functions", 25.3).
ClassicalDerivative five_point_difference(const ScalarFunction& f, double x, DType dtype);

/// Ridders' extrapolation from h = max(1, |x|) / 10 on.
ClassicalDerivative richardson_difference(const ScalarFunction& f, double x, DType dtype);

/// The central quotient q(h_i) at the last of the steps h_0 / 4ⁱ before |q(h_i+1) - q(h_i)| grows,
/// which truncation alone never lets it do. Begins at h_0 = 4 ε^(1/3) max(1, |x|), their heuristic
/// for derivatives of the size of f; steps that leave f's domain are passed over. Source: R. S.
/// Stepleman and N. D. Winarsky, "Adaptive numerical differentiation", Mathematics of Computation
/// 33 (1979) 1257-1264.
ClassicalDerivative stepleman_winarsky_difference(const ScalarFunction& f, double x, DType dtype);

/// All of the above: torch's, central, five-point, Richardson's, adaptive.
std::span<const ClassicalRule> classical_rules();

}  // namespace verigrad::gradcheck
