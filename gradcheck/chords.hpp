// How far a function moves over the points of a stencil.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gradcheck/reference.hpp"

namespace verigrad::gradcheck::detail {

/// Watches the outputs of a function while steps from a point are evaluated.
class Chords {
 public:
  /// `noise` is the error of a value where it is more than its own rounding: of a difference.
  Chords(std::size_t outputs, double unit_roundoff, double noise)
      : u_(unit_roundoff), noise_(noise), outputs_(outputs) {}

  /// The step 0 comes first.
  void look(double step, std::span<const double> values);

  /// The steepest chord, as far as it is above rounding; where nothing changed, |f| / max(|x|, 1).
  double scale(std::size_t output, double x) const;

  /// Widens the bar of a function that computes in float by what its values may hide: underflow;
  /// where nothing changed, a slope of 8 u, which the rounding of numbers of the size of x may have
  /// swallowed; and where the derivative seems to be 0 while values change by few multiples of one
  /// number q, a slope of 2 (m + q) / h, with m the most they change and h the widest step.
  void hide(std::size_t output, Truth& truth) const;

 private:
  struct Seen {
    double here = 0;
    double steepest = 0;
    std::vector<double> changes{};  ///< sizes, all different, while they are few
    bool many = false;
    bool changed() const { return many || !changes.empty(); }
    void add(double change);
  };
  double stairs(const Seen& seen) const;

  double u_, noise_;
  double widest_ = 0;
  std::vector<Seen> outputs_;
};

}  // namespace verigrad::gradcheck::detail
