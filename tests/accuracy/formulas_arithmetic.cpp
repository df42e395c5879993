// Formulas of arithmetic and of comparisons.
#include "tests/accuracy/formula.hpp"

namespace verigrad::accuracy {
namespace {

Formula comparison(std::string_view operation, Function value) {
  return {.operation = operation, .value = value, .value_bound = 0};
}

}  // namespace

std::vector<Formula> arithmetic_formulas() {
  return {
      {.operation = "add",
       .value = VERIGRAD_OF(x[0] + x[1]),
       .derivative = {VERIGRAD_OF(1), VERIGRAD_OF(1)},
       .value_bound = 0.5},
      {.operation = "sub",
       .value = VERIGRAD_OF(x[0] - x[1]),
       .derivative = {VERIGRAD_OF(1), VERIGRAD_OF(-1)},
       .value_bound = 0.5},
      {.operation = "mul",
       .value = VERIGRAD_OF(x[0] * x[1]),
       .derivative = {VERIGRAD_OF(x[1]), VERIGRAD_OF(x[0])},
       .value_bound = 0.5},
      {.operation = "div",
       .value = VERIGRAD_OF(x[0] / x[1]),
       .derivative = {VERIGRAD_OF(1 / x[1]), VERIGRAD_OF(-x[0] / square(x[1]))},
       .defined = VERIGRAD_WHEN(x[1] != 0),
       .value_bound = 0.5},
      {.operation = "neg",
       .value = VERIGRAD_OF(-x[0]),
       .derivative = {VERIGRAD_OF(-1)},
       .value_bound = 0},
      comparison("lt", VERIGRAD_OF(x[0] < x[1])),
      comparison("le", VERIGRAD_OF(x[0] <= x[1])),
      comparison("gt", VERIGRAD_OF(x[0] > x[1])),
      comparison("ge", VERIGRAD_OF(x[0] >= x[1])),
      comparison("eq", VERIGRAD_OF(x[0] == x[1])),
      comparison("ne", VERIGRAD_OF(!(x[0] == x[1]))),
  };
}

}  // namespace verigrad::accuracy
