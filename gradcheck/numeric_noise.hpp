#pragma once

#include <span>
#include <vector>

#include "gradcheck/numeric_window.hpp"

namespace verigrad::gradcheck::detail {

/// The finest grid that all values of a function lie on: tells that they were rounded to a coarser
/// type, or to a number of decimals that is a power of two.
struct Grid {
  double absolute = 0;  ///< half of the largest power of two that divides all values
  double relative = 0;  ///< 2^-p if no value has more than p significant bits
};

/// Bound on the error of one value of f: the largest of a few ulps of |f|, the grid that all values
/// lie on (functions rounded to a coarser type) and measured noise.
///
/// Noise is measured on one-sided quotients of the smallest steps: h_k times the distance of slope
/// k from the line through slopes k+1 and k+2 is the error of f(x ± h_k) plus O(h_k h_{k+1}
/// h_{k+2}). Where the samples start to grow with the step they are smooth and no longer noise, and
/// are left out.
class NoiseModel {
 public:
  struct Sample {
    double reach = 0;  ///< largest step that went into the sample
    double size = 0;
  };

  /// `sides` are the one-sided series at hand, `floor` an absolute bound known beforehand.
  NoiseModel(std::span<const Series* const> sides, double unit_roundoff, const Grid& grid,
             double floor);

  /// The bound for a stencil with this largest step and this largest |f|: uses the samples up to
  /// that step (structure seen only by larger steps is none of its business), though never fewer
  /// than six, and all up to the first steps that see a staircase if f is one.
  double bound(double top, double magnitude) const;

  /// Whether the smallest steps see more than rounding: noise, or structure finer than they are.
  bool loud(double magnitude) const;

  /// How many differences were looked at, smooth ones included.
  std::size_t tested() const { return tested_; }

  /// Rounding of the function's arithmetic and the floor.
  double rounding(double magnitude) const;

  /// The same, or half of the grid that the values lie on.
  double known(double magnitude) const;

 private:
  double unit_roundoff_;
  Grid grid_;
  double floor_;
  double lowest_ = 0;
  double stairs_until_ = 0;
  double tread_ = 0;  ///< height of the stair that the smallest steps lie on
  std::size_t tested_ = 0;
  std::vector<Sample> samples_;
};

}  // namespace verigrad::gradcheck::detail
