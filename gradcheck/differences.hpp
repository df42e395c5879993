// Numeric derivatives of callables, entry by entry and along directions.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "gradcheck/callable.hpp"
#include "gradcheck/domain.hpp"
#include "gradcheck/numeric.hpp"
#include "gradcheck/reference.hpp"
#include "gradcheck/slope_fit.hpp"

namespace verigrad::gradcheck {

/// What is known about a callable beside its values.
struct DifferenceOptions {
  Domain domain{};                     ///< in which alone it is called
  bool float_input = false;            ///< it takes floats
  bool float_arithmetic = false;       ///< it computes in float
  std::vector<double> noise_floors{};  ///< of each number returned, beyond rounding
  std::vector<double> weights{};       ///< v: the only output is then <v, f>
  int max_evaluations = 1'000'000;     ///< of all questions together
};

/// Derivatives of a callable at x by `differentiate`, whose stencils never leave the domain, with
/// bars three times as wide as it finds. Points at which the callable throws are taken for points
/// outside its domain. Past the limit of evaluations estimates have status `noise` and say so.
/// ChangedArgument passes through.
///
/// Rounding inside the callable may move its arguments: x_4 sin(x_1 x_2) has the slope of another
/// angle by x_4, and no value along x_4 shows it. So how far its values move between points an ulp
/// apart counts as noise of every value: twice the most that four such points show.
///
/// A derivative by an entry of a function that computes in float is fitted (slope_fit.hpp) where
/// its bar is wider than 2^-4 of it: some hundred evaluations more. Such a bar counts once, and
/// with it twice what moving all arguments by an ulp does to the fit's slope. Bars of float
/// functions have room for what values may hide (chords.hpp).
///
/// Of <v, f> only the terms that an entry moves carry noise for its derivative: what is
/// differentiated is <v, f - f(x)>, in which the others are exactly 0. Which ones move, four points
/// along the entry tell.
///
/// A Truth's scale is the largest slope of a chord from x to a point of the stencil, as far as it
/// is above rounding; where the function did not change at all, |f| / max(|x|, 1).
class Differences {
 public:
  /// f must return `outputs` numbers, as many as there are weights, if any.
  Differences(Callable f, Entries x, std::size_t outputs, DifferenceOptions options);

  /// d f_i / d x_j of all outputs i.
  std::vector<Truth> by_entry(std::size_t j);
  /// All of them: (i, j) stands at i * n + j.
  std::vector<Truth> jacobian();
  /// sum_j u_j d f_i / d x_j of all outputs i. The rounding of x + t u is part of the noise.
  std::vector<Truth> along(std::span<const double> u);
  /// d²f / d x_i d x_j of the only output; the scale is the largest of them.
  std::vector<Truth> hessian();

  int evaluations() const { return evaluations_; }

 private:
  bool call(const Entries& at, std::vector<double>& returned);
  PathPoint evaluate(const Entries& at, std::span<double> values);
  NumericOptions coordinate(std::size_t j);
  std::vector<double> noise_of_returned();
  std::vector<bool> moved_by(std::size_t j);
  double noise_of_sum(const std::vector<double>& noise, const std::vector<bool>& moved) const;
  bool exhausted(NumericOptions& options) const;
  const std::vector<double>& noise_of_rounding();
  std::vector<Truth> along_path(const Path& path, double t, double x, NumericOptions options);
  void fit_open_ones(std::size_t j, const Path& path, std::vector<Truth>& truths);
  double moved_by_rounding(std::size_t j, std::size_t output, const detail::Cloud& cloud,
                           const detail::SlopeFit& fit);
  Estimate second(std::size_t i, std::size_t j);

  Callable f_;
  Entries x_;
  std::size_t returned_;
  DifferenceOptions options_;
  std::size_t outputs_;
  int evaluations_ = 0;
  std::vector<double> here_;  ///< f(x)
  std::optional<std::vector<double>> noise_;
};

}  // namespace verigrad::gradcheck
