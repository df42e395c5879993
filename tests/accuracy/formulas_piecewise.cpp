// Formulas of steps, kinks, selections and remainders.
#include <cmath>

#include "tests/accuracy/formula.hpp"

namespace verigrad::accuracy {
namespace {

bool integral(double x) { return std::floor(x) == x; }

/// To the nearest integer, ties to the even one.
Real rounded(const Real& x) {
  if (abs(x) > 0x1p60) return x;
  const Real half = Real(1).scaled(-1), nearest = floor(x + half);
  const bool tie = nearest == x + half, odd = !(floor(nearest.scaled(-1)) == nearest.scaled(-1));
  return tie && odd ? nearest - 1 : nearest;
}

/// Operands whose ratio is moderate: a large one has no digits behind the point.
void draw_remainder(Random& random, Point& x) {
  x[1] = random.sign() * random.log_uniform(-500, 500);
  x[0] = x[1] * random.sign() * random.log_uniform(-10, random.one_in(2) ? 6 : 40);
}

void draw_bounds(Random& random, Point& x) {
  x[1] = random.uniform(-2, 1);
  x[2] = random.uniform(-1, 2);
  x[0] = random.uniform(-3, 3);
}

}  // namespace

std::vector<Formula> piecewise_formulas() {
  return {
      {.operation = "abs",
       .value = VERIGRAD_OF(abs(x[0])),
       .derivative = {VERIGRAD_OF(x[0] > 0 ? 1 : -1)},
       .smooth = VERIGRAD_WHEN(x[0] != 0),
       .value_bound = 0},
      {.operation = "sign",
       .value = VERIGRAD_OF((x[0] > 0) - (x[0] < 0)),
       .derivative = {VERIGRAD_OF(0)},
       .smooth = VERIGRAD_WHEN(x[0] != 0),
       .value_bound = 0},
      {.operation = "trunc",
       .value = VERIGRAD_OF(trunc(x[0])),
       .derivative = {VERIGRAD_OF(0)},
       .smooth = VERIGRAD_WHEN(!integral(x[0]) || x[0] == 0),
       .value_bound = 0},
      {.operation = "floor",
       .value = VERIGRAD_OF(floor(x[0])),
       .derivative = {VERIGRAD_OF(0)},
       .smooth = VERIGRAD_WHEN(!integral(x[0])),
       .value_bound = 0},
      {.operation = "ceil",
       .value = VERIGRAD_OF(ceil(x[0])),
       .derivative = {VERIGRAD_OF(0)},
       .smooth = VERIGRAD_WHEN(!integral(x[0])),
       .value_bound = 0},
      {.operation = "round",
       .value = VERIGRAD_OF(rounded(x[0])),
       .derivative = {VERIGRAD_OF(0)},
       .smooth = VERIGRAD_WHEN(integral(x[0]) || !integral(2 * x[0])),
       .value_bound = 0},
      {.operation = "minimum",
       .value = VERIGRAD_OF(x[0] < x[1] ? x[0] : x[1]),
       .derivative = {VERIGRAD_OF(x[0] < x[1]), VERIGRAD_OF(x[1] < x[0])},
       .smooth = VERIGRAD_WHEN(x[0] != x[1]),
       .value_bound = 0},
      {.operation = "maximum",
       .value = VERIGRAD_OF(x[0] > x[1] ? x[0] : x[1]),
       .derivative = {VERIGRAD_OF(x[0] > x[1]), VERIGRAD_OF(x[1] > x[0])},
       .smooth = VERIGRAD_WHEN(x[0] != x[1]),
       .value_bound = 0},
      // Where min > max the value is max.
      {.operation = "clamp",
       .value = VERIGRAD_OF(x[1] > x[2] || x[0] > x[2] ? x[2]
                            : x[0] < x[1]              ? x[1]
                                                       : x[0]),
       .derivative = {VERIGRAD_OF(x[1] < x[0] && x[0] < x[2]),
                      VERIGRAD_OF(x[0] < x[1] && x[1] < x[2]),
                      VERIGRAD_OF(x[0] > x[2] || x[1] > x[2])},
       .smooth = VERIGRAD_WHEN(x[0] != x[1] && x[0] != x[2] && x[1] != x[2]),
       .together = draw_bounds,
       .value_bound = 0},
      {.operation = "where",
       .value = VERIGRAD_OF(x[0] == 0 ? x[2] : x[1]),
       .derivative = {nullptr, VERIGRAD_OF(!(x[0] == 0)), VERIGRAD_OF(x[0] == 0)},
       .value_bound = 0},
      {.operation = "fmod",
       .value = VERIGRAD_OF(x[0] - x[1] * trunc(x[0] / x[1])),
       .derivative = {VERIGRAD_OF(1), VERIGRAD_OF(-trunc(x[0] / x[1]))},
       .defined = VERIGRAD_WHEN(x[1] != 0),
       .smooth = VERIGRAD_WHEN(std::fmod(x[0], x[1]) != 0),
       .together = draw_remainder,
       .value_bound = 0},
      {.operation = "remainder",
       .value = VERIGRAD_OF(x[0] - x[1] * floor(x[0] / x[1])),
       .derivative = {VERIGRAD_OF(1), VERIGRAD_OF(-floor(x[0] / x[1]))},
       .defined = VERIGRAD_WHEN(x[1] != 0),
       .smooth = VERIGRAD_WHEN(std::fmod(x[0], x[1]) != 0),
       .together = draw_remainder,
       .value_bound = 1},
  };
}

}  // namespace verigrad::accuracy
