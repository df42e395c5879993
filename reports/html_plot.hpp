// A picture with two axes, as inline SVG. Colours and type come from the page's style sheet.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/html_axis.hpp"

namespace verigrad::reports {

using Points = std::vector<std::pair<double, double>>;

/// Opens an image of that size, in pixels, which `label` describes to who does not see it. The
/// caller appends "</svg>".
std::string svg_begin(double width, double height, std::string_view label);

/// Text at a place of an image; `anchor`: "start", "middle" or "end".
std::string svg_text(double x, double y, std::string_view anchor, std::string_view text,
                     std::string_view css_class = "");

/// One plot. What lies outside of the axes is cut off; points without a place are left out.
class Plot {
 public:
  static constexpr double width = 380, height = 250;

  Plot(std::string_view label, Axis x, Axis y);

  /// A mark at each point; those on the same half pixel are one. Small where there are many.
  void marks(const Points& points);

  /// A line through points, in values.
  void line(const Points& points, std::string_view css_class);

  /// A straight line in coordinates, from (low, at_low) to (high, at_high) of the x axis. Returns
  /// whether any of it lies within the axes; else, and where an end is not finite, none is drawn.
  bool straight(double at_low, double at_high, std::string_view css_class);

  /// A bar over [from, to] of the x axis, from the lower end of the y axis to `y` and at least a
  /// pixel tall, in values; `text` stands above it.
  void bar(double from, double to, double y, std::string_view css_class, std::string_view text);

  /// Numbers the points from 1 on, in a row above the plot, each with a line down to its point.
  void numbered(const Points& points);

  std::string finish();

  const Axis& x() const { return x_; }
  const Axis& y() const { return y_; }

 private:
  std::pair<double, double> pixel(double x, double y) const;  ///< of values, within the plot's area

  Axis x_, y_;
  std::string head_;    ///< the image's beginning, and the grid
  std::string inside_;  ///< cut off at the area's edge
  std::string frame_;   ///< labels, and what may lie outside of the area
};

}  // namespace verigrad::reports
