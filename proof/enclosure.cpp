#include "proof/enclosure.hpp"

#include <array>

namespace verigrad::proof {

std::string_view to_string(Outcome outcome) {
  static constexpr std::array<std::string_view, 8> names{
      "enclosed", "undecided",          "flat",           "edge",
      "jump",     "outside the domain", "work exhausted", "not covered"};
  return names[static_cast<std::size_t>(outcome)];
}

bool sharp(const Ball& ball, const Limits& limits, DType dtype) {
  const slong below = dtype == DType::f64 ? -1075 : -150;
  Ball size;
  arb_abs(size.get(), ball.get());
  return ball.finite() && (ball.is(0) || ball.relative_bits() >= limits.relative_bits ||
                           arb_lt(size.get(), Ball(1).scaled(below).get()));
}

}  // namespace verigrad::proof
