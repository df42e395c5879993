#include "gradcheck/domain.hpp"

#include <cmath>

namespace verigrad::gradcheck {

bool Domain::contains(const std::vector<double>& x) const {
  for (std::size_t j = 0; j < x.size(); ++j)
    if (!(x[j] >= low(j) && x[j] <= high(j))) return false;
  return true;
}

double neighbour(double x, bool above, bool is_float) {
  const double end = std::numeric_limits<double>::infinity() * (above ? 1 : -1);
  if (is_float) return std::nextafter(static_cast<float>(x), static_cast<float>(end));
  return std::nextafter(x, end);
}

}  // namespace verigrad::gradcheck
