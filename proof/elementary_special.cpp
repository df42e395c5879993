// The logistic function's, the error function's and the gamma function's families.
#include <arb_hypgeom.h>

#include "proof/elementary.hpp"
#include "proof/tape.hpp"

namespace verigrad::proof {
namespace {

/// What the gamma function's family costs in operations, measured from 128 to 16384 bits, where it
/// grows like the square of the precision.
void spend_work_on_gamma() { spend_work(130 * static_cast<double>(working_bits) / 128); }

/// log |Γ(x)|, left of 0 by the reflection formula.
Ball log_gamma(const Ball& x) {
  spend_work_on_gamma();
  if (x.sign() == 1) return Ball::of(arb_lgamma, x);
  const Ball sine = Ball::of(arb_sin_pi, x);
  Ball size;
  arb_abs(size.get(), sine.get());
  return Ball::of(arb_log, Ball::pi() / size) - Ball::of(arb_lgamma, 1 - x);
}

/// Ok away from the poles 0, -1, -2, …; an edge beside one.
Status regular(const Series& p) {
  if (!p.ok()) return p.status();
  const Ball x = p.value();
  if (x.sign() == 1) return Status::ok;
  if (x.is_integer()) return p.is_constant() ? Status::outside : Status::edge;
  return arb_contains_int(x.get()) ? Status::undecided : Status::ok;
}

}  // namespace

Series sigmoid(const Series& p) { return p.traced() ? traced(sigmoid, p) : 1 / (1 + exp(-p)); }

Series softplus(const Series& p) {
  if (p.traced()) return traced(softplus, p);
  if (!p.ok()) return p;
  return p.value().midpoint() > 0 ? p + log1p(exp(-p)) : log1p(exp(p));
}

Series erf(const Series& p) {
  return p.traced() ? traced(erf, p) : Series::of(arb_hypgeom_erf_series, p);
}
Series erfc(const Series& p) {
  return p.traced() ? traced(erfc, p) : Series::of(arb_hypgeom_erfc_series, p);
}

Series lgamma(const Series& p) {
  if (p.traced()) return traced(lgamma, p);
  const Status status = regular(p);
  if (status != Status::ok) return Series(status);
  return integrated(log_gamma(p.value()), polygamma(0, p), p);
}

Series polygamma(slong n, const Series& p) {
  if (p.traced()) return traced([n](const Series& x) { return polygamma(n, x); }, p);
  const Status status = regular(p);
  if (status != Status::ok) return Series(status);
  const slong length = p.is_constant() ? 1 : p.length();
  spend_work_on_gamma();
  Series around = Series::of(arb_poly_digamma_series, Series::variable(p.value(), 1, length + n));
  for (slong k = 0; k < n; ++k) around = around.derivative();
  if (p.is_constant()) return around.ok() ? Series(around.value()).kinked_if(p.kinked()) : around;
  return Series::of(arb_poly_compose_series, around, p.shifted_down(1).shifted_up(1))
      .kinked_if(p.kinked());
}

}  // namespace verigrad::proof
