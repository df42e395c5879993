// Comparisons, choices, roundings and remainders.
#include "proof/elementary.hpp"
#include "proof/functions.hpp"

namespace verigrad::proof {
namespace {

/// 1 where `holds(sign of a - b)`, else 0; a germ has the sign of its side.
Series compared(const Series& a, const Series& b, bool (*holds)(int sign)) {
  const Sign sign = compare(a, b);
  if (sign.status != Status::ok) return Series(sign.status);
  return Series(holds(sign.sign) ? 1 : 0).kinked_if(sign.kinked);
}

Series sign(const Series& p) {
  const Sign result = sign_of(p);
  if (result.status != Status::ok) return Series(result.status);
  return Series(result.sign).kinked_if(result.kinked);
}

/// The operand that is chosen; the other may be undefined.
Series where(const Series& condition, const Series& a, const Series& b) {
  const Sign chosen = sign_of(condition);
  if (chosen.status != Status::ok) return Series(chosen.status);
  return (chosen.sign != 0 ? a : b).kinked_if(chosen.kinked);
}

}  // namespace

std::vector<Line> piecewise_functions() {
  return {
      VERIGRAD_LINE("lt", compared(x[0], x[1], [](int s) { return s < 0; })),
      VERIGRAD_LINE("le", compared(x[0], x[1], [](int s) { return s <= 0; })),
      VERIGRAD_LINE("gt", compared(x[0], x[1], [](int s) { return s > 0; })),
      VERIGRAD_LINE("ge", compared(x[0], x[1], [](int s) { return s >= 0; })),
      VERIGRAD_LINE("eq", compared(x[0], x[1], [](int s) { return s == 0; })),
      VERIGRAD_LINE("ne", compared(x[0], x[1], [](int s) { return s != 0; })),
      VERIGRAD_LINE("abs", abs(x[0])),
      VERIGRAD_LINE("sign", sign(x[0])),
      VERIGRAD_LINE("floor", floor(x[0])),
      VERIGRAD_LINE("ceil", ceil(x[0])),
      VERIGRAD_LINE("trunc", trunc(x[0])),
      VERIGRAD_LINE("round", round(x[0])),
      VERIGRAD_LINE("maximum", maximum(x[0], x[1])),
      VERIGRAD_LINE("minimum", minimum(x[0], x[1])),
      VERIGRAD_LINE("clamp", minimum(maximum(x[0], x[1]), x[2])),
      VERIGRAD_LINE("where", where(x[0], x[1], x[2])),
      VERIGRAD_LINE("fmod", x[0] - x[1] * trunc(x[0] / x[1])),
      VERIGRAD_LINE("remainder", x[0] - x[1] * floor(x[0] / x[1])),
  };
}

}  // namespace verigrad::proof
