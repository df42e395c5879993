#include "gradcheck/numeric_resolution.hpp"

#include <algorithm>
#include <cmath>

namespace verigrad::gradcheck::detail {
namespace {

constexpr double markov = 16;
constexpr double beyond_rounding = 16;
constexpr double agreement = 0.25;
constexpr std::size_t plateau_levels = 3;

double moved(const Quotient& quotient) { return std::fabs(quotient.slope) * quotient.h; }

/// Whether the quotient lies within a quarter of the slope and is no artefact of rounding.
bool agrees(const Quotient& quotient, double slope, const NoiseModel& noise) {
  return std::fabs(quotient.slope - slope) <= agreement * std::fabs(slope) / 2 &&
         moved(quotient) > beyond_rounding * noise.rounding(quotient.magnitude);
}

}  // namespace

Variation variation(std::span<const Series* const> sides, double top, const NoiseModel& noise) {
  Variation result;
  const double reach = top * (1 + 1e-6);
  for (const Series* side : sides) {
    for (const Quotient& q : side->quotients) {
      if (q.h <= reach) result.most = std::max(result.most, moved(q));
    }
  }
  for (const Series* side : sides) {
    for (const Quotient& q : side->quotients) {
      if (q.h > reach) break;
      const double explained =
          markov * (q.h / top) * result.most + beyond_rounding * noise.known(q.magnitude);
      if (moved(q) > explained) result.unexplained = std::max(result.unexplained, moved(q));
    }
  }
  return result;
}

std::optional<Plateau> smallest_plateau(const Series& right, const Series& left,
                                        const NoiseModel& noise) {
  const auto& above = right.quotients;
  const auto& below = left.quotients;
  const std::size_t size = std::min(above.size(), below.size());
  for (std::size_t first = 0; first + plateau_levels <= size; ++first) {
    const std::size_t middle = first + plateau_levels / 2;
    const double slope = above[middle].slope / 2 + below[middle].slope / 2;
    std::size_t end = first;
    while (end < size && std::fabs(above[end].h - below[end].h) <= 0.1 * above[end].h &&
           agrees(above[end], slope, noise) && agrees(below[end], slope, noise)) {
      ++end;
    }
    if (end - first >= plateau_levels) {
      const double top = std::max(above[end - 1].h, below[end - 1].h);
      return Plateau{slope, above[first].h, top};
    }
  }
  return std::nullopt;
}

Series up_to(const Series& series, double top) {
  Series result;
  result.power = series.power;
  for (const Quotient& q : series.quotients) {
    if (q.h <= top * (1 + 1e-6)) result.quotients.push_back(q);
  }
  return result;
}

}  // namespace verigrad::gradcheck::detail
