// Published gradient checkers, written from their formulas and defaults. What each is, with the
// source and its version, stands above its declaration; the code is Verigrad's own.
#pragma once

#include <functional>

#include "tests/detection/checker.hpp"

namespace verigrad::detection {

/// torch.autograd.gradcheck (docs.pytorch.org, the same in 1.13 and stable 2.x; source
/// torch/autograd/gradcheck.py). Defaults
/// eps = 1e-6, atol = 1e-5, rtol = 1e-3. Each entry n_i = (f(x + eps e_i) - f(x - eps e_i)) / 2 eps
/// in the precision of the inputs; accepts when |g_i - n_i| <= atol + rtol |n_i| for all i.
std::unique_ptr<Checker> torch_gradcheck(const Subject& subject, Random random);

/// The same with fast_mode=True: a direction u of entries uniform on [0, 1), divided by its norm;
/// n = (f(x + eps u) - f(x - eps u)) / 2 eps; accepts when |g·u - n| <= atol Σu_i + rtol |n|. All
/// coordinates count as one tensor: of a 0-dim tensor the direction is 1.
std::unique_ptr<Checker> torch_fast_gradcheck(const Subject& subject, Random random);

/// jax.test_util.check_grads of order 1, modes ("fwd", "rev") (jax/_src/public_test_util.py at
/// 055a883). A direction t of standard normal entries; n = (f(x + eps t) - f(x - eps t)) 0.5 / eps,
/// eps = 1e-4, in the precision of the inputs, where inf - inf is 0; with a standard normal
/// cotangent c, accepts when |g·t - n| <= tol + tol |n| and |(c g)·t - c n| <= tol + tol |c n|. tol
/// is 1e-5 for float64 and 2e-3 for float32.
std::unique_ptr<Checker> jax_check_grads(const Subject& subject, Random random);

/// ceres::GradientChecker, Ceres Solver (include/ceres/internal/numeric_diff.h at ebb66e6,
/// include/ceres/numeric_diff_options.h at 1712740, internal/ceres/gradient_checker.cc at 125a0e9
/// and is_close.cc at 246a8f2): Ridders' method with the default options, in double whatever the
/// function's precision; accepts when |g_i - n_i| / max(|g_i|, |n_i|) < 1e-8 for all i, the default
/// of Solver::Options::gradient_check_relative_precision; the absolute error counts when one of the
/// two is 0.
std::unique_ptr<Checker> ceres_gradient_checker(const Subject& subject, Random random);

/// ChainRulesTestUtils.test_rrule (src/testers.jl at 648e300, check_result.jl at 8cbf82d,
/// rand_tangent.jl at 20db52a) with FiniteDifferences.central_fdm(5, 1) (src/methods.jl at
/// 3cf218f). A cotangent c from -9:0.01:9 (float64) or normal of deviation 9 (float32); accepts
/// when, of every argument, ‖c g - c n‖ <= max(atol, rtol max(‖c g‖, ‖c n‖)) with rtol = atol =
/// 1e-9, and both are finite.
std::unique_ptr<Checker> chainrules_test_rrule(const Subject& subject, Random random);

/// Ridders' derivative of f at x as Ceres takes it: central differences at steps that halve from
/// 2^5 max(0.01, 0.01 |x|), up to 10 of them, extrapolated in a Romberg tableau; the entry with the
/// least change against its neighbours, until that is below 1e-12 or grows to twice the least.
double ridders_derivative(const std::function<double(double)>& f, double x);

/// A step and what the estimate's error is thought to be, in FiniteDifferences' manner.
struct Step {
  double size;
  double accuracy;
};

/// FiniteDifferences' central_fdm(5, 1) of f at x: five points, at the step that balances the
/// truncation error, from the fifth derivative by central_fdm(7, 5), against the rounding of f.
template <class T>
Step central_fdm_step(const std::function<T(T)>& f, T x);
template <class T>
T central_fdm(const std::function<T(T)>& f, T x);

}  // namespace verigrad::detection
