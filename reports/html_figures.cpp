#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/html_pictures.hpp"
#include "reports/html_plot.hpp"
#include "reports/html_text.hpp"

namespace verigrad::reports {
namespace {

std::vector<double> first_of(const Points& points) {
  std::vector<double> values;
  for (const auto& [x, y] : points) values.push_back(x);
  return values;
}

std::vector<double> second_of(const Points& points) {
  std::vector<double> values;
  for (const auto& [x, y] : points) values.push_back(y);
  return values;
}

std::string bucket_label(std::size_t bucket) {
  if (bucket == 0) return "½";
  return bucket <= 10 ? fmt::format("{}", 1 << (bucket - 1)) : fmt::format("2^{}", bucket - 1);
}

}  // namespace

std::string figure(std::string_view title, std::string_view explanation, std::string_view body,
                   std::string_view css_class) {
  const std::string style = css_class.empty() ? "" : fmt::format(" class=\"{}\"", css_class);
  return fmt::format("<figure{}>\n<figcaption><b>{}</b> {}</figcaption>\n<div>{}</div></figure>\n",
                     style, escaped(title), escaped(explanation), body);
}

std::string verdict_bar(std::string_view of, const std::vector<BarPart>& parts) {
  constexpr double width = 1000, height = 18, least = 6;
  std::int64_t total = 0;
  std::size_t present = 0;
  for (const BarPart& part : parts) total += part.count, present += part.count > 0 ? 1 : 0;
  std::string rectangles, label;
  double x = 0;
  for (const BarPart& part : parts) {
    if (part.count == 0) continue;
    const double free = width - least * static_cast<double>(present);
    const double part_width =
        least + free * static_cast<double>(part.count) / static_cast<double>(total);
    rectangles += fmt::format(
        "<rect class=\"bar {}\" x=\"{:.2f}\" y=\"0\" width=\"{:.2f}\" height=\"{}\"/>\n",
        part.verdict, x, part_width - 2, height);
    label += fmt::format("{}{} {}", label.empty() ? "" : ", ", part.count, part.verdict);
    x += part_width;
  }
  return fmt::format(
      "<svg class=\"verdicts\" role=\"img\" aria-label=\"{}s: {}\" width=\"{}\" height=\"{}\" "
      "viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\">\n{}</svg>\n",
      escaped(of), label, width, height, width, height, rectangles);
}

std::string histogram_figure(const UlpStatistics& ulps) {
  constexpr double width = Plot::width, height = Plot::height, left = 12, top = 30, bottom = 44;
  const std::size_t buckets = std::max<std::size_t>(ulps.histogram.size(), 5);
  const double distance = (width - 2 * left) / static_cast<double>(buckets);
  std::int64_t most = 1;
  for (std::int64_t count : ulps.histogram) most = std::max(most, count);
  std::string body = svg_begin(
      width, height,
      fmt::format("Histogram of {}: {} correctly rounded, {} within 1 ulp, "
                  "{} within 4 ulp",
                  grouped(ulps.n, "error"), ulps.correctly_rounded, ulps.within_1, ulps.within_4));
  const std::size_t step = buckets / 10 + 1;
  const double base = height - bottom;
  for (std::size_t i = 0; i < buckets; ++i) {
    const double x = left + static_cast<double>(i) * distance;
    const std::int64_t count = i < ulps.histogram.size() ? ulps.histogram[i] : 0;
    if (count > 0) {
      const double full = base - top;
      const double tall =
          std::max(1.0, full * static_cast<double>(count) / static_cast<double>(most));
      body += fmt::format(
          "<rect class=\"histogram\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
          "height=\"{:.1f}\"/>\n",
          x + 1, base - tall, std::max(1.0, distance - 2), tall);
      if (buckets <= 12)
        body += svg_text(x + distance / 2, base - tall - 4, "middle", fmt::format("{}", count));
    }
    if (i % step == 0) body += svg_text(x + distance / 2, base + 15, "middle", bucket_label(i));
  }
  body += fmt::format("<path class=\"grid\" d=\"M{} {}h{}\"/>\n", left, base, width - 2 * left);
  body += svg_text(width / 2, height - 8, "middle", "error in ulp, up to", "axis");
  body += "</svg>\n";
  return figure("How large errors are.",
                "Each bar counts the errors up to its number and above the one before it; those up "
                "to ½ ulp are correctly rounded.",
                body);
}

std::string input_figure(const AccuracyRow& row) {
  Points points;
  for (const AccuracySample& sample : row.samples) points.emplace_back(sample.input, sample.ulps);
  if (points.empty()) return "";
  Plot plot(fmt::format("Error in ulp against {}", row.wrt),
            ordinal_axis(row.wrt + ", in the order of doubles", first_of(points)),
            ulps_axis(second_of(points)));
  plot.marks(points);
  return figure("Where they arise.",
                "Every binade is as wide as any other; what lies nearer to 0 than all samples is "
                "cut out.",
                plot.finish());
}

std::string condition_figure(const AccuracyRow& row) {
  Points points;
  for (const AccuracySample& sample : row.samples)
    if (sample.condition) points.emplace_back(*sample.condition, sample.ulps);
  if (points.empty()) return "";
  Plot plot("Error in ulp against condition number",
            decades_axis("condition number κ", first_of(points)), ulps_axis(second_of(points)));
  plot.straight(plot.x().low, plot.x().high, "theory");
  plot.marks(points);
  return figure("Whether the problem is to blame.",
                "The line is u κ, which a rounding of the input causes: an error of κ ulp at most. "
                "Marks far above it are the computation's own errors.",
                plot.finish());
}

std::string step_figure(const StepCurve& curve) {
  Points points, chosen;
  for (const StepError& each : curve.errors) points.emplace_back(each.step, each.error);
  for (const ChosenStep& each : curve.chosen) chosen.emplace_back(each.step, each.error);
  if (points.empty()) return "";
  std::sort(points.begin(), points.end());
  Points all = points;
  all.insert(all.end(), chosen.begin(), chosen.end());
  Plot plot(fmt::format("Error of central differences against step, by {}", curve.input),
            decades_axis("step h", first_of(all)), decades_axis("error", second_of(all)));
  const double low = plot.x().low, high = plot.x().high;
  const double truncation = std::log10(curve.truncation), roundoff = std::log10(curve.roundoff);
  plot.straight(truncation + 2 * low, truncation + 2 * high, "theory truncation");
  plot.straight(roundoff - low, roundoff - high, "theory roundoff");
  plot.line(points, "curve");
  plot.marks(points);
  plot.numbered(chosen);
  std::string body = plot.finish() +
                     "<ul class=\"keys\">"
                     "<li><span class=\"key truncation\"></span>truncation |f‴| h² / 6</li>"
                     "<li><span class=\"key roundoff\"></span>roundoff u |f| / h</li></ul>\n";
  if (!curve.chosen.empty()) {
    body += "<ol class=\"chosen\">";
    for (const ChosenStep& each : curve.chosen)
      body += fmt::format("<li>{}: step {}, error {}</li>", escaped(each.method),
                          compact(each.step), compact(each.error));
    body += "</ol>\n";
  }
  return figure(
      "What differences can reach.",
      fmt::format("Error of (f({0} + h) − f({0} − h)) / 2h at the worst point; numbers are "
                  "the steps that methods chose.",
                  curve.input),
      body);
}

}  // namespace verigrad::reports
