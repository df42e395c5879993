#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "gradcheck/numeric_ladder.hpp"
#include "gradcheck/numeric_noise.hpp"
#include "gradcheck/numeric_window.hpp"

namespace verigrad::gradcheck::detail {

/// One side of x as one output sees it: the unbroken run of usable points from the smallest step
/// on.
struct SideView {
  enum class State {
    missing,  ///< the smallest step is already outside the domain
    clean,    ///< on the branch of x itself
    other     ///< on a branch of its own from the smallest step on: x lies on a kink
  };
  State state = State::missing;
  Series series;       ///< quotients against f(x)
  double barrier = 0;  ///< step of the first point that is not usable; 0 if there is none
  std::vector<double> values;
};

/// Samples outside of the stated domain are used only if `outside` says so.
SideView look(const Ladder& ladder, Side side, std::size_t output, bool outside = false);

/// The grid that the values lie on, if there are enough different ones to tell.
Grid grid_of(const SideView& right, const SideView& left);

/// Central quotients of the steps that are usable on both sides.
Series central(const Ladder& ladder, const SideView& right, const SideView& left,
               std::size_t output);

/// How a function behaves towards x from one side.
enum class Approach { regular, jump, edge };

/// `jump` when f(x ± h) - f(x) tends to a value other than 0, `edge` when the quotients grow
/// without bound as h shrinks (faster than noise explains). Judged on the five to seven smallest
/// steps.
Approach approach(const Series& series, const NoiseModel& noise);

/// The limit of quotients that behave like L + c h^a with 0 < a < 2, a != 1, at the smallest steps:
/// a finite derivative at a point where f is not smooth (x^1.5 at 0), which polynomials extrapolate
/// badly.
struct PowerLimit {
  double value = 0;
  double bar = 0;
};
std::optional<PowerLimit> power_limit(const Series& series, const NoiseModel& noise);

/// Whether the slopes of the two sides differ by about the same at the smallest steps that noise
/// lets through: a kink that no branch announces, and not curvature.
bool slopes_part(const Series& right, const Series& left, double gap, const NoiseModel& noise);

}  // namespace verigrad::gradcheck::detail
