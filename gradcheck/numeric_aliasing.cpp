// What an Output does about functions that vary faster than a window's steps.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "gradcheck/numeric_output.hpp"

namespace verigrad::gradcheck::detail {
namespace {

constexpr double much_of_a_value = 0.05;
constexpr double plateau_noise = 0.02;
constexpr double hidden_noise = 1e-3;  // of what f moves at most: beyond it no slope is claimed

double top(const Choice& choice, const Series& series) {
  return series.quotients[choice.window.last()].h;
}

}  // namespace

/// Rounding hides not only how f moves but f itself: it may have turned an oscillation by periods.
bool Output::drowned() const {
  double size = 0;
  for (const SideView* view : {&right_, &left_}) {
    for (const Quotient& q : view->series.quotients) size = std::max(size, q.magnitude);
  }
  return size > 0 && floor_ > much_of_a_value * size;
}

/// Looks for variation that the window does not explain. Answers with more steps, with the plateau
/// of smaller steps that do resolve f, or with an estimate that claims nothing.
bool Output::aliased(Analysis& result, const Series& series, const Choice& choice) {
  std::vector<const Series*> sides;
  if (series.power == 2) {
    sides = {&right_.series, &left_.series};
  } else {
    sides = {&series};
  }
  const double reach = top(choice, series);
  const Variation seen = variation(sides, reach, *noise_);
  // Where rounding is known, more than rounding is f itself. Where it is not, a plateau may also be
  // one stair of a function that cancels ((exp(x) - 1) / x), and little is taken for noise.
  const bool structure = floor_ > 0 && seen.unexplained > 64 * noise_->known(seen.most);
  const bool little = !structure && seen.unexplained < hidden_noise * seen.most;
  if ((seen.unexplained == 0 || little) && !drowned()) return false;
  if (!descended_ || !dense_) {
    dense_ = descended_;
    result.wanted = descended_ ? denser(reach) : descent();
    result.settled = false;
    return true;
  }
  if (structure && !drowned() && on_plateau(result, series)) return true;
  Estimate& estimate = result.estimate;
  estimate.value = estimate.left = estimate.right = choice.window.value;
  estimate.error_bar = std::numeric_limits<double>::infinity();
  estimate.status = EstimateStatus::noise;
  estimate.reason = "the function varies faster than its arguments can be told apart";
  estimate.step = reach;
  estimate.noise = choice.window.noise;
  return true;
}

/// The bar where f is steep against its size (many periods in |x|): then some number on the way to
/// f is large, and its rounding moves f by about u |x f'|. What is known of rounding is true at x
/// and grows with the slope over the window. Near the end of a domain f is steep for another
/// reason.
double Output::steep_bar(const Choice& choice, const Series& series) const {
  constexpr double steep = 64;
  const double reach = top(choice, series) * (1 + 1e-6);
  double slope = 0;
  double size = 0;
  for (const SideView* view : {&right_, &left_}) {
    for (const Quotient& q : view->series.quotients) {
      if (q.h > reach) break;
      slope = std::max(slope, std::fabs(q.slope));
      size = std::max(size, q.magnitude);
    }
  }
  if (floor_ == 0 && (right_.barrier > 0 || left_.barrier > 0)) return choice.bar;
  const double x = std::fabs(ladder_.x());
  if (!(x * slope > steep * size)) return choice.bar;
  double noise = 8 * ladder_.options().unit_roundoff * x * slope;
  if (floor_ > 0) noise = std::min(noise, 2 * floor_ * slope / std::fabs(choice.window.value));
  if (!(noise > choice.window.noise)) return choice.bar;
  return choice.bar + choice.window.roundoff * (noise / choice.window.noise - 1);
}

bool Output::on_plateau(Analysis& result, const Series& series) const {
  const auto plateau = smallest_plateau(right_.series, left_.series, *noise_);
  if (!plateau) return false;
  const Series right = up_to(right_.series, plateau->top);
  const Series left = up_to(left_.series, plateau->top);
  const std::array<const Series*, 2> sides{&right, &left};
  const NoiseModel noise(sides, ladder_.options().unit_roundoff, grid_of(right_, left_), floor_);
  const Series resolved =
      series.power == 2 ? up_to(central(ladder_, right_, left_, index_), plateau->top) : right;
  const Choice choice = choose(resolved, noise);
  const Variation below = variation(sides, plateau->top, noise);
  if (!choice.found || below.unexplained > plateau_noise * below.most) return false;
  const double off = std::fabs(choice.window.value - plateau->slope);
  if (off > std::fabs(plateau->slope) / 2) return false;
  Estimate& estimate = result.estimate;
  estimate.value = estimate.left = estimate.right = choice.window.value;
  estimate.error_bar = steep_bar(choice, resolved);
  estimate.status = EstimateStatus::ok;
  estimate.step = top(choice, resolved);
  estimate.noise = choice.window.noise;
  return true;
}

/// Steps halfway between all levels up to `top`.
std::vector<double> Output::denser(double top) const {
  std::vector<double> steps;
  const auto& levels = ladder_.levels();
  for (std::size_t i = 0; i + 1 < levels.size() && levels[i + 1].h <= top * (1 + 1e-6); ++i) {
    if (levels[i + 1].h > 1.5 * levels[i].h) {
      steps.push_back(std::sqrt(levels[i].h) * std::sqrt(levels[i + 1].h));
    }
  }
  return steps;
}

}  // namespace verigrad::gradcheck::detail
