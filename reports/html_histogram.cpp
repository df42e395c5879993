#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/html_pictures.hpp"
#include "reports/html_plot.hpp"
#include "reports/html_text.hpp"

namespace verigrad::reports {
namespace {

constexpr std::size_t fewest_buckets = 5;  // that have a place
constexpr double most_columns = 44;        // of text, side by side above the bars

std::string bucket_label(std::size_t bucket) {
  if (bucket == 0) return "½";
  return bucket <= 10 ? fmt::format("{}", 1 << (bucket - 1)) : fmt::format("2^{}", bucket - 1);
}

// Of so many buckets, each 1 wide from 0 on; then a gap and the bar of what is not finite, wide
// enough to be seen beside a thousand buckets.
struct Places {
  double buckets = 0, gap = 0, last_bar = 0;

  explicit Places(std::size_t n, bool infinite) : buckets(static_cast<double>(n)) {
    if (!infinite) return;
    gap = std::max(0.5, 0.06 * buckets);
    last_bar = std::max(1.0, 0.04 * buckets);
  }
  double last() const { return buckets + gap; }
  double end() const { return buckets + gap + last_bar; }
};

Axis buckets_axis(std::size_t n, const Places& places) {
  // Shares of the axis: room for labels such as "2^872", or for those up to "512".
  const double room = n > 11 ? 0.14 : 0.085;
  const auto step = static_cast<std::size_t>(std::ceil(room * places.end()));
  Axis axis{"error in ulp, up to", [](double at) { return at; }, 0, places.end(), {}, false};
  for (std::size_t i = 0; i < n; i += step)
    axis.ticks.push_back({static_cast<double>(i) + 0.5, bucket_label(i)});
  if (places.last_bar > 0) axis.ticks.push_back({places.last() + places.last_bar / 2, "∞"});
  return axis;
}

}  // namespace

std::string histogram_figure(const AccuracyRow& row) {
  const UlpStatistics& ulps = row.ulps;
  const std::size_t n = std::max(ulps.histogram.size(), fewest_buckets);
  const Places places(n, row.overflow > 0);
  std::int64_t most = std::max<std::int64_t>(1, row.overflow);
  for (const std::int64_t count : ulps.histogram) most = std::max(most, count);
  std::string label =
      fmt::format("Histogram of {}: {} correctly rounded, {} within 1 ulp, {} within 4 ulp",
                  grouped(ulps.n, "error"), ulps.correctly_rounded, ulps.within_1, ulps.within_4);
  if (row.overflow > 0) label += fmt::format("; {} not finite", grouped(row.overflow, "result"));
  Plot plot(label, buckets_axis(n, places), count_axis("results", most));
  const auto columns = static_cast<double>(fmt::format("{}", most).size());
  const bool counted = columns * places.end() <= most_columns;
  const auto bar = [&](double from, double to, std::int64_t count, std::string_view css_class) {
    if (count == 0) return;
    plot.bar(from, to, static_cast<double>(count), css_class,
             counted ? fmt::format("{}", count) : "");
  };
  for (std::size_t i = 0; i < ulps.histogram.size(); ++i)
    bar(static_cast<double>(i), static_cast<double>(i + 1), ulps.histogram[i], "histogram");
  bar(places.last(), places.end(), row.overflow, "histogram infinite");
  return figure("How large errors are.",
                std::string("Each bar counts the errors up to its number and above the one before "
                            "it; those up to ½ ulp are correctly rounded.") +
                    (row.overflow > 0 ? " The bar at ∞ counts results that are not finite." : ""),
                plot.finish());
}

}  // namespace verigrad::reports
