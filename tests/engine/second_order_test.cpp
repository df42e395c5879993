// Derivatives of derivatives: symmetry, agreement of the ways to compute them, and closed forms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::Each;

using D = Tensor<double>;

D leaf(const Nested<double>& entries) { return tensor<double>(entries).requires_grad_(); }

constexpr BackwardOptions create{.create_graph = true};

/// Smooth, with every mixed second derivative other than zero.
D function(const D& x) {
  const D w = tensor<double>({{0.5, -1, 0.25}, {2, 0.75, -0.5}, {1, 1, -2}});
  return sum(sigmoid(matmul(w, x)) * sin(x)) + logsumexp(x * x, {0}) * prod(x);
}

const Nested<double> somewhere{0.7, -1.3, 0.4};

/// x² + xy + y² summed: the gradients are 2x + y and x + 2y; of 2 ∂x + ∂y they are 5 and 4.
TEST(SecondOrder, AVectorTimesAHessianAddsToTheGradientThatItCameFrom) {
  D x = ones<double>({2, 2}).requires_grad_(), y = ones<double>({2, 2}).requires_grad_();
  (pow(x, 2) + y * x + pow(y, 2)).backward(ones<double>({2, 2}), create);
  EXPECT_THAT(x.grad().entries(), Each(3));
  EXPECT_THAT(y.grad().entries(), Each(3));
  const D combined = 2 * x.grad() + y.grad();
  combined.backward(ones<double>({2, 2}));
  EXPECT_THAT(x.grad().entries(), Each(3 + 5));
  EXPECT_THAT(y.grad().entries(), Each(3 + 4));
  x.set_grad(D());
  y.set_grad(D());
}

TEST(SecondOrder, TheHessianIsSymmetric) {
  const D x = leaf(somewhere), h = hessian(function(x), x);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < i; ++j) {
      EXPECT_NE(h[3 * i + j], 0);
      EXPECT_NEAR(h[3 * i + j], h[3 * j + i], 1e-13);
    }
}

TEST(SecondOrder, AProductWithTheHessianIsThatOfTheHessianAndADifferenceOfGradients) {
  const D x = leaf(somewhere), u = tensor<double>({1, -2, 0.5});
  const D direct = hvp(function(x), x, u), h = hessian(function(x), x);
  const double step = 1e-5;
  const D ahead = leaf({0.7 + step, -1.3 - 2 * step, 0.4 + 0.5 * step});
  const D behind = leaf({0.7 - step, -1.3 + 2 * step, 0.4 - 0.5 * step});
  const D up = grad(function(ahead), {ahead})[0], down = grad(function(behind), {behind})[0];
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(direct[i], h[3 * i] * 1 + h[3 * i + 1] * -2 + h[3 * i + 2] * 0.5, 1e-13);
    EXPECT_NEAR(direct[i], (up[i] - down[i]) / (2 * step), 1e-7);
  }
}

TEST(SecondOrder, ARecordedPassGivesTheSameGradientBitForBit) {
  const D plain = leaf(somewhere), recorded = leaf(somewhere);
  const D y = sum(sigmoid(plain) * exp(plain)), z = sum(sigmoid(recorded) * exp(recorded));
  const D a = grad(y, {plain})[0], b = grad(z, {recorded}, create)[0];
  EXPECT_TRUE(b.requires_grad());
  EXPECT_FALSE(a.requires_grad());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(a[i], b[i]);
}

/// vᵀJ is linear in v: its derivative with respect to v is J.
TEST(SecondOrder, AVjpDifferentiatedByItsCotangentGivesTheJacobian) {
  const D x = leaf(somewhere), v = leaf({1, 2, 3}), y = sin(x) * sum(x);
  const D outputs[] = {y}, inputs[] = {x}, cotangents[] = {v};
  const D product = grad<double>(outputs, inputs, cotangents, create)[0];
  const D transposed = jacobian(product, v);  // ∂(vᵀJ)ⱼ/∂vᵢ
  const D direct = jacobian(sin(x) * sum(x), x);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) EXPECT_NEAR(transposed[3 * j + i], direct[3 * i + j], 1e-15);
}

TEST(SecondOrder, AQuadraticHasAConstantHessianAndNoThirdDerivative) {
  const D x = leaf(somewhere), a = tensor<double>({{2, 1, 0}, {1, 3, -1}, {0, -1, 4}});
  const D first = grad(sum(x * matmul(a, x)), {x}, create)[0];
  const D second = grad(sum(first * tensor<double>({1, 10, 100})), {x}, create)[0];
  EXPECT_THAT(second.entries(), testing::ElementsAre(24, -138, 780)) << "2 A u";
  // Of something that depends on x as well, so that there is a graph to walk.
  const D third = grad(sum(second + x), {x})[0];
  EXPECT_THAT(third.entries(), Each(1));
}

}  // namespace
}  // namespace verigrad
