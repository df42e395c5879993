// Slopes of float functions by least squares: many values average rounding out.
#pragma once

#include <cstddef>
#include <optional>

#include "gradcheck/value_cloud.hpp"

namespace verigrad::gradcheck::detail {

/// The slope at x of the polynomial that fits the values over a window best.
struct SlopeFit {
  double value = 0;
  double bar = 0;        ///< of truncation and of the values' scatter
  double deviation = 0;  ///< what the scatter alone leaves of the slope, a standard deviation
  double scatter = 0;    ///< of one value around the polynomial, a standard deviation
  double reach = 0;      ///< |t - x| of the window's widest
  int degree = 0;
};

/// What a fit must know beforehand.
struct ValueError {
  double noise = 0;          ///< a bound on the error of one value
  double unit_roundoff = 0;  ///< of the function's arithmetic
  double narrow = 0;         ///< windows up to this one may lie on one stair
};

/// Fits polynomials of degree 1, 2, … to windows w / 32 < |t - x| <= w, with w halved from the
/// widest place on. With s the scatter of the values around a fit of degree d, V s^2 the variance
/// of its slope at x, r_d this slope and z the error of values that the scatter does not show (all
/// of `noise` where that is 16 s or more; and never less than 2 u |f|),
///
///   bar  4 s sqrt(V) + z / w + 2 max(|r_d - r_(d+1)|, |r_d - r_(d+2)|)
///
/// A fit counts where no value lies further from it than `noise` and rounding put it; where the
/// values take eight levels or more, so that their rounding is no constant; and, from small windows
/// to large ones, as long as all intervals have a common point (Lepski's rule). Where rounding
/// moves neighbours together, V grows: only as many values are independent as there are levels, or
/// twice as many as the rest changes its sign. What rounding does to all values alike is not in the
/// bar.
std::optional<SlopeFit> fit_slope(const Cloud& cloud, std::size_t output, const ValueError& error);

/// The slope of the polynomial of the same window and degree.
std::optional<double> refit(const Cloud& cloud, std::size_t output, const SlopeFit& fit);

}  // namespace verigrad::gradcheck::detail
