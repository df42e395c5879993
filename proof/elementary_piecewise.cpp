// Functions with kinks and jumps: each germ takes the side on which it lies.
#include "proof/elementary.hpp"

namespace verigrad::proof {
namespace {

Series chosen(const Sign& sign, const Series& when_negative, const Series& otherwise) {
  if (sign.status != Status::ok) return Series(sign.status);
  return (sign.sign < 0 ? when_negative : otherwise).kinked_if(sign.kinked);
}

}  // namespace

Series abs(const Series& p) { return chosen(sign_of(p), -p, p); }

Series floor(const Series& p) {
  if (!p.ok()) return p;
  const Ball below = Ball::of(arb_floor, p.value());
  if (!below.finite() || !below.exact()) return Series(Status::undecided);
  if (!p.value().is_integer()) return Series(below).kinked_if(p.kinked());
  return chosen(sign_of(p - below), below - 1, below);
}

Series ceil(const Series& p) { return -floor(-p); }

Series trunc(const Series& p) { return chosen(sign_of(p), ceil(p), floor(p)); }

Series round(const Series& p) {
  const Series shifted = p + Ball(0.5);
  const Series nearest = floor(shifted);
  if (!nearest.ok() || !shifted.is_constant() || !shifted.value().is_integer()) return nearest;
  return nearest.value().scaled(-1).is_integer() ? nearest : nearest - 1;
}

Series maximum(const Series& a, const Series& b) { return chosen(compare(a, b), b, a); }
Series minimum(const Series& a, const Series& b) { return chosen(compare(a, b), a, b); }

}  // namespace verigrad::proof
