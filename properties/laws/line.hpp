// Numeric derivatives along a line through the point. For the files of this folder only.
#pragma once

#include <functional>

#include "properties/laws/law.hpp"

namespace verigrad::properties {

/// How a program behaves near the point: which side of every kink is taken.
std::uint64_t branches_at(const Program& program, ValueId output, const Point& point);

/// Whether some operation on the way to the output has a kink at the point, or its domain ends
/// there: the branches change within 2^-30 of it, or there is no finite value. There the chain rule
/// need not give a subgradient even where the function is smooth: min(x, max(x, c)) = x, and its
/// ties make 3/4 at x = c; 0 * asin(x) = 0, and makes NaN at x = 1.
bool at_edge(const Program& program, ValueId output, const Point& point);

/// phi(t) = f(x + t u) for a function of the program's point.
class Line {
 public:
  using Function = std::function<double(const Point&)>;

  /// All outlive the line.
  Line(Trial& trial, const PerLeaf& u, Function f) : trial_(trial), u_(u), f_(std::move(f)) {}

  /// phi(t), and the branches that the program takes there. Throws Error outside of a domain.
  double value(double t) const;
  std::uint64_t branches(double t) const;
  /// Whether `slope` is phi'(0) within the bar of adaptive differences and half of the digits, or
  /// half of those of the terms that cancel in it. Undecided where the bar is wide, at kinks, and
  /// where `rounding`, a bound on that of the slope, explains a difference.
  LawResult judged(double slope, double terms, const std::function<double()>& rounding,
                   std::string_view what) const;

 private:
  Trial& trial_;
  const PerLeaf& u_;
  Function f_;
};

}  // namespace verigrad::properties
