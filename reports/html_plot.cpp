#include "reports/html_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "reports/display.hpp"
#include "reports/html_text.hpp"

namespace verigrad::reports {
namespace {

constexpr double left = 54, right = 18, top = 26, bottom = 44;
constexpr double area_width = Plot::width - left - right;
constexpr double area_height = Plot::height - top - bottom;
constexpr double inset = 5;  // between the area's edges and the ends of the axes: half marks
constexpr std::size_t many_marks = 300;
constexpr double number_distance = 17;
constexpr double column_width = 7;  // of a label's text

double share(const Axis& axis, double coordinate) {
  return (coordinate - axis.low) / (axis.high - axis.low);
}

// Pixels from the area's left and upper edge.
double across_at(const Axis& x, double coordinate) {
  return inset + share(x, coordinate) * (area_width - 2 * inset);
}
double down_at(const Axis& y, double coordinate) {
  return inset + (1 - share(y, coordinate)) * (area_height - 2 * inset);
}

double half_pixel(double x) { return std::round(x * 2) / 2; }

}  // namespace

std::string svg_begin(double width, double height, std::string_view label) {
  return fmt::format(
      "<svg role=\"img\" aria-label=\"{2}\" width=\"{0:g}\" height=\"{1:g}\" "
      "viewBox=\"0 0 {0:g} {1:g}\">\n",
      width, height, escaped(label));
}

std::string svg_text(double x, double y, std::string_view anchor, std::string_view text,
                     std::string_view css_class) {
  const std::string style = css_class.empty() ? "" : fmt::format(" class=\"{}\"", css_class);
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y,
                     anchor, style, escaped(text));
}

Plot::Plot(std::string_view label, Axis x, Axis y)
    : x_(std::move(x)), y_(std::move(y)), head_(svg_begin(width, height, label)) {
  std::string grid;
  for (const Tick& tick : x_.ticks) {
    const double at = left + across_at(x_, tick.coordinate);
    if (x_.grid) grid += fmt::format("M{:.1f} {}v{}", at, top, area_height);
    const double half = column_width * static_cast<double>(display_width(tick.label)) / 2;
    frame_ += svg_text(std::min(at, width - half), top + area_height + 15, "middle", tick.label);
  }
  for (const Tick& tick : y_.ticks) {
    const double at = top + down_at(y_, tick.coordinate);
    if (y_.grid) grid += fmt::format("M{} {:.1f}h{}", left, at, area_width);
    frame_ += svg_text(left - 6, at + 4, "end", tick.label);
  }
  head_ += fmt::format("<path class=\"grid\" d=\"{}\"/>\n", grid);
  frame_ += svg_text(left + area_width / 2, height - 8, "middle", x_.label, "axis");
  frame_ += svg_text(6, 14, "start", y_.label, "axis");
}

std::pair<double, double> Plot::pixel(double x, double y) const {
  return {across_at(x_, x_.coordinate(x)), down_at(y_, y_.coordinate(y))};
}

void Plot::marks(const Points& points) {
  std::set<std::pair<double, double>> places;
  for (const auto& [x, y] : points) {
    const auto [across, down] = pixel(x, y);
    if (!std::isnan(across) && !std::isnan(down))
      places.emplace(half_pixel(across), half_pixel(down));
  }
  if (places.empty()) return;
  std::string path;
  for (const auto& [x, y] : places) path += fmt::format("M{:g} {:g}h0", x, y);
  inside_ += fmt::format("<path class=\"marks{}\" d=\"{}\"/>\n",
                         places.size() > many_marks ? " many" : "", path);
}

void Plot::line(const Points& points, std::string_view css_class) {
  std::string path;
  for (const auto& [x, y] : points) {
    const auto [across, down] = pixel(x, y);
    if (std::isnan(across) || std::isnan(down)) continue;
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", across, down);
  }
  if (!path.empty()) inside_ += fmt::format("<path class=\"{}\" d=\"{}\"/>\n", css_class, path);
}

bool Plot::straight(double at_low, double at_high, std::string_view css_class) {
  if (!std::isfinite(at_low) || !std::isfinite(at_high)) return false;
  if (std::max(at_low, at_high) <= y_.low || std::min(at_low, at_high) >= y_.high) return false;
  inside_ += fmt::format("<path class=\"{}\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>\n", css_class,
                         across_at(x_, x_.low), down_at(y_, at_low), across_at(x_, x_.high),
                         down_at(y_, at_high));
  return true;
}

void Plot::bar(double from, double to, double y, std::string_view css_class,
               std::string_view text) {
  const double x = pixel(from, y).first, base = down_at(y_, y_.low);
  const double wide = pixel(to, y).first - x;
  const double tall = std::max(1.0, base - pixel(from, y).second);
  inside_ += fmt::format(
      "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n",
      css_class, x + 1, base - tall, std::max(1.0, wide - 2), tall);
  if (!text.empty()) frame_ += svg_text(left + x + wide / 2, top + base - tall - 4, "middle", text);
}

void Plot::numbered(const Points& points) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return points[a].first < points[b].first; });
  double last = left - number_distance;
  for (std::size_t i : order) {
    const auto [across, down] = pixel(points[i].first, points[i].second);
    if (std::isnan(across) || std::isnan(down)) continue;
    const double x = left + across, y = top + std::clamp(down, 0.0, area_height);
    last = std::max(x, last + number_distance);
    frame_ += fmt::format(
        "<path class=\"leader\" d=\"M{0:.1f} {1}L{2:.1f} {3:.1f}\"/>\n"
        "<circle class=\"chosen\" cx=\"{2:.1f}\" cy=\"{3:.1f}\" r=\"3.5\"/>\n"
        "<circle class=\"number\" cx=\"{0:.1f}\" cy=\"{4}\" r=\"8\"/>\n",
        last, top, x, y, top - 10);
    frame_ += svg_text(last, top - 6, "middle", fmt::format("{}", i + 1), "number");
  }
}

std::string Plot::finish() {
  // A nested image cuts off what lies outside of it, and needs no name on the page for that.
  const std::string area =
      fmt::format("<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\">\n{}</svg>\n", left, top,
                  area_width, area_height, inside_);
  return head_ + area + frame_ + "</svg>\n";
}

}  // namespace verigrad::reports
