// Formulas of the losses' elementwise rules.
#include <cmath>

#include "tests/accuracy/formula.hpp"

namespace verigrad::accuracy {
namespace {

/// Factors that multiply everything else.
const Interval factors{0x1p-20, 0x1p20};
const Interval probabilities{0, 1};

/// log x, not below -100.
Real clamped_log(const Real& log_of_x) { return log_of_x < -100 ? Real(-100) : log_of_x; }

Real larger(const Real& a, const Real& b) { return abs(a) < abs(b) ? b : a; }

Real huber(const Real& difference, const Real& delta) {
  const Real size = abs(difference);
  return size <= delta ? square(size).scaled(-1) : delta * (size - delta.scaled(-1));
}
Real clipped(const Real& x, const Real& bound) {
  return x > bound ? bound : x < -bound ? -bound : x;
}

/// Targets near the prediction, around the gradient's zero.
void draw_near_target(Random& random, Point& x) {
  x[1] = x[0] * (1 + random.sign() * random.log_uniform(-52, -1));
  if (x[1] > 1) x[1] = 1;
}

/// Targets at a distance of about delta, around the zero of the derivative by it.
void draw_near_corner(Random& random, Point& x) {
  x[1] = x[0] - random.sign() * x[2] * (1 + random.sign() * random.log_uniform(-52, -1));
}

/// Logits near that of the target.
void draw_logit(Random& random, Point& x) {
  x[1] = random.unit();
  if (x[1] > 0) {
    x[0] = std::log(x[1] / (1 - x[1])) * (1 + random.sign() * random.log_uniform(-52, -1));
    if (random.one_in(2)) x[3] = 1;
  }
}

const NearZero bce_by_target{VERIGRAD_OF(x[2] * larger(log(x[0]), log1p(-x[0]))),
                             "weight * log(input), weight * log(1 - input)"};

const NearZero logits_by_input{
    VERIGRAD_OF(x[2] * larger((1 - x[1]) * sigmoid(x[0]), x[3] * x[1] * sigmoid(-x[0]))),
    "weight * (1 - target) * sigmoid(input), weight * pos_weight * target * sigmoid(-input)"};

const NearZero logits_by_target{VERIGRAD_OF(x[2] * larger((x[3] - 1) * softplus(-x[0]), x[0])),
                                "weight * (pos_weight - 1) * softplus(-input), weight * input"};

constexpr std::string_view cancels =
    "4 ulp of the largest term also farther than 2^-10 from the zero, where the terms still "
    "cancel: "
    "some 2000 ulp of the derivative itself, for want of ten more bits in each term";

}  // namespace

std::vector<Formula> loss_formulas() {
  const std::vector<std::pair<std::string_view, AttributeValue>> each{
      {"reduction", std::string("none")}};
  return {
      {.operation = "bce",
       .attributes = each,
       .value = VERIGRAD_OF(
           -x[2] * (x[1] * clamped_log(log(x[0])) + (1 - x[1]) * clamped_log(log1p(-x[0])))),
       .derivative = {VERIGRAD_OF(x[2] * (x[0] - x[1]) / (x[0] * (1 - x[0]))),
                      VERIGRAD_OF(x[2] * (log1p(-x[0]) - log(x[0])))},
       .defined = VERIGRAD_WHEN(0 < x[0] && x[0] < 1),
       .domain = {std::nullopt, probabilities, factors},
       .uniform = {{{probabilities}, {probabilities}}},
       .together = draw_near_target,
       .derivative_near_zero = {{{}, bce_by_target}},
       .value_bound = 4},
      {.operation = "bce_with_logits",
       .attributes = each,
       .value = VERIGRAD_OF(x[2] * ((1 - x[1]) * softplus(x[0]) + x[3] * x[1] * softplus(-x[0]))),
       .derivative = {VERIGRAD_OF(x[2] *
                                  ((1 - x[1]) * sigmoid(x[0]) - x[3] * x[1] * sigmoid(-x[0]))),
                      VERIGRAD_OF(x[2] * ((x[3] - 1) * softplus(-x[0]) - x[0]))},
       .domain = {std::nullopt, probabilities, factors, factors},
       .uniform = {{{Interval{-746, 746}, Interval{-40, 40}}, {probabilities}}},
       .together = draw_logit,
       .derivative_near_zero = {{logits_by_input, logits_by_target}},
       .value_bound = 4,
       .exceptions = {{0, derivative_bound, false, true, cancels},
                      {1, derivative_bound, false, true, cancels}}},
      {.operation = "mse",
       .attributes = each,
       .value = VERIGRAD_OF(square(x[0] - x[1])),
       .derivative = {VERIGRAD_OF(2 * (x[0] - x[1])), VERIGRAD_OF(2 * (x[1] - x[0]))},
       .value_bound = 2},
      {.operation = "l1_loss",
       .attributes = each,
       .value = VERIGRAD_OF(abs(x[0] - x[1])),
       .derivative = {VERIGRAD_OF(x[0] > x[1] ? 1 : -1), VERIGRAD_OF(x[0] > x[1] ? -1 : 1)},
       .smooth = VERIGRAD_WHEN(x[0] != x[1]),
       .value_bound = 0.5},
      {.operation = "huber",
       .attributes = each,
       .value = VERIGRAD_OF(huber(x[0] - x[1], x[2])),
       .derivative = {VERIGRAD_OF(clipped(x[0] - x[1], x[2])),
                      VERIGRAD_OF(-clipped(x[0] - x[1], x[2])),
                      VERIGRAD_OF(abs(x[0] - x[1]) <= x[2] ? Real(0) : abs(x[0] - x[1]) - x[2])},
       .domain = {std::nullopt, std::nullopt, factors},
       .together = draw_near_corner,
       .value_bound = 4},
      {.operation = "smooth_l1",
       .attributes = each,
       .value = VERIGRAD_OF(huber(x[0] - x[1], x[2]) / x[2]),
       .derivative = {VERIGRAD_OF(clipped(x[0] - x[1], x[2]) / x[2]),
                      VERIGRAD_OF(-clipped(x[0] - x[1], x[2]) / x[2]),
                      VERIGRAD_OF(abs(x[0] - x[1]) < x[2] ? -square((x[0] - x[1]) / x[2]).scaled(-1)
                                                          : Real(-0.5))},
       .domain = {std::nullopt, std::nullopt, factors},
       .value_bound = 4},
      {.operation = "kl_div",
       .attributes = each,
       .value = VERIGRAD_OF(x[1] * (log(x[1]) - x[0])),
       .derivative = {VERIGRAD_OF(-x[1]), VERIGRAD_OF(log(x[1]) - x[0] + 1)},
       .domain = {std::nullopt, positive},
       .value_near_zero = {VERIGRAD_OF(x[1] * x[0]), "target * input"},
       .derivative_near_zero = {{{}, {VERIGRAD_OF(larger(x[0], Real(1))), "1, input"}}},
       .value_bound = 4096,  // just outside the neighbourhood of the zero, whose terms cancel
       .exceptions = {{1, 4, false, true,
                       "4 ulp of the largest term also farther than 2^-10 from the zero, where the "
                       "rounded logarithm and the input cancel"}}},
  };
}

}  // namespace verigrad::accuracy
