#include "runner/ulp_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace verigrad::runner {
namespace {

class Number {
 public:
  Number() { arf_init(value_); }
  ~Number() { arf_clear(value_); }
  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;
  arf_ptr get() { return value_; }

 private:
  arf_t value_;
};

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A real number rounded to a type, with the exponent of its ulp. The rounding is one: to 24 bits
/// by way of a double would break ties that are none.
template <class T>
class Rounded {
 public:
  explicit Rounded(arf_srcptr truth) {
    using Limits = std::numeric_limits<T>;
    Number rounded;
    arf_set_round(rounded.get(), truth, Limits::digits, ARF_RND_NEAR);
    // The binade 2^(e - 1) <= |r| < 2^e, within those whose ulp the type has.
    const slong binade = arf_is_zero(truth)
                             ? Limits::min_exponent
                             : std::clamp<slong>(arf_abs_bound_lt_2exp_si(rounded.get()),
                                                 Limits::min_exponent, Limits::max_exponent);
    ulp_exponent_ = binade - Limits::digits;
    const bool overflows = arf_cmpabs_2exp_si(rounded.get(), Limits::max_exponent) >= 0;
    value_ = overflows ? arf_sgn(truth) * infinity : nearest_multiple(truth);
  }

  double value() const { return value_; }
  slong ulp_exponent() const { return ulp_exponent_; }

 private:
  double nearest_multiple(arf_srcptr truth) const {
    Number ulps;
    arf_mul_2exp_si(ulps.get(), truth, -ulp_exponent_);
    fmpz_t count;
    fmpz_init(count);
    arf_get_fmpz(count, ulps.get(), ARF_RND_NEAR);
    arf_set_fmpz(ulps.get(), count);
    fmpz_clear(count);
    arf_mul_2exp_si(ulps.get(), ulps.get(), ulp_exponent_);
    return arf_get_d(ulps.get(), ARF_RND_NEAR);
  }

  double value_ = 0;
  slong ulp_exponent_ = 0;
};

template <class T>
double error_of(double computed, arf_srcptr truth) {
  const Rounded<T> rounded(truth);
  if (computed == rounded.value() && std::isinf(computed)) return 0;
  if (!std::isfinite(computed)) return infinity;
  Number difference;
  arf_set_d(difference.get(), computed);
  arf_sub(difference.get(), difference.get(), truth, 64, ARF_RND_NEAR);
  arf_mul_2exp_si(difference.get(), difference.get(), -rounded.ulp_exponent());
  return std::abs(arf_get_d(difference.get(), ARF_RND_NEAR));
}

}  // namespace

double ulp_error(double computed, const proof::Ball& truth, DType dtype) {
  const arf_srcptr middle = arb_midref(truth.get());
  return dtype == DType::f64 ? error_of<double>(computed, middle)
                             : error_of<float>(computed, middle);
}

double correctly_rounded(const proof::Ball& truth, DType dtype) {
  const arf_srcptr middle = arb_midref(truth.get());
  return dtype == DType::f64 ? Rounded<double>(middle).value() : Rounded<float>(middle).value();
}

}  // namespace verigrad::runner
