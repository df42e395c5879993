// Exponentials, logarithms, roots and powers.
#include "proof/elementary.hpp"
#include "proof/tape.hpp"

namespace verigrad::proof {
namespace {

/// 0 up to the term ε ** length, on one side of a point.
Series vanishing(slong length) { return Series::variable(0, 0, length).kinked_if(true); }

/// p ** exponent for p = c ε ** v + …, c > 0, v > 0 and order = exponent · v > 0. Between powers of
/// ε with integer exponents, only what lies below is known.
Series power_of_zero(const Series& p, const Ball& exponent, const Ball& order) {
  if (order.is_integer()) {
    const slong whole = static_cast<slong>(order.midpoint());
    if (whole >= p.length()) return vanishing(p.length());
    return Series::of(
               [&](arb_poly_t root, const arb_poly_t x, slong length, slong bits) {
                 arb_poly_pow_arb_series(root, x, exponent.get(), length, bits);
               },
               p.shifted_down(p.valuation()))
        .shifted_up(whole)
        .truncated(p.length())
        .kinked_if(true);
  }
  const std::optional<int> beyond = (order - 1).sign();
  if (!beyond) return Series(Status::undecided);
  if (*beyond < 0) return Series(Status::edge);
  const double terms = std::min(order.midpoint() + 1, 16.0);
  return vanishing(std::min(p.length(), static_cast<slong>(terms)));
}

/// p ** exponent for p >= 0 and an exponent that is no integer; `order(v)` is exponent · v.
template <class Order>
Series real_power(const Series& p, const Ball& exponent, Order order) {
  const Sign sign = sign_of(p);
  if (sign.status != Status::ok) return Series(sign.status);
  if (sign.sign < 0) return Series(Status::outside);
  const slong valuation = p.valuation();
  if (valuation != 0) {
    const std::optional<int> direction = exponent.sign();
    if (!direction) return Series(Status::undecided);
    if (*direction < 0) return Series(sign.sign == 0 ? Status::outside : Status::edge);
    if (sign.sign == 0) return Series(0).kinked_if(p.kinked());
    return power_of_zero(p, exponent, order(valuation));
  }
  return Series::of(
      [&](arb_poly_t power, const arb_poly_t x, slong length, slong bits) {
        arb_poly_pow_arb_series(power, x, exponent.get(), length, bits);
      },
      p);
}

Series real_power(const Series& p, const Ball& exponent) {
  return real_power(p, exponent, [&](slong v) { return exponent * Ball(v); });
}

/// p ** k for an integer k, also beyond the range of a machine word.
Series integer_power(const Series& p, const Ball& k) {
  if (k.is(0)) return Series(1);
  if (k.is(1)) return p;
  if (*k.sign() < 0) return Series(1) / integer_power(p, -k);
  if (k.midpoint() <= 65536) {
    return Series::of(
        [&](arb_poly_t power, const arb_poly_t x, slong length, slong bits) {
          arb_poly_pow_ui_trunc_binexp(power, x, static_cast<ulong>(k.midpoint()), length, bits);
        },
        p);
  }
  const Sign sign = sign_of(p);
  if (sign.status != Status::ok) return Series(sign.status);
  if (sign.sign >= 0) return real_power(p, k);
  return k.scaled(-1).is_integer() ? real_power(-p, k) : -real_power(-p, k);
}

/// base ** exponent where the exponent depends on the input and the base is 0 at the point.
Series power_of_zero(const Series& base, const Series& exponent) {
  const std::optional<int> direction = exponent.value().sign();
  if (!direction) return Series(Status::undecided);
  const Sign approached = sign_of(exponent);
  if (approached.status != Status::ok) return Series(approached.status);
  if (approached.sign < 0) return Series(Status::outside);
  if (base.is_constant()) return Series(0).kinked_if(base.kinked() || approached.kinked);
  if (*direction == 0) return Series(Status::edge);
  const Series power = real_power(base, exponent.value());
  return power.ok() ? power.truncated(2) : power;
}

}  // namespace

Status positive(const Series& p) {
  if (!p.ok()) return p.status();
  const std::optional<int> sign = p.value().sign();
  if (!sign) return Status::undecided;
  if (*sign != 0) return *sign > 0 ? Status::ok : Status::outside;
  const Sign side = sign_of(p);
  if (side.status != Status::ok) return side.status;
  return side.sign > 0 ? Status::edge : Status::outside;
}

Series exp(const Series& p) {
  return p.traced() ? traced(exp, p) : Series::of(arb_poly_exp_series, p);
}

Series expm1(const Series& p) {
  if (p.traced()) return traced(expm1, p);
  return p.ok() ? integrated(Ball::of(arb_expm1, p.value()), exp(p), p) : p;
}

Series log(const Series& p) {
  if (p.traced()) return traced(log, p);
  const Status status = positive(p);
  return status == Status::ok ? Series::of(arb_poly_log_series, p) : Series(status);
}

Series log1p(const Series& p) {
  if (p.traced()) return traced(log1p, p);
  const Status status = positive(p + 1);
  return status == Status::ok ? Series::of(arb_poly_log1p_series, p) : Series(status);
}

Series sqrt(const Series& p) { return p.traced() ? traced(sqrt, p) : real_power(p, Ball(0.5)); }

Series cbrt(const Series& p) {
  if (p.traced()) return traced(cbrt, p);
  const Sign sign = sign_of(p);
  if (sign.status != Status::ok) return Series(sign.status);
  if (sign.sign < 0) return -cbrt(-p);
  return real_power(p, Ball(1) / Ball(3), [](slong v) { return Ball(v) / Ball(3); });
}

Series square(const Series& p) { return p.traced() ? traced(square, p) : p * p; }

Series pow(const Series& base, const Series& exponent) {
  if (base.traced() || exponent.traced()) return traced(pow, base, exponent);
  if (!base.ok() || !exponent.ok()) return Series(std::max(base.status(), exponent.status()));
  if (exponent.is_constant()) {
    const Ball b = exponent.value();
    const Series power = b.is_integer() ? integer_power(base, b) : real_power(base, b);
    return power.kinked_if(exponent.kinked());
  }
  const std::optional<int> sign = base.value().sign();
  if (!sign) return Series(Status::undecided);
  if (*sign < 0) return Series(Status::outside);
  return *sign == 0 ? power_of_zero(base, exponent) : exp(exponent * log(base));
}

}  // namespace verigrad::proof
