#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "reports/html_pictures.hpp"
#include "reports/html_plot.hpp"

namespace verigrad::reports {

namespace {

// Whether the finite samples are the results that were counted, rather than some of them, or also
// such of the search: as many, and as many in every bucket.
bool are_the_counted(const AccuracyRow& row) {
  std::int64_t counted = 0;
  for (std::size_t i = 0; i < row.ulps.histogram.size(); ++i) {
    counted += row.ulps.histogram[i];
    const double bound = std::ldexp(0.5, static_cast<int>(i));
    const auto within = std::count_if(row.samples.begin(), row.samples.end(),
                                      [&](const auto& sample) { return sample.ulps <= bound; });
    if (i > 0 && within != counted) return false;
  }
  return counted == std::count_if(row.samples.begin(), row.samples.end(),
                                  [](const auto& sample) { return std::isfinite(sample.ulps); });
}

// Finite errors in ascending order, each with how many results have it.
std::vector<std::pair<double, double>> counted_errors(const AccuracyRow& row) {
  std::vector<std::pair<double, double>> counts;
  if (are_the_counted(row)) {
    for (const AccuracySample& sample : row.samples)
      if (std::isfinite(sample.ulps)) counts.emplace_back(sample.ulps, 1);
    std::sort(counts.begin(), counts.end());
    return counts;
  }
  counts.clear();
  for (std::size_t i = 0; i < row.ulps.histogram.size(); ++i)
    counts.emplace_back(std::ldexp(0.5, static_cast<int>(i)),
                        static_cast<double>(row.ulps.histogram[i]));
  return counts;
}

}  // namespace

std::string distribution_figure(const AccuracyRow& row) {
  const auto all = static_cast<double>(row.ulps.n + row.wrong_zeros);
  const auto errors = counted_errors(row);
  if (errors.empty()) return "";
  Points steps;
  std::vector<double> ulps;
  double below = 0;
  for (const auto& [error, count] : errors) {
    if (!std::isfinite(error)) break;
    steps.emplace_back(error, below / all);
    steps.emplace_back(error, (below += count) / all);
    ulps.push_back(error);
  }
  Axis errors_axis = ulps_axis(ulps);
  const bool crowded = errors_axis.high > 8;  // "≤ 0.1" and "1" would touch
  if (crowded) std::erase_if(errors_axis.ticks, [](const Tick& tick) { return tick.label == "1"; });
  Plot plot("Share of the results against error in ulp", std::move(errors_axis),
            share_axis("results"));
  steps.emplace_back(std::pow(10, plot.x().high), below / all);
  plot.line(steps, "curve");
  return figure("How many are how good.",
                "The share of all results whose error is at most so many ulps; results that are "
                "not finite, or not 0 where the truth is, are never reached.",
                plot.finish());
}

std::string ball_figure(const std::vector<BallRadius>& balls) {
  if (balls.empty()) return "";
  Points points;
  std::vector<double> bits, radii;
  for (const BallRadius& each : balls) {
    bits.push_back(static_cast<double>(each.bits));
    radii.push_back(each.ulps);
    if (std::isfinite(each.ulps)) points.emplace_back(bits.back(), each.ulps);
  }
  radii.push_back(0.5);
  Plot plot("Radius of the enclosure against precision", bits_axis(bits),
            decades_axis("radius in ulp", radii));
  plot.straight(std::log10(0.5), std::log10(0.5), "theory");
  plot.line(points, "curve");
  plot.marks(points);
  return figure("What precision encloses.",
                "Radius of the ball around the derivative at the worst point, by ball arithmetic "
                "of so many bits; the line is ½ ulp. Without a mark nothing is enclosed.",
                plot.finish());
}

}  // namespace verigrad::reports
