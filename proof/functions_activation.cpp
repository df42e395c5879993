// Activations.
#include "proof/elementary.hpp"
#include "proof/functions.hpp"

namespace verigrad::proof {
namespace {

/// x where `side` is positive, else `otherwise()`, which is computed only there.
template <class F>
Series where_positive(const Series& side, const Series& x, F otherwise) {
  const Sign sign = sign_of(side);
  if (sign.status != Status::ok) return Series(sign.status);
  return (sign.sign > 0 ? x : otherwise()).kinked_if(sign.kinked);
}

/// log(1 + exp(beta x)) / beta for beta > 0; where that is nearly x, as x plus the rest, since the
/// derivative by beta would need as many bits as beta x is great.
Series scaled_softplus(const Series& x, const Series& beta) {
  const Status status = positive(beta);
  if (status != Status::ok || !x.ok()) return Series(std::max(status, x.status()));
  if (x.value().midpoint() > 0) return x + softplus(-(beta * x)) / beta;
  return softplus(beta * x) / beta;
}

Series elu(const Series& x, const Series& alpha) {
  return where_positive(x, x, [&] { return alpha * expm1(x); });
}

Series celu(const Series& x, const Series& alpha) {
  const Status status = positive(alpha);
  if (status != Status::ok) return Series(status);
  return where_positive(x, x, [&] { return alpha * expm1(x / alpha); });
}

/// elu with the alpha and the scale of Klambauer et al. (2017), which keep mean 0 and variance 1.
Series selu(const Series& x) {
  const Series scale(Ball::literal("1.0507009873554804934193349852946"));
  const Series alpha(Ball::literal("1.6732632423543772848170429916717"));
  return scale * elu(x, alpha);
}

/// The distribution function of the normal distribution.
Series ndtr(const Series& x) {
  const Series root(Ball::of(arb_sqrt, Ball(2)));
  return erfc(-x / root) * Series(Ball(0.5));
}

/// x Φ(x), or by the approximation Φ(x) = sigmoid(sqrt(8 / π) (x + 0.044715 x³)).
Series gelu(const Series& x, const std::string& approximate) {
  if (approximate != "tanh") return x * ndtr(x);
  const Series slope(Ball::of(arb_sqrt, Ball(8) / Ball::pi()));
  return x * sigmoid(slope * (x + Series(Ball::literal("0.044715")) * x * square(x)));
}

Series hardswish(const Series& x) { return x * minimum(maximum(x + 3, 0), 6) / 6; }

}  // namespace

std::vector<Line> activation_functions() {
  return {
      VERIGRAD_LINE("sigmoid", sigmoid(x[0])),
      VERIGRAD_LINE("logsigmoid", -softplus(-x[0])),
      VERIGRAD_LINE("softplus", scaled_softplus(x[0], x[1])),
      VERIGRAD_LINE("relu", maximum(x[0], 0)),
      VERIGRAD_LINE("leaky_relu", where_positive(x[0], x[0], [&] { return x[1] * x[0]; })),
      VERIGRAD_LINE("elu", elu(x[0], x[1])),
      VERIGRAD_LINE("celu", celu(x[0], x[1])),
      VERIGRAD_LINE("selu", selu(x[0])),
      VERIGRAD_LINE("ndtr", ndtr(x[0])),
      VERIGRAD_LINE("gelu", gelu(x[0], attributes.word(0))),
      VERIGRAD_LINE("silu", x[0] * sigmoid(x[0])),
      VERIGRAD_LINE("mish", x[0] * tanh(softplus(x[0]))),
      VERIGRAD_LINE("hardswish", hardswish(x[0])),
      VERIGRAD_LINE("hardtanh", minimum(maximum(x[0], x[1]), x[2])),
      VERIGRAD_LINE("softsign", x[0] / (1 + abs(x[0]))),
      VERIGRAD_LINE("threshold", where_positive(x[0] - x[1], x[0], [&] { return x[2]; })),
  };
}

}  // namespace verigrad::proof
