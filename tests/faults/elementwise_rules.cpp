// Mistakes in the rules of elementwise operations.
#include "tests/faults/rules.hpp"

namespace verigrad::faults {
namespace {

const Cotangent zero(0.0), one(1.0);

/// 2 x^2 / x, which is not defined at 0.
Cotangent square_by_value(const Entries& saved, const Cotangent& v, std::size_t) {
  const Cotangent x = saved.operand(0);
  return v * (2.0 * square(x) / x);
}

Cotangent own_factor(const Entries& saved, const Cotangent& v, std::size_t i) {
  return one_shape(saved) && saved.has_operand(i) ? v * saved.operand(i)
                                                  : right<"mul">(saved, v, i);
}

Cotangent twice_counts_once(const Entries& saved, const Cotangent& v, std::size_t i) {
  const bool twice = saved.has_operand(0) && saved.has_operand(1) &&
                     saved.operand(0).data() == saved.operand(1).data();
  const Cotangent share = right<"mul">(saved, v, i);
  return i == 1 && twice ? share * 0.0 : share;
}

Cotangent power_not_lowered(const Entries& saved, const Cotangent& v, std::size_t i) {
  const Cotangent share = right<"pow">(saved, v, i);
  return i == 0 && saved.operand_shape(0) == saved.shape() ? share * saved.operand(0) : share;
}

Cotangent threshold_on_output(const Entries& saved, const Cotangent& v, std::size_t i) {
  const Cotangent share = right<"softplus">(saved, v, i);
  if (i != 0 || !saved.has_operand(0)) return share;
  return where(softplus(saved.operand(0)) > 2.0, v, share);
}

/// -floor(x / y) for -trunc(x / y).
Cotangent quotient_rounded_down(const Entries& saved, const Cotangent& v, std::size_t i) {
  if (i == 0 || !one_shape(saved) || !saved.has_operand(0) || !saved.has_operand(1))
    return right<"fmod">(saved, v, i);
  return v * -floor(saved.operand(0) / saved.operand(1));
}

Cotangent clipped(const Entries& saved, const Cotangent& v, std::size_t i) {
  return clamp(right<"exp">(saved, v, i), Cotangent(-10.0), Cotangent(10.0));
}

Cotangent small_entries_dropped(const Entries& saved, const Cotangent& v, std::size_t i) {
  const Cotangent share = right<"neg">(saved, v, i);
  if (v.numel() == 0) return share;
  const Cotangent size = abs(share);
  return where(size * 2.0 < max(size), share * 0.0, share);
}

}  // namespace

std::vector<Fault> elementwise_faults() {
  using V = const Cotangent&;
  using S = const Entries&;
  using I = std::size_t;
  return {
      {.where = "square",
       .name = "the factor 2 is missing",
       .vjp = times<"square", 1, 2>,
       .common = true},
      {"square", "2 f / x: NaN at 0", square_by_value},
      {"rsqrt", "the factor 1/2 is missing", times<"rsqrt", 2>},
      {"cos", "the sign is lost", times<"cos", -1>},
      {"acos", "the sign is lost", times<"acos", -1>},
      {"cosh", "the sign of the trigonometric function", times<"cosh", -1>},
      {.where = "sub",
       .name = "the sign by other is lost",
       .vjp = times<"sub", -1, 1, 1>,
       .common = true},
      {"atan2", "the operands' signs are swapped", times<"atan2", -1>},
      {"div", "the sign by other is lost", times<"div", -1, 1, 1>},
      {"mul", "an operand times itself, not the other", own_factor},
      {.where = "mul",
       .name = "a value used twice counts once",
       .vjp = twice_counts_once,
       .common = true},
      {.where = "pow",
       .name = "the exponent is not lowered",
       .vjp = power_not_lowered,
       .common = true},
      {"atan", "1 + x^2, not its reciprocal",
       [](S saved, V v, I) { return v * (1.0 + square(saved.operand(0))); }},
      {"asinh", "1 / (1 + x^2): the root is forgotten",
       [](S saved, V v, I) { return v / (1.0 + square(saved.operand(0))); }},
      {"log1p", "1 / x", [](S saved, V v, I) { return v / saved.operand(0); }},
      {"expm1", "the value less 1 again",
       [](S saved, V v, I i) { return right<"expm1">(saved, v, i) - v; }},
      {"tan", "1 + |y|, not 1 + y^2",
       [](S saved, V v, I) { return v * (1.0 + abs(saved.result())); }},
      {.where = "sigmoid",
       .name = "the factor 1 - s is missing",
       .vjp = [](S saved, V v, I) { return v * sigmoid(saved.operand(0)); },
       .common = true},
      {"sigmoid", "ones for the cotangent",
       [](S saved, V v, I i) { return right<"sigmoid">(saved, v * 0.0 + 1.0, i); }},
      {"logsigmoid", "0 at 0, where a rewriting has a kink",
       [](S saved, V v, I i) {
         return where(saved.operand(0) == 0.0, v * 0.0, right<"logsigmoid">(saved, v, i));
       }},
      {"maximum", "equal operands both take the whole gradient",
       [](S saved, V v, I i) {
         const Cotangent share = right<"maximum">(saved, v, i);
         return share.shape() == v.shape() ? where(share == 0.0, share, v) : share;
       }},
      {.where = "relu", .name = "negative entries pass", .vjp = handed_on, .common = true},
      {"abs", "1 on both sides", handed_on},
      {"leaky_relu", "no slope on the negative side",
       [](S saved, V v, I i) {
         const Cotangent share = right<"leaky_relu">(saved, v, i);
         return i == 0 ? where(abs(share) < abs(v) * 0.5, share * 0.0, share) : share;
       }},
      {"softplus", "a threshold is held against the output", threshold_on_output},
      {"fmod", "the quotient by other is rounded down", quotient_rounded_down},
      {"exp", "clipped at 10", clipped},
      {"neg", "entries below half of the greatest are dropped", small_entries_dropped},
      {"cos", "a recorded rule forgets the graph of its cotangent",
       [](S saved, V v, I i) { return right<"cos">(saved, v.detach(), i); }},
      {"log", "a recorded rule is off by 1e-12",
       [](S saved, V v, I i) {
         const Cotangent share = right<"log">(saved, v, i);
         return grad_enabled() ? share * (1 + 1e-12) : share;
       }},
      {"minimum", "the greater one takes the gradient",
       [](S saved, V v, I i) {
         return one_shape(saved) ? v - right<"minimum">(saved, v, i)
                                 : right<"minimum">(saved, v, i);
       }},
      {"clamp", "what lies outside takes a gradient too",
       [](S saved, V v, I i) {
         return i == 0 && saved.operand_shape(0) == saved.shape() ? v : right<"clamp">(saved, v, i);
       }},
      {"where", "the condition is inverted",
       [](S saved, V v, I i) {
         return one_shape(saved) && i > 0 ? v - right<"where">(saved, v, i)
                                          : right<"where">(saved, v, i);
       }},
      {"sinc", "0 / 0 at 0",
       [](S saved, V v, I i) {
         const Cotangent x = saved.operand(0);
         return right<"sinc">(saved, v, i) * (x / x);
       }},
      {"logaddexp", "the weights are swapped",
       [](S saved, V v, I i) {
         return one_shape(saved) ? v - right<"logaddexp">(saved, v, i)
                                 : right<"logaddexp">(saved, v, i);
       }},
  };
}

}  // namespace verigrad::faults
