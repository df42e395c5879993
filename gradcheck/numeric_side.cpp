#include "gradcheck/numeric_side.hpp"

#include <algorithm>
#include <bit>
#include <climits>
#include <cmath>
#include <cstdint>
#include <utility>

namespace verigrad::gradcheck::detail {
namespace {

/// Exponents of the highest and of the lowest bit that is set.
std::pair<int, int> bit_range(double value) {
  int exponent = 0;
  const double mantissa = std::frexp(std::fabs(value), &exponent);
  const auto bits = static_cast<std::uint64_t>(std::ldexp(mantissa, 53));
  return {exponent - 1, exponent - 53 + std::countr_zero(bits)};
}

/// How the changes of the quotients grow from each of the smallest steps to the next smaller one.
struct Growth {
  double least = 1e300;
  double most = 0;
  bool steady() const { return most > 0 && most <= 1.05 * least; }
};

Growth growth_of(const Series& series, const NoiseModel& noise) {
  const auto& q = series.quotients;
  const std::size_t judged = std::min<std::size_t>(q.size(), 7);
  Growth result;
  for (std::size_t k = 0; k + 2 < judged; ++k) {
    const double change = q[k].slope - q[k + 1].slope;
    if (std::fabs(change) <= 16 * noise.known(q[k].magnitude) / q[k].h) return {};
    const double growth = change / (q[k + 1].slope - q[k + 2].slope);
    if (!(growth > 0)) return {};
    result.least = std::min(result.least, growth);
    result.most = std::max(result.most, growth);
  }
  return result;
}

bool usable(const Ladder::Sample& sample, std::size_t output) {
  return sample.defined && std::isfinite(sample.values[output]);
}

}  // namespace

SideView look(const Ladder& ladder, Side side, std::size_t output, bool outside) {
  SideView view;
  view.series.power = 1;
  const double value = ladder.base().values[output];
  std::uint64_t branch = 0;
  bool lowest = true;
  for (const Ladder::Level& level : ladder.levels()) {
    const Ladder::Sample& sample = level.at(side);
    if (!sample.tried) continue;
    if (!usable(sample, output) || (sample.outside && !outside)) {
      view.barrier = level.h;
      break;
    }
    if (lowest) {
      branch = sample.branch;
      view.state = branch == ladder.base().branch ? SideView::State::clean : SideView::State::other;
      lowest = false;
    }
    if (sample.branch != branch) {
      view.barrier = level.h;
      break;
    }
    view.values.push_back(sample.values[output]);
    const double sign = side == Side::right ? 1 : -1;
    const double slope = 2 * (sign * (sample.values[output] / 2 - value / 2) / sample.h);
    view.series.quotients.push_back(
        {sample.h, slope, std::max(std::fabs(value), std::fabs(sample.values[output]))});
  }
  return view;
}

Grid grid_of(const SideView& right, const SideView& left) {
  int lowest = INT_MAX;
  int most_bits = 0;
  int changes = 0;
  for (const SideView* view : {&right, &left}) {
    double before = 0;
    for (const double value : view->values) {
      if (value == 0 || value == before) continue;
      const auto [high, low] = bit_range(value);
      lowest = std::min(lowest, low);
      most_bits = std::max(most_bits, high - low + 1);
      before = value;
      ++changes;
    }
  }
  if (changes < 8) return {};
  return {std::ldexp(0.5, lowest), std::ldexp(1.0, -most_bits)};
}

Series central(const Ladder& ladder, const SideView& right, const SideView& left,
               std::size_t output) {
  Series series;
  series.power = 2;
  if (right.series.quotients.empty() || left.series.quotients.empty()) return series;
  const double reach =
      std::min(right.series.quotients.back().h, left.series.quotients.back().h) * (1 + 1e-6);
  for (const Ladder::Level& level : ladder.levels()) {
    const Ladder::Sample& above = level.at(Side::right);
    const Ladder::Sample& below = level.at(Side::left);
    if (!above.tried || !below.tried) continue;
    if (std::max(above.h, below.h) > reach) break;
    const double up = above.values[output];
    const double down = below.values[output];
    const double h = above.h / 2 + below.h / 2;
    series.quotients.push_back(
        {h, (up / 2 - down / 2) / h, std::max(std::fabs(up), std::fabs(down))});
  }
  return series;
}

Approach approach(const Series& series, const NoiseModel& noise) {
  const auto& q = series.quotients;
  if (q.size() < 5) return Approach::regular;
  const double step = q[0].slope * q[0].h;
  bool jump = std::fabs(step) > 64 * noise.rounding(q[0].magnitude);
  for (std::size_t k = 0; k < 5; ++k) {
    jump = jump && std::fabs(q[k].slope * q[k].h - step) <= 0.02 * std::fabs(step);
  }
  if (jump) return Approach::jump;

  const Growth growth = growth_of(series, noise);
  return growth.steady() && growth.least >= 0.8 && growth.most <= 7 ? Approach::edge
                                                                    : Approach::regular;
}

std::optional<PowerLimit> power_limit(const Series& series, const NoiseModel& noise) {
  if (series.quotients.size() < 5) return std::nullopt;
  const Growth growth = growth_of(series, noise);
  const bool smooth = growth.least < 1.05 / 8 && growth.most > 0.95 / 8;
  if (!growth.steady() || smooth || growth.least < 1.0 / 64 || growth.most >= 0.8) {
    return std::nullopt;
  }
  const Quotient& lowest = series.quotients[0];
  const double rate = (growth.least + growth.most) / 2;
  const double rest = (lowest.slope - series.quotients[1].slope) / (1 - 1 / rate);
  return PowerLimit{lowest.slope - rest,
                    std::fabs(rest) / 2 + 2 * noise.known(lowest.magnitude) / lowest.h};
}

bool slopes_part(const Series& right, const Series& left, double gap, const NoiseModel& noise) {
  int witnesses = 0;
  const std::size_t size = std::min(right.quotients.size(), left.quotients.size());
  for (std::size_t k = 0; k < size && witnesses < 4; ++k) {
    const Quotient& above = right.quotients[k];
    const Quotient& below = left.quotients[k];
    const double error =
        noise.known(std::max(above.magnitude, below.magnitude)) * (2 / above.h + 2 / below.h);
    if (error > std::fabs(gap) / 8) continue;
    const double seen = (above.slope - below.slope) / gap;
    if (seen < 0.5 || seen > 2) return false;
    ++witnesses;
  }
  return witnesses >= 3;
}

}  // namespace verigrad::gradcheck::detail
