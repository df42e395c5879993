#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "gradcheck/numeric.hpp"

namespace verigrad::gradcheck {
namespace {

/// The inner derivative as a function of the outer coordinate, evaluated once per coordinate.
class Inner {
 public:
  using Rule = std::function<std::vector<Estimate>(double)>;
  explicit Inner(Rule rule) : rule_(std::move(rule)) {}

  const std::vector<Estimate>& at(double s) {
    auto [place, fresh] = cache_.try_emplace(s);
    if (fresh) place->second = rule_(s);
    return place->second;
  }

  /// The largest bar of one output at s and at moderate steps around it.
  double typical_bar(double s, std::size_t output, const NumericOptions& options) {
    double bar = 0;
    const double scale = std::max(std::fabs(s), 1e-3);
    for (const double step : {0.0, 0.05, -0.05, 0.005, -0.005}) {
      const double place = s + step * scale;
      if (place < options.lower || place > options.upper) continue;
      const Estimate& estimate = at(place)[output];
      if (estimate.status == EstimateStatus::ok) bar = std::max(bar, estimate.error_bar);
    }
    return bar;
  }

 private:
  Rule rule_;
  std::map<double, std::vector<Estimate>> cache_;
};

std::vector<Estimate> outer(Inner& inner, double s, std::size_t outputs,
                            const NumericOptions& options) {
  std::vector<Estimate> result;
  for (std::size_t i = 0; i < outputs; ++i) {
    NumericOptions own = options;
    own.noise_floor = std::max(options.noise_floor, 2 * inner.typical_bar(s, i, options));
    const Path path = [&inner, i, floor = own.noise_floor](double at, std::span<double> values) {
      const Estimate& estimate = inner.at(at)[i];
      values[0] = estimate.value;
      return PathPoint{estimate.status == EstimateStatus::ok && estimate.error_bar <= floor, 0};
    };
    result.push_back(differentiate(path, s, 1, own).front());
  }
  return result;
}

}  // namespace

std::vector<Estimate> differentiate_mixed(const Surface& surface, double s, double t,
                                          std::size_t outputs, const NumericOptions& first,
                                          const NumericOptions& second) {
  Inner inner([&](double at) {
    const Path path = [&](double u, std::span<double> values) { return surface(at, u, values); };
    return differentiate(path, t, outputs, second);
  });
  return outer(inner, s, outputs, first);
}

std::vector<Estimate> differentiate_twice(const Path& path, double x, std::size_t outputs,
                                          const NumericOptions& options) {
  Inner inner([&](double at) { return differentiate(path, at, outputs, options); });
  return outer(inner, x, outputs, options);
}

}  // namespace verigrad::gradcheck
