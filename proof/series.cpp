#include "proof/series.hpp"

#include <array>

#include "proof/tape.hpp"

namespace verigrad::proof {

std::string_view to_string(Status status) {
  static constexpr std::array<std::string_view, 5> names{"ok", "edge", "flat", "undecided",
                                                         "outside the domain"};
  return names[static_cast<std::size_t>(status)];
}

Series::Series(Status status) {
  const auto data = std::make_shared<Data>();
  data->status = status;
  data_ = data;
}

Series::Series(Ball constant) {
  const auto data = std::make_shared<Data>();
  arb_poly_set_coeff_arb(data->terms, 0, constant.get());
  data_ = data;
}

Series Series::variable(const Ball& at, const Ball& slope, slong length) {
  const auto data = std::make_shared<Data>();
  arb_poly_set_coeff_arb(data->terms, 0, at.get());
  if (length > 1) arb_poly_set_coeff_arb(data->terms, 1, slope.get());
  data->length = length;
  return Series(data);
}

Series Series::traced(const Ball& value, std::int32_t node) {
  if (!value.finite()) return Series(Status::undecided);
  const auto data = std::make_shared<Data>();
  arb_poly_set_coeff_arb(data->terms, 0, value.get());
  data->length = 1;
  data->node = node;
  return Series(data);
}

Series Series::checked(std::shared_ptr<Data> data) {
  for (slong k = 0; k < arb_poly_length(data->terms); ++k)
    if (!arb_is_finite(arb_poly_get_coeff_ptr(data->terms, k))) return Series(Status::undecided);
  return Series(std::move(data));
}

bool one_term(const Series& a, const Series& b) {
  const auto single = [](const Series& s) { return s.ok() && (s.traced() || s.is_constant()); };
  return single(a) && single(b);
}

Ball Series::operator[](slong k) const {
  Ball result;
  arb_poly_get_coeff_arb(result.get(), data_->terms, k);
  return result;
}

arb_srcptr Series::first() const {
  static const Ball zero;
  return arb_poly_length(data_->terms) > 0 ? arb_poly_get_coeff_ptr(data_->terms, 0) : zero.get();
}

slong Series::valuation() const {
  for (slong k = 0; k < arb_poly_length(data_->terms); ++k)
    if (!arb_is_zero(arb_poly_get_coeff_ptr(data_->terms, k))) return k;
  return length();
}

std::shared_ptr<Series::Data> Series::untraced_copy() const {
  if (traced()) throw std::logic_error("proof: a traced operand is not recorded");
  return std::make_shared<Data>(*data_);
}

Series Series::shifted_down(slong terms) const {
  const auto data = untraced_copy();
  arb_poly_shift_right(data->terms, data->terms, terms);
  if (!is_constant()) data->length -= terms;
  return Series(data);
}

Series Series::shifted_up(slong terms) const {
  const auto data = untraced_copy();
  arb_poly_shift_left(data->terms, data->terms, terms);
  if (!is_constant()) data->length += terms;
  return Series(data);
}

Series Series::truncated(slong length) const {
  const auto data = std::make_shared<Data>(*data_);
  data->length = std::min(data->length, length);
  arb_poly_truncate(data->terms, data->length);
  return Series(data);
}

Series Series::derivative() const {
  const auto data = untraced_copy();
  arb_poly_derivative(data->terms, data->terms, working_bits);
  if (!is_constant()) data->length -= 1;
  return Series(data);
}

Series Series::integral() const {
  const auto data = untraced_copy();
  arb_poly_integral(data->terms, data->terms, working_bits);
  if (!is_constant()) data->length += 1;
  return Series(data);
}

Series Series::kinked_if(bool kinked) const {
  if (!kinked || this->kinked()) return *this;
  const auto data = std::make_shared<Data>(*data_);
  data->kinked = true;
  return Series(data);
}

Series operator+(const Series& a, const Series& b) {
  if (one_term(a, b)) return Tape::sum(a, b, 1);
  return Series::of([](arb_poly_t sum, const arb_poly_t x, const arb_poly_t y, slong length,
                       slong bits) { arb_poly_add_series(sum, x, y, length, bits); },
                    a, b);
}

Series operator-(const Series& a, const Series& b) {
  if (a.ok() && a.same_as(b)) return Series(0).kinked_if(a.kinked());
  if (one_term(a, b)) return Tape::sum(a, b, -1);
  return Series::of([](arb_poly_t difference, const arb_poly_t x, const arb_poly_t y, slong length,
                       slong bits) { arb_poly_sub_series(difference, x, y, length, bits); },
                    a, b);
}

Series operator*(const Series& a, const Series& b) {
  if (a.ok() && b.ok() && (a.is_number(0) || b.is_number(0)) && a.value().finite() &&
      b.value().finite())
    return Series(0).kinked_if(a.kinked() || b.kinked());
  if (one_term(a, b)) return Tape::product(a, b);
  return Series::of(arb_poly_mullow, a, b);
}

namespace {

/// a / b where b is 0 at the point alone: powers of ε cancel, or a pole is left.
Series quotient_at_zero(const Series& a, const Series& b) {
  const slong order = b.valuation(), above = a.valuation();
  if (order >= b.length()) return Series(Status::flat);
  if (above == Series::endless) return a;
  if (above < order) {
    if (above >= a.length()) return Series(Status::flat);
    return Series(a[above].sign() ? Status::edge : Status::undecided);
  }
  return (a.shifted_down(order) / b.shifted_down(order)).kinked_if(true);
}

}  // namespace

Series operator/(const Series& a, const Series& b) {
  if (a.traced() || b.traced()) {
    if (a.ok() && a.same_as(b) && b.value().sign()) return Series(1).kinked_if(a.kinked());
    return traced([](const Series& x, const Series& y) { return x / y; }, a, b);
  }
  if (a.ok() && b.ok()) {
    const std::optional<int> sign = b.value().sign();
    if (!sign) return Series(Status::undecided);
    if (*sign == 0) return b.is_constant() ? Series(Status::outside) : quotient_at_zero(a, b);
  }
  if (a.ok() && a.same_as(b)) return Series(1).kinked_if(a.kinked());
  return Series::of(arb_poly_div_series, a, b);
}

Sign sign_of(const Series& series) {
  if (!series.ok()) return {.status = series.status()};
  const slong k = series.valuation();
  if (k == Series::endless) return {.kinked = series.kinked()};
  if (k >= series.length()) return {.status = Status::flat};
  const std::optional<int> sign = series[k].sign();
  if (!sign) return {.status = Status::undecided};
  return {.sign = *sign, .kinked = series.kinked() || k > 0};
}

Sign compare(const Series& a, const Series& b) {
  const bool equal_constants = a.ok() && b.ok() && a.is_constant() && b.is_constant() &&
                               a.value().exact() && arb_equal(a.value().get(), b.value().get());
  if (equal_constants) return {.kinked = a.kinked() || b.kinked()};
  if (a.ok() && b.ok() && a.value().finite() != b.value().finite()) {
    const std::optional<int> sign = a.value().finite() ? (-b.value()).sign() : a.value().sign();
    if (!sign) return {.status = Status::undecided};
    return {.sign = *sign, .kinked = a.kinked() || b.kinked()};
  }
  return sign_of(a - b);
}

Series integrated(const Ball& value, const Series& slope, const Series& p) {
  if (!p.ok() || p.is_constant())
    return p.ok() ? Series(value).kinked_if(p.kinked()) : Series(p.status());
  if (!slope.ok()) return slope;
  return Series(value) + (slope.truncated(p.length() - 1) * p.derivative()).integral();
}

}  // namespace verigrad::proof
