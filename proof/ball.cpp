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

std::string to_string(const Ball& ball, slong digits) {
  char* text = arb_get_str(ball.get(), digits, 0);
  std::string result(text);
  flint_free(text);
  return result;
}

}  // namespace verigrad::proof
