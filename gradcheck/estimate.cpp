#include "gradcheck/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace verigrad::gradcheck {

std::string_view to_string(EstimateStatus status) {
  switch (status) {
    case EstimateStatus::ok:
      return "ok";
    case EstimateStatus::kink:
      return "kink";
    case EstimateStatus::jump:
      return "jump";
    case EstimateStatus::edge:
      return "edge";
    case EstimateStatus::noise:
      return "noise";
    case EstimateStatus::undefined:
      return "undefined";
  }
  return "undefined";
}

double Estimate::excess(double g) const {
  if (status != EstimateStatus::ok && status != EstimateStatus::noise &&
      status != EstimateStatus::kink) {
    return 0;
  }
  if (std::isnan(g)) return std::numeric_limits<double>::infinity();
  const double low = std::min({value, left, right}) - error_bar;
  const double high = std::max({value, left, right}) + error_bar;
  if (g >= low && g <= high) return 0;
  return g < low ? low - g : g - high;
}

}  // namespace verigrad::gradcheck
