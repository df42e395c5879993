#include "reports/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace verigrad::reports {

int rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::fail:
      return 0;
    case Verdict::inaccurate:
      return 2;
    default:
      return 3;
  }
}

double verified_digits(const CheckResult& check) {
  double digits = std::numeric_limits<double>::infinity();
  if (check.worst && check.worst->digits)
    digits = std::isnan(*check.worst->digits) ? -digits : *check.worst->digits;
  return check.fewest_digits ? std::min(digits, *check.fewest_digits) : digits;
}

}  // namespace verigrad::reports
