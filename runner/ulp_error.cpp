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

template <class T>
double error_of(double computed, arf_srcptr truth) {
  using Limits = std::numeric_limits<T>;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Number rounded, difference;
  arf_set_round(rounded.get(), truth, Limits::digits, ARF_RND_NEAR);
  const bool overflows = arf_cmpabs_2exp_si(rounded.get(), Limits::max_exponent) >= 0;
  if (overflows && std::isinf(computed))
    return (computed < 0) == (arf_sgn(truth) < 0) ? 0 : infinity;
  if (!std::isfinite(computed)) return infinity;
  // The binade 2^(e - 1) <= |r| < 2^e, within those whose ulp the type has.
  const slong binade = arf_is_zero(truth)
                           ? Limits::min_exponent
                           : std::clamp<slong>(arf_abs_bound_lt_2exp_si(rounded.get()),
                                               Limits::min_exponent, Limits::max_exponent);
  arf_set_d(difference.get(), computed);
  arf_sub(difference.get(), difference.get(), truth, 64, ARF_RND_NEAR);
  arf_mul_2exp_si(difference.get(), difference.get(), Limits::digits - binade);
  return std::abs(arf_get_d(difference.get(), ARF_RND_NEAR));
}

}  // namespace

double ulp_error(double computed, const proof::Ball& truth, DType dtype) {
  const arf_srcptr middle = arb_midref(truth.get());
  return dtype == DType::f64 ? error_of<double>(computed, middle)
                             : error_of<float>(computed, middle);
}

}  // namespace verigrad::runner
