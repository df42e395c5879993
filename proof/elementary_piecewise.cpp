// Functions with kinks and jumps: each germ takes the side on which it lies.
#include "proof/elementary.hpp"
#include "proof/tape.hpp"

namespace verigrad::proof {
namespace {

Series chosen(const Sign& sign, const Series& when_negative, const Series& otherwise) {
  if (sign.status != Status::ok) return Series(sign.status);
  return (sign.sign < 0 ? when_negative : otherwise).kinked_if(sign.kinked);
}

/// Whether traced operands are equal at the point, or may be, and the tape takes hulls.
bool is_tie(const Sign& order, const Series& a, const Series& b) {
  return (order.status == Status::flat || order.status == Status::undecided) &&
         Tape::takes_hulls() && a.ok() && b.ok() && (a.traced() || b.traced());
}

/// The greater or the lesser of operands that may be equal: between its sides, the slope is a share
/// t of one operand's, 0 <= t <= 1, and 1 - t of the other's.
Series tied(const Sign& order, const Series& a, const Series& b) {
  const Ball share = Ball::hull(Ball(0), Ball(1));
  const bool equal = order.status == Status::flat;
  return Tape::record(equal ? a.value() : Ball::hull(a.value(), b.value()),
                      {{a, share}, {b, share}}, true);
}

}  // namespace

Series abs(const Series& p) {
  const Sign sign = sign_of(p);
  return is_tie(sign, p, p) ? tied(sign, p, -p) : chosen(sign, -p, p);
}

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

Series maximum(const Series& a, const Series& b) {
  const Sign order = compare(a, b);
  return is_tie(order, a, b) ? tied(order, a, b) : chosen(order, b, a);
}

Series minimum(const Series& a, const Series& b) {
  const Sign order = compare(a, b);
  return is_tie(order, a, b) ? tied(order, a, b) : chosen(order, a, b);
}

}  // namespace verigrad::proof
