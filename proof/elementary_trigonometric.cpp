// Trigonometric and hyperbolic functions and their inverses.
#include "proof/elementary.hpp"
#include "proof/tape.hpp"

namespace verigrad::proof {
namespace {

Series half(const Series& p) { return p * Series(Ball(0.5)); }

/// asin and acos are roots at ±1: acos(1 - u) = 2 asin(sqrt(u / 2)).
Series acos_below_one(const Series& distance) { return 2 * asin(sqrt(half(distance))); }

struct Distances {
  Series below, above;  ///< 1 - p, 1 + p
  Status status;        ///< ok inside [-1, 1]
  bool at_one, at_minus_one;
};

Distances distances(const Series& p) {
  const Series below = 1 - p, above = 1 + p;
  Status status = p.status();
  for (const Series& side : {below, above}) {
    if (!side.ok()) continue;
    const std::optional<int> sign = side.value().sign();
    status = std::max(status, !sign ? Status::undecided : *sign < 0 ? Status::outside : Status::ok);
  }
  return {below, above, status, status == Status::ok && below.value().is(0),
          status == Status::ok && above.value().is(0)};
}

}  // namespace

Series sin(const Series& p) {
  return p.traced() ? traced(sin, p) : Series::of(arb_poly_sin_series, p);
}
Series cos(const Series& p) {
  return p.traced() ? traced(cos, p) : Series::of(arb_poly_cos_series, p);
}
Series tan(const Series& p) {
  return p.traced() ? traced(tan, p) : Series::of(arb_poly_tan_series, p);
}
Series atan(const Series& p) {
  return p.traced() ? traced(atan, p) : Series::of(arb_poly_atan_series, p);
}
Series sinh(const Series& p) {
  return p.traced() ? traced(sinh, p) : Series::of(arb_poly_sinh_series, p);
}
Series cosh(const Series& p) {
  return p.traced() ? traced(cosh, p) : Series::of(arb_poly_cosh_series, p);
}
Series sinc(const Series& p) {
  return p.traced() ? traced(sinc, p) : Series::of(arb_poly_sinc_pi_series, p);
}

Series asin(const Series& p) {
  if (p.traced()) return traced(asin, p);
  const Distances one = distances(p);
  if (one.status != Status::ok) return Series(one.status);
  const Series quarter(Ball::pi().scaled(-1));
  if (one.at_one) return quarter - acos_below_one(one.below);
  if (one.at_minus_one) return acos_below_one(one.above) - quarter;
  return Series::of(arb_poly_asin_series, p);
}

Series acos(const Series& p) {
  if (p.traced()) return traced(acos, p);
  const Distances one = distances(p);
  if (one.status != Status::ok) return Series(one.status);
  if (one.at_one) return acos_below_one(one.below);
  if (one.at_minus_one) return Series(Ball::pi()) - acos_below_one(one.above);
  return Series::of(arb_poly_acos_series, p);
}

Series atan2(const Series& y, const Series& x) {
  if (y.traced() || x.traced()) return traced(atan2, y, x);
  if (!y.ok() || !x.ok()) return Series(std::max(y.status(), x.status()));
  const std::optional<int> up = y.value().sign(), right = x.value().sign();
  if (!right || (!up && *right <= 0)) return Series(Status::undecided);
  if (up == 0 && *right == 0) return Series(Status::outside);
  Ball angle = Ball::of(arb_atan2, y.value(), x.value());
  bool kinked = y.kinked() || x.kinked();
  if (up == 0 && *right < 0) {
    const Sign side = sign_of(y);
    if (side.status != Status::ok) return Series(side.status);
    angle = side.sign < 0 ? -Ball::pi() : Ball::pi();
    kinked = kinked || side.kinked;
  }
  if (y.is_constant() && x.is_constant()) return Series(angle).kinked_if(kinked);
  const Series turn = y.derivative() * x - x.derivative() * y;
  return (Series(angle) + (turn / (x * x + y * y)).integral()).kinked_if(kinked);
}

Series tanh(const Series& p) {
  if (p.traced()) return traced(tanh, p);
  return p.ok() ? integrated(Ball::of(arb_tanh, p.value()), 1 / square(cosh(p)), p) : p;
}

Series asinh(const Series& p) {
  if (p.traced()) return traced(asinh, p);
  return p.ok() ? integrated(Ball::of(arb_asinh, p.value()), 1 / sqrt(1 + square(p)), p) : p;
}

Series acosh(const Series& p) {
  if (p.traced()) return traced(acosh, p);
  const Series above = p - 1;
  if (!above.ok()) return above;
  const std::optional<int> sign = above.value().sign();
  if (!sign) return Series(Status::undecided);
  if (*sign < 0) return Series(Status::outside);
  if (*sign == 0) return 2 * asinh(sqrt(half(above)));
  return integrated(Ball::of(arb_acosh, p.value()), 1 / sqrt(above * (p + 1)), p);
}

Series atanh(const Series& p) {
  if (p.traced()) return traced(atanh, p);
  const Series between = (1 - p) * (1 + p);
  const Status status = positive(between);
  if (status != Status::ok) return Series(status);
  return integrated(Ball::of(arb_atanh, p.value()), 1 / between, p);
}

}  // namespace verigrad::proof
