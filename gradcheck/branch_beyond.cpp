#include "gradcheck/branch_beyond.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace verigrad::gradcheck {
namespace {

constexpr int halvings = 12, doublings = 2;
constexpr double smallest_size = 0x1p-10;

/// Along one entry, in units of its size from x.
class Line {
 public:
  Line(const Callable& f, const Entries& x, std::size_t j, bool upwards, const Domain& domain)
      : f_(f),
        at_(x),
        j_(j),
        start_(x.values[j]),
        unit_(std::max(std::abs(start_), smallest_size) * (upwards ? 1 : -1)),
        domain_(domain) {}

  /// The central difference at a distance, over ± h; NaN where there is none.
  double slope(double distance, double h) {
    return (value(distance + h) - value(distance - h)) / (2 * h * unit_);
  }
  double place(double distance) const { return start_ + distance * unit_; }
  int evaluations() const { return evaluations_; }

 private:
  double value(double distance) {
    ++evaluations_;
    at_.values[j_] = place(distance);
    if (!domain_.contains(at_.values)) return std::numeric_limits<double>::quiet_NaN();
    return f_(at_).values.at(0);
  }

  const Callable& f_;
  Entries at_;
  std::size_t j_;
  double start_, unit_;
  const Domain& domain_;
  int evaluations_ = 0;
};

/// The step of central differences: beside it, whatever is smooth between two distances is flat.
double step_size(double near, double far) { return std::min(1e-5, 1e-3 * (far - near)); }

/// The distance just beyond a step of the slope between two distances, if it is a step.
std::optional<double> step_between(Line& line, double near, double far) {
  const double h = step_size(near, far);
  const double before = line.slope(near, h), after = line.slope(far, h);
  double low = near, high = far;
  while (high - low > 4 * h) {
    const double middle = (low + high) / 2, slope = line.slope(middle, h);
    (std::abs(slope - before) < std::abs(slope - after) ? low : high) = middle;
  }
  low -= 2 * h;
  high += 2 * h;
  const double step = std::abs(line.slope(high, h) - line.slope(low, h));
  const bool stands = step > std::abs(after - before) / 2 && step > 1e-6 * std::abs(before);
  return stands ? std::optional(high) : std::nullopt;
}

/// The polynomial of degree 4 through five slopes from `from` on, at 0.
double continued(Line& line, double from, double h) {
  constexpr int nodes = 5;
  const double apart = from / 2;
  double sum = 0;
  for (int i = 0; i < nodes; ++i) {
    double weight = 1;
    for (int k = 0; k < nodes; ++k)
      if (k != i) weight *= (from + k * apart) / ((k - i) * apart);
    sum += weight * line.slope(from + i * apart, h);
  }
  return sum;
}

}  // namespace

std::optional<BranchBeyond> branch_beyond(const Callable& f, const Entries& x, std::size_t j,
                                          bool upwards, const Domain& domain) {
  Line line(f, x, j, upwards, domain);
  try {
    double near = std::ldexp(1.0, -halvings - 1);
    for (int k = -halvings; k <= doublings; ++k) {
      const double far = std::ldexp(1.0, k);
      if (const auto beyond = step_between(line, near, far)) {
        const double slope = continued(line, *beyond, step_size(near, far));
        if (!std::isfinite(slope)) return std::nullopt;
        return BranchBeyond{line.place(*beyond), slope, line.evaluations()};
      }
      near = far;
    }
  } catch (...) {
  }
  return std::nullopt;
}

}  // namespace verigrad::gradcheck
