// What is compared, and what PyTorch computes that differs.
#include <limits>
#include <stdexcept>

#include "tests/accuracy/pytorch/compare.hpp"

namespace verigrad::accuracy {
namespace {

/// The formula of an elementwise operation for the derivative by an operand.
Function formula(std::string_view operation, std::size_t operand = 0) {
  const std::vector<const Formula*> found = find_formulas(operation);
  if (found.empty() || !found[0]->derivative[operand])
    throw std::logic_error(fmt::format("no formula of {}", operation));
  return found[0]->derivative[operand];
}

// The losses' formulas have weights, which are not operands here.
Function formula_of_bce() { return VERIGRAD_OF((x[0] - x[1]) / (x[0] * (1 - x[0]))); }
Function formula_of_logits() {
  return VERIGRAD_OF((1 - x[1]) * sigmoid(x[0]) - x[1] * sigmoid(-x[0]));
}

Section saturation() {
  Section all{
      "Saturated sigmoids",
      "PyTorch computes s (1 - s) and 1 - t ** 2 from the rounded value, which has lost what it"
      " is short of 1, and subtracts 1 from probabilities in the same way. Verigrad's rules go "
      "by exp(-abs(x))."};
  add(all, VERIGRAD_CALL(sigmoid(x)), formula("sigmoid"), {{30}, {36}, {38}, {40}});
  add(all, VERIGRAD_CALL(sigmoid(x)), formula("sigmoid"), {{-40}}, {.agree = true});
  add<float>(all, VERIGRAD_CALL(sigmoid(x)), formula("sigmoid"), {{10}, {15}, {18}});
  add(all, VERIGRAD_CALL(tanh(x)), formula("tanh"), {{5}, {15}, {18}, {19.5}});
  add<float>(all, VERIGRAD_CALL(tanh(x)), formula("tanh"), {{5}, {9.5}});
  add(all, VERIGRAD_CALL(bce_with_logits(x, y)), formula_of_logits(), {{10, 1}, {30, 1}, {38, 1}},
      {.layout = two()});
  add(all, VERIGRAD_CALL(bce_with_logits(x, y)), formula_of_logits(), {{38, 0}, {-38, 0}},
      {.layout = two(), .agree = true});
  add(all, "cross_entropy(x, 0)", VERIGRAD_BOTH(first_class_loss(x)),
      VERIGRAD_OF(-sigmoid(x[1] - x[0])), {{10, 0}, {30, 0}, {40, 0}}, {.layout = vector_of(2)});
  add(all, "log_softmax(x, 0)[0]", VERIGRAD_BOTH(select(log_softmax(x, 0), 0, 0)),
      VERIGRAD_OF(sigmoid(x[1] - x[0])), {{30, 0}, {40, 0}}, {.layout = vector_of(2)});
  add(all, "softmax(x, 0)[0]", VERIGRAD_BOTH(select(softmax(x, 0), 0, 0)),
      VERIGRAD_OF(sigmoid(x[0] - x[1]) * sigmoid(x[1] - x[0])), {{30, 0}, {40, 0}},
      {.layout = vector_of(2)});
  add(all, VERIGRAD_CALL(logsigmoid(x)), formula("logsigmoid"), {{40}, {-40}}, {.agree = true});
  return all;
}

Section tails() {
  Section all{
      "Tails of smooth functions",
      "In PyTorch the derivative of expm1 is its value plus 1, softplus is linear above its "
      "threshold of 20, gelu takes Phi(x) as (1 + erf(x / sqrt(2))) / 2 and ndtr squares the "
      "rounded x / sqrt(2). gelu's tanh form has the double nearest to 0.044715 as its constant. "
      "silu, mish, erf and erfc are right in both."};
  const Function normal_density = VERIGRAD_OF(exp(-square(x[0]).scaled(-1)) / sqrt(2 * Real::pi()));
  add(all, VERIGRAD_CALL(expm1(x)), formula("expm1"), {{-10}, {-37}, {-40}});
  add(all, VERIGRAD_CALL(softplus(x)), VERIGRAD_OF(sigmoid(x[0])), {{20}}, {.agree = true});
  add(all, VERIGRAD_CALL(softplus(x)), VERIGRAD_OF(sigmoid(x[0])), {{21}, {30}});
  add(all, VERIGRAD_CALL(gelu(x)), formula("gelu"), {{-6}, {-30}, {-38}});
  add(all, "gelu(x, \"tanh\")", VERIGRAD_BOTH(gelu(x, "tanh")),
      find_formulas("gelu").at(1)->derivative[0], {{-6}, {-10}});
  add(all, VERIGRAD_CALL(ndtr(x)), normal_density, {{-5}, {-30}}, {.same_grad_fn = false});
  add(all, VERIGRAD_CALL(exp2(x)), formula("exp2"), {{1024.25}});
  add(all, VERIGRAD_CALL(silu(x)), formula("silu"), {{-30}, {-100}}, {.agree = true});
  add(all, VERIGRAD_CALL(mish(x)), formula("mish"), {{-30}, {-100}}, {.agree = true});
  add(all, VERIGRAD_CALL(erf(x)), formula("erf"), {{26}}, {.agree = true});
  add(all, VERIGRAD_CALL(erfc(x)), formula("erfc"), {{26}}, {.agree = true});
  return all;
}

Section squares() {
  Section all{
      "Squares that overflow, underflow or cancel",
      "PyTorch's rules square an operand: 1 / (x * x + 1), rsqrt(1 - x * x), 1 / (x * x + y * "
      "y), as its values of norm and std square the entries. Verigrad's factor, scale, or "
      "divide twice."};
  const Function unit = VERIGRAD_OF(x[0] / sqrt(square(x[0]) + square(x[1])));
  add(all, VERIGRAD_CALL(atan(x)), formula("atan"), {{1e155}});
  add(all, VERIGRAD_CALL(atan2(x, y)), formula("atan2"), {{1e200, 1e200}, {1e-200, 1e-200}},
      {.layout = two()});
  add(all, VERIGRAD_CALL(asinh(x)), formula("asinh"), {{1e155}});
  add(all, VERIGRAD_CALL(acosh(x)), formula("acosh"), {{1 + 1e-9}, {1e155}});
  add(all, VERIGRAD_CALL(asin(x)), formula("asin"), {{1 - 1e-9}, {-1 + 1e-9}});
  add(all, VERIGRAD_CALL(acos(x)), formula("acos"), {{1 - 1e-9}});
  add(all, VERIGRAD_CALL(atanh(x)), formula("atanh"), {{1 - 1e-9}});
  add(all, "x / (1 + abs(x))", VERIGRAD_BOTH(softsign(x)), formula("softsign"), {{1e160}});
  add(all, VERIGRAD_CALL(hypot(x, y)), formula("hypot"), {{1.5e308, 1.5e308}}, {.layout = two()});
  add(all, VERIGRAD_CALL(hypot(x, y)), formula("hypot"), {{3e-320, 4e-320}},
      {.layout = two(), .agree = true});
  add(all, "norm(x)", VERIGRAD_BOTH(vector_norm(x)), unit, {{1e-170, 1e-170}, {1e200, 1e200}},
      {.layout = vector_of(2)});
  add<float>(all, "norm(x)", VERIGRAD_BOTH(vector_norm(x)), unit, {{1e-25, 1e-25}, {1e20, 1e20}},
             {.layout = vector_of(2)});
  add(all, VERIGRAD_CALL(rsqrt(x)), formula("rsqrt"), {{1e200}}, {.agree = true});
  add(all, VERIGRAD_CALL(reciprocal(x)), formula("reciprocal"), {{1e150}}, {.agree = true});
  add(all, VERIGRAD_CALL(x / y), formula("div", 1), {{1e300, 1e200}},
      {.layout = two(), .entry = 1, .agree = true});
  return all;
}

Section near_zeros() {
  Section all{
      "Gamma functions, and zeros of the derivative",
      "The derivative of lgamma is digamma, which is 0 at 1.4616, that of digamma is trigamma; "
      "those of gelu and sinc are sums of terms that cancel at their zeros."};
  add(all, VERIGRAD_CALL(lgamma(x)), formula("lgamma"), {{1.46}, {1.4616321449683622}});
  add(all, VERIGRAD_CALL(digamma(x)), formula("digamma"), {{1.5}, {-1.5}});
  add(all, VERIGRAD_CALL(gelu(x)), formula("gelu"), {{-0.7517915246935646}});
  add(all, VERIGRAD_CALL(sinc(x)), formula("sinc"), {{1e-3}, {1e-8}});
  add(all, VERIGRAD_CALL(sinc(x)), formula("sinc"), {{0}}, {.agree = true});
  return all;
}

Section losses() {
  Section all{"Probabilities near 0 and 1", "PyTorch divides by maximum(p (1 - p), 1e-12)."};
  const Function by_input = formula_of_bce();
  add(all, VERIGRAD_CALL(bce(x, y)), by_input, {{1e-10, 1}}, {.layout = two(), .agree = true});
  add(all, VERIGRAD_CALL(bce(x, y)), by_input,
      {{1e-13, 0}, {1e-13, 1}, {1e-30, 1}, {1 - 0x1p-50, 1}}, {.layout = two()});
  return all;
}

Section offsets() {
  Section all{
      "Large offsets and scales",
      "Where entries share a large offset, the rounding of their mean or logsumexp is large "
      "beside their distances from it."};
  const Function deviation = VERIGRAD_OF(x[0] - (x[0] + x[1] + x[2]) / 3);
  const Function standard = [](const Real* x) -> Real {
    const Real m = (x[0] + x[1] + x[2]) / 3;
    const Real squares = square(x[0] - m) + square(x[1] - m) + square(x[2] - m);
    return (x[0] - m) / sqrt(2 * squares);
  };
  const Function normal = [](const Real* x) -> Real {
    const Real m = (x[0] + x[1] + x[2]) / 3, d = x[0] - m;
    const Real variance = (square(d) + square(x[1] - m) + square(x[2] - m)) / 3 + 1e-5;
    return (2 - square(d) / variance) / (3 * sqrt(variance));
  };
  const Function normal_of_two = [](const Real* x) -> Real {
    const Real variance = square((x[0] - x[1]).scaled(-1)) + 1e-5;
    return 1e-5 / (2 * variance * sqrt(variance));
  };
  const Layout three = vector_of(3), pair = vector_of(2);
  const std::vector<Point> far{{1e8, 1e8 + 1, 1e8 + 3}, {1e15, 1e15 + 1, 1e15 + 3}};
  add(all, VERIGRAD_CALL(var(x)), deviation, far, {.layout = three});
  add<float>(all, VERIGRAD_CALL(var(x)), deviation, {{1e6, 1e6 + 1, 1e6 + 3}}, {.layout = three});
  add(all, "std(x)", VERIGRAD_BOTH(spread(x)), standard, far, {.layout = three});
  add(all, "std(x)", VERIGRAD_BOTH(spread(x)), standard, {{1e200, 2e200, 4e200}},
      {.layout = three});
  add(all, "layer_norm(x)[0]", VERIGRAD_BOTH(normalised(x)), normal, far, {.layout = three});
  add(all, "layer_norm(x)[0]", VERIGRAD_BOTH(normalised(x)), normal_of_two, {{1, 3}, {1, 300}},
      {.layout = pair});
  add(all, VERIGRAD_CALL(logsumexp(x)), VERIGRAD_OF(sigmoid(x[0] - x[1])),
      {{1e8, 1e8 + 1}, {1e308, 1e308}}, {.layout = pair});
  add(all, "log_softmax(x, 0)[0]", VERIGRAD_BOTH(select(log_softmax(x, 0), 0, 0)),
      VERIGRAD_OF(sigmoid(x[1] - x[0])), {{1e8, 1e8 + 1}, {1e308, 1e308}},
      {.layout = pair, .agree = true});
  add(all, VERIGRAD_CALL(logaddexp(x, y)), formula("logaddexp"), {{1e8, 1e8 + 1}, {1e308, 1e308}},
      {.layout = two(), .agree = true});
  return all;
}

Section products() {
  Section all{
      "Products, determinants, lengths below a clamp",
      "PyTorch divides a product that has no zero by each entry. For det it multiplies by the "
      "determinant, which is 0 for a singular matrix, unless the backward pass is recorded. It "
      "differentiates the norm that cosine_similarity has replaced by its eps."};
  const Function others = VERIGRAD_OF(x[1] * x[2]);
  add(all, VERIGRAD_CALL(prod(x)), others, {{0, 2, 3}}, {.layout = vector_of(3), .agree = true});
  add(all, VERIGRAD_CALL(prod(x)), others, {{1e200, 1e200, 1e-200}, {1e-200, 1e-200, 1e200}},
      {.layout = vector_of(3)});
  add(all, VERIGRAD_CALL(det(x)), VERIGRAD_OF(x[3]), {{1, 2, 3, 4}},
      {.layout = square_matrix(), .agree = true});
  add(all, VERIGRAD_CALL(det(x)), VERIGRAD_OF(x[3]), {{1, 2, 2, 4}, {0, 0, 0, 5}},
      {.layout = square_matrix()});
  add(all, "det(x), pass recorded", VERIGRAD_BOTH(det(x)), VERIGRAD_OF(x[3]),
      {{1, 2, 2, 4}, {0, 0, 0, 5}}, {.layout = square_matrix(), .agree = true, .recorded = true});
  add(all, VERIGRAD_CALL(cosine_similarity(x, y, 0)),
      VERIGRAD_OF(x[2] / (sqrt(square(x[2]) + square(x[3])) * 1e-8)), {{1e-9, 0, 3, 4}},
      {.layout = vectors_of(2)});
  return all;
}

}  // namespace

std::vector<Section> compare_with_truth() {
  return {saturation(), tails(), squares(), near_zeros(), losses(), offsets(), products()};
}

Section compare_conventions() {
  constexpr double inf = std::numeric_limits<double>::infinity();
  Section all{"Where there is no derivative",
              "At kinks, ends of domains and poles, and where operands are infinite, a convention "
              "holds: PyTorch's, but for the rows that say otherwise."};
  add(all, VERIGRAD_CALL(bce(x, y)), nullptr, {{0, 0}, {0, 1}, {1, 0}, {1, 1}, {0, 0.5}},
      {.layout = two()});
  add(all, VERIGRAD_CALL(hypot(x, y)), nullptr, {{0, 0}}, {.layout = two()});
  add(all, VERIGRAD_CALL(logaddexp(x, y)), nullptr, {{inf, inf}, {-inf, -inf}, {inf, 0}},
      {.layout = two()});
  add(all, VERIGRAD_CALL(logsumexp(x)), nullptr, {{inf, inf}, {-inf, -inf}, {inf, 0}},
      {.layout = vector_of(2)});
  add(all, "norm(x)", VERIGRAD_BOTH(vector_norm(x)), nullptr, {{0, 0}}, {.layout = vector_of(2)});
  add(all, "std(x)", VERIGRAD_BOTH(spread(x)), nullptr, {{2, 2, 2}}, {.layout = vector_of(3)});
  add(all, VERIGRAD_CALL(cosine_similarity(x, y, 0)), nullptr, {{0, 0, 3, 4}},
      {.layout = vectors_of(2)});
  add(all, VERIGRAD_CALL(pow(x, y)), nullptr, {{0, 0}, {0, 0.5}, {-2, 0}}, {.layout = two()});
  add(all, VERIGRAD_CALL(pow(x, y)), nullptr, {{0, 0}, {0, 2}, {0, -1}, {-2, 2}},
      {.layout = two(), .entry = 1});
  add(all, VERIGRAD_CALL(xlogy(x, y)), nullptr, {{0, 0}}, {.layout = two()});
  add(all, VERIGRAD_CALL(xlogy(x, y)), nullptr, {{0, 0}}, {.layout = two(), .entry = 1});
  add(all, VERIGRAD_CALL(atan2(x, y)), nullptr, {{0, 0}}, {.layout = two()});
  add(all, VERIGRAD_CALL(abs(x)), nullptr, {{0}});
  add(all, VERIGRAD_CALL(relu(x)), nullptr, {{0}});
  add(all, VERIGRAD_CALL(leaky_relu(x)), nullptr, {{0}});
  add(all, VERIGRAD_CALL(elu(x)), nullptr, {{0}});
  add(all, VERIGRAD_CALL(hardtanh(x)), nullptr, {{1}});
  add(all, VERIGRAD_CALL(hardswish(x)), nullptr, {{-3}, {3}});
  add(all, VERIGRAD_CALL(maximum(x, y)), nullptr, {{1, 1}}, {.layout = two()});
  add(all, VERIGRAD_CALL(sqrt(x)), nullptr, {{0}});
  add(all, VERIGRAD_CALL(log(x)), nullptr, {{0}});
  add(all, VERIGRAD_CALL(asin(x)), nullptr, {{1}});
  add(all, VERIGRAD_CALL(acosh(x)), nullptr, {{1}});
  add(all, VERIGRAD_CALL(atanh(x)), nullptr, {{1}});
  add(all, VERIGRAD_CALL(lgamma(x)), nullptr, {{0}, {-1}});
  add(all, VERIGRAD_CALL(max(x)), nullptr, {{1, 1}}, {.layout = vector_of(2)});
  add(all, VERIGRAD_CALL(median(x)), nullptr, {{1, 1}}, {.layout = vector_of(2)});
  add(all, VERIGRAD_CALL(fmod(x, y)), nullptr, {{4, 2}}, {.layout = two(), .entry = 1});
  return all;
}

std::string pytorch_version() { return TORCH_VERSION; }

}  // namespace verigrad::accuracy
