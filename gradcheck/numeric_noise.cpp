#include "gradcheck/numeric_noise.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace verigrad::gradcheck::detail {
namespace {

constexpr double ulps_of_a_value = 4;  // in units of the roundoff: two ulps
constexpr double much_noise = 16;
constexpr double noise_safety = 1.5;
constexpr std::size_t least_samples = 6;

/// Smooth samples grow like h^3 from step to step; noise does not, and the edge of a stair looks
/// like growth for two steps only.
bool grows(const std::vector<NoiseModel::Sample>& samples, std::size_t i, double floor) {
  if (i + 2 >= samples.size()) return false;
  const bool upper_end = samples[i + 2].reach > 1e-3 * samples.back().reach;
  const std::size_t end = upper_end ? i + 2 : std::min(i + 3, samples.size() - 1);
  for (std::size_t k = i; k < end; ++k) {
    const double low = std::max(samples[k].size, floor);
    const double steps = samples[k + 1].reach / samples[k].reach;
    if (samples[k + 1].size <= low * std::pow(steps, 1.3)) return false;
  }
  return true;
}

std::vector<NoiseModel::Sample> differences(const Series& side) {
  const auto& q = side.quotients;
  std::vector<NoiseModel::Sample> samples;
  for (std::size_t k = 0; k + 2 < q.size(); ++k) {
    const double line = q[k + 1].slope + (q[k + 2].slope - q[k + 1].slope) *
                                             ((q[k].h - q[k + 1].h) / (q[k + 2].h - q[k + 1].h));
    samples.push_back({q[k + 2].h, q[k].h * std::fabs(q[k].slope - line)});
  }
  return samples;
}

/// Where noise sets in: the smallest steps see none, larger ones much and from then on no smooth
/// growth. Then f is a staircase (values, or numbers on the way to them, on a grid) and the
/// smallest steps lie on one stair. Returns a step that sees the stairs, 0 if there are none.
double onset(const std::vector<NoiseModel::Sample>& samples, double floor) {
  const auto loud = std::find_if(samples.begin(), samples.end(),
                                 [&](const auto& one) { return one.size > much_noise * floor; });
  const auto i = static_cast<std::size_t>(loud - samples.begin());
  if (i == 0 || i + 2 >= samples.size() || grows(samples, i, floor)) return 0;
  return samples[i + 2].reach;
}

struct Onset {
  double step = 0;   ///< 0 if the side sees no stairs
  double reach = 0;  ///< the side's largest step
};

/// A kink nearby looks like stairs too, but on one side only. A side that ends before the other
/// one's stairs has no say.
double common_onset(const std::vector<Onset>& onsets) {
  double common = 0;
  for (const Onset& one : onsets) common = std::max(common, one.step);
  for (const Onset& one : onsets) {
    if (one.step == 0 && one.reach >= common) return 0;
  }
  return common;
}

/// A stair that the smallest steps lie on: how high it is, and the first step that leaves it.
struct Tread {
  double height = 0;
  double step = 0;   ///< 0 if there is none
  double reach = 0;  ///< the side's largest step
};

/// f does not move at all, and then by no more than the rounding of a number of the size of f or 1:
/// such a number was on the way to f, even if f itself is small (log(1 + x^2)).
Tread tread(const Series& side, double unit_roundoff) {
  constexpr double rounding_steps = 64;
  const auto& q = side.quotients;
  const auto moves =
      std::find_if(q.begin(), q.end(), [](const auto& one) { return one.slope != 0; });
  if (moves == q.begin() || moves == q.end()) return {0, 0, q.back().h};
  const double height = std::fabs(moves->slope) * moves->h;
  if (height > rounding_steps * unit_roundoff * std::max(1.0, moves->magnitude)) {
    return {0, 0, q.back().h};
  }
  return {height, moves->h, q.back().h};
}

/// As common_onset.
double common_height(const std::vector<Tread>& treads) {
  double height = 0;
  double step = 0;
  for (const Tread& one : treads) {
    height = std::max(height, one.height);
    step = std::max(step, one.step);
  }
  for (const Tread& one : treads) {
    if (one.step == 0 && one.reach >= step) return 0;
  }
  return height;
}

}  // namespace

NoiseModel::NoiseModel(std::span<const Series* const> sides, double unit_roundoff, const Grid& grid,
                       double floor)
    : unit_roundoff_(unit_roundoff), grid_(grid), floor_(floor) {
  std::vector<Onset> onsets;
  std::vector<Tread> treads;
  for (const Series* side : sides) {
    if (side->quotients.empty()) continue;
    const std::vector<Sample> fresh = differences(*side);
    const double rounded = known(side->quotients.front().magnitude);
    onsets.push_back({onset(fresh, rounded), side->quotients.back().h});
    treads.push_back(tread(*side, unit_roundoff));
    tested_ += fresh.size();
    if (!fresh.empty()) lowest_ = std::max(lowest_, fresh.front().size);
    for (std::size_t i = 0; i < fresh.size() && !grows(fresh, i, rounded); ++i) {
      samples_.push_back(fresh[i]);
    }
  }
  stairs_until_ = common_onset(onsets);
  tread_ = common_height(treads);
  std::sort(samples_.begin(), samples_.end(),
            [](const Sample& a, const Sample& b) { return a.reach < b.reach; });
}

bool NoiseModel::loud(double magnitude) const {
  return lowest_ > much_noise * rounding(magnitude) || stairs_until_ > 0;
}

double NoiseModel::rounding(double magnitude) const {
  return floor_ + ulps_of_a_value * unit_roundoff_ * magnitude +
         4 * std::numeric_limits<double>::denorm_min();
}

double NoiseModel::known(double magnitude) const {
  return std::max({rounding(magnitude), grid_.absolute, 2 * grid_.relative * magnitude});
}

double NoiseModel::bound(double top, double magnitude) const {
  double measured = tread_;
  for (std::size_t i = 0; i < samples_.size(); ++i) {
    if (i >= least_samples && samples_[i].reach > std::max(top, stairs_until_)) break;
    measured = std::max(measured, noise_safety * samples_[i].size);
  }
  return std::max(known(magnitude), measured);
}

}  // namespace verigrad::gradcheck::detail
