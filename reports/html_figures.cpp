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

// What is to be said where there are such.
std::string about_infinite(const Points& points) {
  const bool any =
      std::ranges::any_of(points, [](const auto& point) { return !std::isfinite(point.second); });
  return any ? " Errors that are not finite lie at ∞." : "";
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
                "cut out." +
                    about_infinite(points),
                plot.finish());
}

std::string condition_figure(const AccuracyRow& row) {
  Points points;
  for (const AccuracySample& sample : row.samples)
    if (sample.condition) points.emplace_back(*sample.condition, sample.ulps);
  if (points.empty()) return "";
  Plot plot("Error in ulp against condition number",
            condition_axis("condition number κ", first_of(points)), ulps_axis(second_of(points)));
  plot.straight(plot.x().low, plot.x().high, "theory");
  const bool cut = std::ranges::any_of(
      points, [](const auto& point) { return point.first < smallest_drawn_condition; });
  plot.marks(points);
  return figure("Whether the problem is to blame.",
                std::string("A rounding of the input causes an error between κ / 2 and κ ulp; the "
                            "line is κ ulp. Marks far above it are the computation's own errors.") +
                    (cut ? " Marks at the left edge stand for any κ up to 10⁻³." : "") +
                    about_infinite(points),
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
  std::string keys;
  if (plot.straight(truncation + 2 * low, truncation + 2 * high, "theory truncation"))
    keys += "<li><span class=\"key truncation\"></span>truncation |f‴| h² / 6</li>";
  if (plot.straight(roundoff - low, roundoff - high, "theory roundoff"))
    keys += "<li><span class=\"key roundoff\"></span>roundoff u |f| / h</li>";
  plot.line(points, "curve");
  plot.marks(points);
  plot.numbered(chosen);
  std::string body = plot.finish();
  if (!keys.empty()) body += "<ul class=\"keys\">" + keys + "</ul>\n";
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
