#pragma once

#include <limits>
#include <vector>

namespace verigrad::gradcheck {

/// A box whose ends belong to it: a bound for each entry, one for all, or none.
struct Domain {
  std::vector<double> lower{}, upper{};

  double low(std::size_t j) const { return at(lower, j, -std::numeric_limits<double>::infinity()); }
  double high(std::size_t j) const { return at(upper, j, std::numeric_limits<double>::infinity()); }
  bool contains(const std::vector<double>& x) const;

 private:
  static double at(const std::vector<double>& bounds, std::size_t j, double otherwise) {
    if (bounds.empty()) return otherwise;
    return bounds.size() == 1 ? bounds[0] : bounds.at(j);
  }
};

/// The floating-point number next to x.
double neighbour(double x, bool above, bool is_float);

}  // namespace verigrad::gradcheck
