#include "gradcheck/value_cloud.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

namespace verigrad::gradcheck::detail {
namespace {

class Sampler {
 public:
  Sampler(const Path& path, double x, std::size_t outputs, const NumericOptions& known)
      : path_(path), x_(x), outputs_(outputs), known_(known) {}

  /// False where the function ends.
  bool add(double offset, Cloud& cloud) {
    double t = x_ + offset;
    if (known_.float_coordinates) t = static_cast<double>(static_cast<float>(t));
    t = std::clamp(t, known_.lower, known_.upper);
    std::vector<double> values(outputs_);
    if (!path_(t, values).defined) return false;
    if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
      return false;
    cloud.offsets.push_back(t - x_);
    cloud.values.push_back(std::move(values));
    return true;
  }

 private:
  const Path& path_;
  double x_;
  std::size_t outputs_;
  const NumericOptions& known_;
};

void sort_by_distance(Cloud& cloud) {
  std::vector<std::size_t> order(cloud.offsets.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(cloud.offsets[a]) < std::abs(cloud.offsets[b]);
  });
  Cloud sorted;
  for (const std::size_t i : order) {
    sorted.offsets.push_back(cloud.offsets[i]);
    sorted.values.push_back(std::move(cloud.values[i]));
  }
  cloud = std::move(sorted);
}

}  // namespace

std::size_t Cloud::count_within(double reach) const {
  const auto end =
      std::find_if(offsets.begin(), offsets.end(), [&](double t) { return std::abs(t) > reach; });
  return static_cast<std::size_t>(end - offsets.begin());
}

Cloud cloud_around(const Path& path, double x, std::size_t outputs, const NumericOptions& known,
                   const CloudRange& range) {
  Cloud cloud;
  Sampler sampler(path, x, outputs, known);
  if (!sampler.add(0, cloud)) return cloud;
  std::mt19937_64 random(1);
  for (const double sign : {1.0, -1.0}) {
    const double room = sign > 0 ? known.upper - x : x - known.lower;
    const double widest = std::min(range.widest, room);
    std::vector<double> distances;
    for (double high = range.widest; high > range.smallest; high /= 2) {
      const double low = high / 2, end = std::min(high, widest);
      for (int k = 0; k < Cloud::a_side && low < end; ++k) {
        const double jitter = static_cast<double>(random() >> 11) * 0x1p-53;
        distances.push_back(low + (end - low) * (k + jitter) / Cloud::a_side);
      }
    }
    if (room > 0 && room <= range.widest) distances.push_back(room);
    std::sort(distances.begin(), distances.end());
    for (const double distance : distances)
      if (!sampler.add(sign * distance, cloud)) break;
  }
  sort_by_distance(cloud);
  return cloud;
}

Cloud same_places(const Cloud& cloud, double reach, const Path& path, double x) {
  Cloud other;
  for (std::size_t i = 0; i < cloud.count_within(reach); ++i) {
    std::vector<double> values(cloud.values[i].size());
    if (!path(x + cloud.offsets[i], values).defined) return {};
    other.offsets.push_back(cloud.offsets[i]);
    other.values.push_back(std::move(values));
  }
  return other;
}

}  // namespace verigrad::gradcheck::detail
