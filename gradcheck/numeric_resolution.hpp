#pragma once

#include <optional>
#include <span>

#include "gradcheck/numeric_noise.hpp"
#include "gradcheck/numeric_window.hpp"

namespace verigrad::gradcheck::detail {

/// How far f moves from f(x) over the steps of a window, and what of it the window leaves open.
struct Variation {
  double most = 0;         ///< largest |f(x ± h) - f(x)| over all steps up to the window's largest
  double unexplained = 0;  ///< the same over steps that move f more than a resolved f can
};

/// A function that the window resolves moves in proportion to the step: |f(x ± h) - f(x)| is at
/// most n^2 (h / top) times the most it moves up to `top` (Markov's inequality for polynomials of
/// degree n, here n = 4), beside known rounding. More is either noise or an oscillation that the
/// steps skip (aliasing).
Variation variation(std::span<const Series* const> sides, double top, const NoiseModel& noise);

/// The range of steps over which all quotients of both sides agree.
struct Plateau {
  double slope = 0;
  double bottom = 0;
  double top = 0;
};

/// The plateau of the smallest steps: at least three levels in a row whose six quotients lie
/// within a quarter of each other and move f by more than known rounding. Noise agrees like that
/// by chance once in about 10^5 times.
std::optional<Plateau> smallest_plateau(const Series& right, const Series& left,
                                        const NoiseModel& noise);

/// The quotients of the steps up to `top`.
Series up_to(const Series& series, double top);

}  // namespace verigrad::gradcheck::detail
