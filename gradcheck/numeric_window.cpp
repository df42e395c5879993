#include "gradcheck/numeric_window.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace verigrad::gradcheck::detail {
namespace {

constexpr double truncation_safety = 2;
constexpr double greatest_divergence = 8;
constexpr double irregularity = 8;

struct Extrapolation {
  double value = 0;
  double amplification = 0;  ///< sum of |weight| / h
  double magnitude = 0;
};

/// Value at h = 0 of the polynomial in h^power through the quotients: Lagrange's weights are
/// prod_{j != i} 1 / (1 - (h_i / h_j)^power).
Extrapolation extrapolate(const Series& series, std::size_t first, std::size_t count) {
  Extrapolation result;
  // Sums differences to the first slope: no rounding where all slopes agree, as of a linear
  // function.
  const double anchor = series.quotients[first].slope;
  double correction = 0;
  for (std::size_t i = first; i < first + count; ++i) {
    const Quotient& own = series.quotients[i];
    double weight = 1;
    for (std::size_t j = first; j < first + count; ++j) {
      if (j == i) continue;
      const double ratio = own.h / series.quotients[j].h;
      weight /= 1 - (series.power == 2 ? ratio * ratio : ratio);
    }
    correction += weight * (own.slope - anchor);
    result.amplification += std::fabs(weight) / own.h;
    result.magnitude = std::max(result.magnitude, own.magnitude);
  }
  result.value = anchor + correction;
  return result;
}

/// Whether the slope moves from step to step as its leading term predicts, like h^power, up to a
/// factor of 5. It does not where the largest step reaches over a pole or over several
/// oscillations.
bool asymptotic(const Series& series, const Window& window) {
  const Quotient& large = series.quotients[window.last()];
  const Quotient& middle = series.quotients[window.last() - 1];
  const Quotient& small = series.quotients[window.last() - 2];
  const auto power = [&](double h) { return series.power == 2 ? h * h : h; };
  const double near = std::fabs(middle.slope - small.slope);
  const double far = std::fabs(large.slope - middle.slope);
  if (near <= 8 * window.noise / small.h) return true;
  const double expected = near * (power(large.h / middle.h) - 1) / (1 - power(small.h / middle.h));
  return far >= 0.2 * expected && far <= 5 * expected;
}

/// Where the derivative is not smooth (x^1.5 at 0), windows of equal length converge only like h^a,
/// a < 1, as they move to smaller steps. Then the change by the largest step misses the error: a is
/// measured on three windows, and the rest that h^a leaves is added.
void inflate_slow_convergence(const Series& series, std::vector<Window>& all) {
  const auto& q = series.quotients;
  const auto larger = [&](const Window& window) {
    return std::find_if(all.begin(), all.end(), [&](const Window& other) {
      return other.count == window.count && other.first == window.first + 1;
    });
  };
  for (Window& window : all) {
    const auto second = larger(window);
    if (second == all.end()) continue;
    const auto third = larger(*second);
    if (third == all.end()) continue;
    const double near = std::fabs(window.value - second->value);
    const double far = std::fabs(second->value - third->value);
    if (near <= window.roundoff) continue;
    const double near_ratio = q[window.first + 1].h / q[window.first].h;
    const double far_ratio = q[window.first + 2].h / q[window.first + 1].h;
    const double growth = far / std::log(far_ratio) / (near / std::log(near_ratio));
    const double exponent = std::log(growth) / std::log(std::sqrt(near_ratio * far_ratio));
    if (!(exponent < 1)) continue;
    const double rest = near / (std::pow(near_ratio, std::max(exponent, 0.05)) - 1);
    window.truncation = std::max(window.truncation, truncation_safety * rest);
  }
}

}  // namespace

std::vector<Window> windows(const Series& series, std::size_t longest, const NoiseBound& noise) {
  std::vector<Window> all;
  const auto& q = series.quotients;
  for (std::size_t first = 0; first + 1 < q.size(); ++first) {
    double shorter = q[first].slope;
    double change_before = 0;
    for (std::size_t count = 2; count <= longest && first + count <= q.size(); ++count) {
      const Extrapolation full = extrapolate(series, first, count);
      if (!std::isfinite(full.value)) break;
      Window window;
      window.first = first;
      window.count = count;
      window.value = full.value;
      window.noise = noise(q[window.last()].h, full.magnitude);
      const double values_in_a_slope = series.power == 2 ? 1 : 2;
      window.roundoff = values_in_a_slope * full.amplification * window.noise +
                        0x1p-51 * std::fabs(full.value) +
                        4 * std::numeric_limits<double>::denorm_min();
      const double change = std::fabs(full.value - shorter);
      const double gap = q[window.last()].h / q[window.last() - 1].h;
      const double divergence = count == 2 ? 1
                                           : std::pow(gap, series.power) * change /
                                                 std::max(change_before, window.roundoff);
      window.truncation =
          truncation_safety * change * (1 + 4 * std::min(divergence, greatest_divergence));
      if (count > 2 && !asymptotic(series, window)) window.truncation *= irregularity;
      shorter = full.value;
      change_before = change;
      all.push_back(window);
    }
  }
  inflate_slow_convergence(series, all);
  return all;
}

namespace {

/// A bar that truncation has made this much larger than the best one before ends the valley.
constexpr double valley_wall = 100;

}  // namespace

Choice choose(const Series& series, const std::vector<Window>& candidates) {
  Choice choice;
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  std::vector<const Window*> accepted;
  int refusals = 0;
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t last = 1; last < series.quotients.size() && refusals < 2; ++last) {
    double lowest = std::numeric_limits<double>::infinity();
    bool truncated = true;
    double next_low = low;
    double next_high = high;
    bool any = false;
    for (const Window& window : candidates) {
      if (window.last() != last) continue;
      if (window.value - window.bar() > high || window.value + window.bar() < low) continue;
      any = true;
      lowest = std::min(lowest, window.bar());
      truncated = truncated && window.truncation > window.roundoff;
      accepted.push_back(&window);
      next_low = std::max(next_low, window.value - window.bar());
      next_high = std::min(next_high, window.value + window.bar());
    }
    refusals = any ? 0 : refusals + 1;
    if (any && truncated && lowest > valley_wall * best) break;
    best = std::min(best, lowest);
    if (next_low <= next_high) {
      low = next_low;
      high = next_high;
    }
  }
  if (accepted.empty()) return choice;
  std::stable_sort(accepted.begin(), accepted.end(),
                   [](const Window* a, const Window* b) { return a->bar() < b->bar(); });
  choice.found = true;
  choice.window = *accepted.front();
  choice.bar = choice.window.bar();
  const auto runner_up = std::find_if(accepted.begin(), accepted.end(), [&](const Window* other) {
    return other->last() != choice.window.last();
  });
  if (runner_up != accepted.end()) {
    const double gap = std::fabs((*runner_up)->value - choice.window.value);
    choice.bar = std::max(choice.bar, std::min(gap, choice.bar + (*runner_up)->bar()));
  }
  return choice;
}

}  // namespace verigrad::gradcheck::detail
