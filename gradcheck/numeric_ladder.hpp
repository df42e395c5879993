#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "gradcheck/numeric.hpp"

namespace verigrad::gradcheck::detail {

enum class Side { right = 0, left = 1 };

/// The path's evaluations around x: at x itself and, for an ascending list of steps, at x + h and
/// x - h. A step is an odd multiple of the spacing of floating-point numbers at |x| + h: then x ± h
/// is exact for h up to |x|, and the coordinates use all their bits (values with few bits would
/// hide that a function rounds to a coarse grid).
class Ladder {
 public:
  struct Sample {
    bool tried = false;
    bool defined = false;
    bool outside = false;  ///< beyond the stated domain
    std::uint64_t branch = 0;
    double h = 0;  ///< |t - x| as evaluated
    std::vector<double> values;
  };
  struct Level {
    double h = 0;
    std::array<Sample, 2> sides;
    const Sample& at(Side side) const { return sides[static_cast<std::size_t>(side)]; }
  };

  Ladder(const Path& path, double x, std::size_t outputs, const NumericOptions& options);

  /// Evaluates x + h and x - h (or one of them) where the domain and the budget allow it. Returns
  /// whether anything was evaluated.
  bool add(double h);
  bool add(double h, Side side);

  /// Evaluates the steps of all levels that the stated domain has kept back.
  void add_outside();

  const std::vector<Level>& levels() const { return levels_; }
  const Sample& base() const { return base_; }
  double x() const { return x_; }
  int evaluations() const { return evaluations_; }
  bool exhausted() const { return evaluations_ >= options_.max_evaluations; }
  const NumericOptions& options() const { return options_; }
  /// The smallest step worth an evaluation: 16 spacings of the coordinates.
  double smallest_step() const { return 16 * spacing(std::fabs(x_)); }

 private:
  double spacing(double magnitude) const;
  double exact_step(double h) const;
  Level* level(double h);
  Sample evaluate(double t, bool beyond = false);

  const Path& path_;
  double x_;
  std::size_t outputs_;
  NumericOptions options_;
  int evaluations_ = 0;
  Sample base_;
  std::vector<Level> levels_;
};

}  // namespace verigrad::gradcheck::detail
