#include "proof/real.hpp"

#include <cmath>
#include <utility>

namespace verigrad::proof {
namespace {

thread_local double widening = 0;
thread_local bool kink_met = false;

/// Significands of at most half the precision's bits are taken for exact: 0.5, 3, 1e3, but not
/// 0.1.
bool is_short(double x) {
  const int short_bits = widening > 0x1p-40 ? 12 : 26;
  int exponent = 0;
  const double significand = std::frexp(x, &exponent);
  return std::nearbyint(std::ldexp(significand, short_bits)) == std::ldexp(significand, short_bits);
}

}  // namespace

WidenedConstants::WidenedConstants(double unit_roundoff)
    : before_(std::exchange(widening, 2 * unit_roundoff)) {}

WidenedConstants::~WidenedConstants() { widening = before_; }

Series Real::constant(double x) {
  if (widening == 0 || !std::isfinite(x) || is_short(x)) return Series(Ball(x));
  return Series(Ball(x) * (1 + Ball::around_zero(widening)));
}

int Real::order(const Real& a, const Real& b) {
  const Sign sign = compare(a.series_, b.series_);
  if (sign.status != Status::ok) throw Undecidable{sign.status};
  kink_met = kink_met || sign.kinked;
  return sign.sign;
}

bool kinks_met() { return std::exchange(kink_met, false); }

}  // namespace verigrad::proof
