#include "proof/ball.hpp"

#include <flint/flint.h>

#include "engine/error.hpp"

namespace verigrad::proof {

Ball Ball::literal(const std::string& text) {
  if (text.starts_with('-')) return -literal(text.substr(1));
  if (text == "pi") return pi();
  Ball result;
  if (arb_set_str(result.ball_, text.c_str(), working_bits) != 0)
    throw Error("'" + text + "' is not a number");
  return result;
}

std::optional<int> Ball::sign() const {
  if (arb_is_positive(ball_)) return 1;
  if (arb_is_negative(ball_)) return -1;
  if (arb_is_zero(ball_)) return 0;
  return std::nullopt;
}

namespace {

/// Rounded upwards, also below the normal numbers, which mag_get_d does not tell apart.
double upper_bound(mag_srcptr bound) {
  arf_t exact;
  arf_init_set_mag_shallow(exact, bound);
  return arf_get_d(exact, ARF_RND_UP);
}

}  // namespace

double Ball::radius() const { return upper_bound(arb_radref(ball_)); }

double Ball::magnitude() const {
  mag_t bound;
  mag_init(bound);
  arb_get_mag(bound, ball_);
  const double result = upper_bound(bound);
  mag_clear(bound);
  return result;
}

std::string to_string(const Ball& ball, slong digits) {
  char* text = arb_get_str(ball.get(), digits, 0);
  std::string result(text);
  flint_free(text);
  return result;
}

}  // namespace verigrad::proof
