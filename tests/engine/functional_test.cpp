#include "engine/functional.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

using D = Tensor<double>;

D leaf(const Nested<double>& entries) { return tensor<double>(entries).requires_grad_(); }

TEST(Functional, TheJacobianOfAnElementwiseFunctionIsDiagonal) {
  D x = leaf({1, 2, 3});
  const D j = jacobian(x * x, x);
  EXPECT_EQ(j.shape(), Shape({3, 3}));
  EXPECT_THAT(j.entries(), ElementsAre(2, 0, 0, 0, 4, 0, 0, 0, 6));
}

TEST(Functional, TheJacobianHasTheShapeOfTheResultThenOfTheInput) {
  D a = leaf({{1, 2, 3}, {4, 5, 6}});
  const D v = tensor<double>({1, 10, 100});
  const D j = jacobian(matmul(a, v), a);
  EXPECT_EQ(j.shape(), Shape({2, 2, 3}));
  EXPECT_THAT(j.entries(), ElementsAre(1, 10, 100, 0, 0, 0, 0, 0, 0, 1, 10, 100));
  EXPECT_EQ(jacobian(sum(a), a).shape(), Shape({2, 3}));
  D s = leaf(2);
  EXPECT_EQ(jacobian(s * s, s).shape(), Shape());
  EXPECT_EQ(jacobian(s * s, s).item(), 4);
}

TEST(Functional, VjpIsTheTransposedJacobianTimesTheCotangent) {
  D x = leaf({0.1929, -0.2860, 2.6335});
  const D y = x + 2, z = y * y * 2;
  const D product = vjp(z, x, tensor<double>({0.1, 1.0, 0.001}));
  EXPECT_NEAR(product[0], 0.1 * 4 * 2.1929, 1e-15);
  EXPECT_NEAR(product[1], 4 * 1.7140, 1e-15);
  EXPECT_NEAR(product[2], 0.001 * 4 * 4.6335, 1e-15);
}

TEST(Functional, JvpIsTheJacobianTimesTheTangent) {
  const D a = tensor<double>({{1, 2, 3}, {4, 5, 6}});
  D x = leaf({1, -1, 2});
  const D y = matmul(a, x * x);
  const D u = tensor<double>({1, 0.5, -2});
  // J = A diag(2 x), and diag(2 x) u = (2, -1, -8).
  EXPECT_THAT(jvp(y, x, u).entries(), ElementsAre(2 - 2 - 24, 8 - 5 - 48));
}

TEST(Functional, JvpAndVjpAgreeThroughTheirInnerProduct) {
  Random random(11);
  D x = randn<double>({4}, random).requires_grad_();
  const D w = randn<double>({3, 4}, random);
  const D y = tanh(matmul(w, sin(x) * exp(x)));
  const D u = randn<double>({4}, random), v = randn<double>({3}, random);
  const double forward = sum(jvp(y, x, u) * v).item(), reverse = sum(vjp(y, x, v) * u).item();
  EXPECT_NEAR(forward, reverse, 1e-14 * std::abs(forward) + 1e-15);
  EXPECT_NE(forward, 0);
}

TEST(Functional, JvpOfLinearFunctionsThatHandTheCotangentOn) {
  D x = leaf({1, 2});
  const D u = tensor<double>({3, 4});
  EXPECT_THAT(jvp(x, x, u).entries(), ElementsAre(3, 4));
  EXPECT_THAT(jvp(x + 1, x, u).entries(), ElementsAre(3, 4));
  EXPECT_THAT(jvp(x + x, x, u).entries(), ElementsAre(6, 8));
  EXPECT_THAT(jvp(sum(x), x, u).entries(), ElementsAre(7));
}

TEST(Functional, TheHessianOfAQuadraticFormIsItsSymmetricMatrix) {
  const D a = tensor<double>({{1, 2}, {3, 4}});
  D x = leaf({0.5, -0.25});
  const D y = dot(x, matmul(a, x));
  EXPECT_THAT(hessian(y, x).entries(), ElementsAre(2, 5, 5, 8));
  EXPECT_THAT(hvp(y, x, tensor<double>({1, 10})).entries(), ElementsAre(52, 85));
}

TEST(Functional, TheHessianHasTheShapeOfTheInputTwice) {
  D x = leaf({{1, 2}, {3, 4}});
  const D h = hessian(sum(x * x * x), x);
  ASSERT_EQ(h.shape(), Shape({2, 2, 2, 2}));
  for (std::int64_t i = 0; i < 4; ++i)
    for (std::int64_t j = 0; j < 4; ++j)
      EXPECT_EQ(h[4 * i + j], i == j ? 6 * x[i] : 0) << i << ' ' << j;
}

TEST(Functional, WhatTheResultDoesNotDependOnGivesZeros) {
  D x = leaf({1, 2}), other = leaf({1, 2, 3});
  const D y = x * x, u = ones<double>({3});
  EXPECT_EQ(jacobian(y, other).shape(), Shape({2, 3}));
  EXPECT_THAT(jacobian(y, other).entries(), Each(0));
  EXPECT_THAT(vjp(y, other, ones<double>({2})).entries(), ElementsAre(0, 0, 0));
  EXPECT_THAT(jvp(y, other, u).entries(), ElementsAre(0, 0));
  EXPECT_THAT(hvp(sum(y), other, u).entries(), ElementsAre(0, 0, 0));
  EXPECT_THAT(hessian(sum(y), other).entries(), Each(0));
}

TEST(Functional, AConstantResultGivesZeros) {
  D x = leaf({1, 2});
  const D y = tensor<double>({5, 6, 7});
  EXPECT_EQ(jacobian(y, x).shape(), Shape({3, 2}));
  EXPECT_THAT(jacobian(y, x).entries(), Each(0));
  EXPECT_THAT(jvp(y, x, ones<double>({2})).entries(), ElementsAre(0, 0, 0));
}

TEST(Functional, ALinearFunctionHasAHessianOfZeros) {
  D x = leaf({1, 2});
  const D y = sum(x * 3);
  EXPECT_EQ(hessian(y, x).shape(), Shape({2, 2}));
  EXPECT_THAT(hessian(y, x).entries(), Each(0));
  EXPECT_THAT(hvp(y, x, ones<double>({2})).entries(), ElementsAre(0, 0));
}

TEST(Functional, EmptyInputsAndResultsGiveEmptyDerivatives) {
  D x = zeros<double>({0}).requires_grad_();
  EXPECT_EQ(jacobian(x * x, x).shape(), Shape({0, 0}));
  EXPECT_EQ(jacobian(sum(x), x).shape(), Shape({0}));
  EXPECT_EQ(hessian(sum(x * x), x).shape(), Shape({0, 0}));
  EXPECT_EQ(jvp(sum(x), x, zeros<double>({0})).item(), 0);
}

TEST(Functional, LeavesEveryGradAloneAndKeepsTheGraph) {
  D x = leaf({1, 2}), w = leaf({3, 4});
  D y = x * w;
  y.retain_grad();
  const D z = sum(y * y), u = ones<double>({2});
  x.set_grad(tensor<double>({7, 7}));
  for (int round = 0; round < 2; ++round) {
    jacobian(y, x), vjp(y, w, u), jvp(y, x, u), hvp(z, x, u), hessian(z, w);
    EXPECT_THAT(x.grad().entries(), ElementsAre(7, 7));
    EXPECT_FALSE(w.grad().defined());
    EXPECT_FALSE(y.grad().defined());
  }
  EXPECT_NO_THROW(z.backward());
}

TEST(Functional, ResultsAreConstantsThatShareNothingWithTheArguments) {
  D x = leaf({1, 2});
  const D v = tensor<double>({3, 4});
  D product = vjp(x + 0, x, v);
  product.fill_(0);
  EXPECT_THAT(v.entries(), ElementsAre(3, 4));
  EXPECT_FALSE(hessian(sum(x * x * x), x).requires_grad());
  EXPECT_FALSE(jvp(x * x, x, v).requires_grad());
}

TEST(Functional, DerivativesWithRespectToAnIntermediateResult) {
  D x = leaf({1, 2});
  const D y = x * x;
  EXPECT_THAT(vjp(sum(y * y), y, tensor<double>(1)).entries(), ElementsAre(2, 8));
  EXPECT_THAT(hessian(sum(y * y), y).entries(), ElementsAre(2, 0, 0, 2));
}

TEST(Functional, WrongShapesAndInputsAreErrors) {
  D x = leaf({1, 2});
  const D constant = tensor<double>({1, 2});
  const D y = x * x;
  EXPECT_THAT([&] { vjp(y, x, ones<double>({3})); },
              ThrowsMessage<ShapeError>(HasSubstr("v has shape [3] but must have shape [2]")));
  EXPECT_THAT([&] { jvp(y, x, ones<double>({})); },
              ThrowsMessage<ShapeError>(HasSubstr("u has shape [] but must have shape [2]")));
  EXPECT_THROW(hvp(sum(y), x, ones<double>({1})), ShapeError);
  EXPECT_THROW(vjp(y, x, D()), Error);
  EXPECT_THAT([&] { jacobian(y, constant); },
              ThrowsMessage<Error>(HasSubstr("does not require grad")));
  EXPECT_THAT([&] { hessian(y, x); }, ThrowsMessage<Error>(HasSubstr("only for scalar outputs")));
  EXPECT_THROW(jacobian(D(), x), Error);
}

TEST(Functional, WorksUnderNoGrad) {
  D x = leaf({1, 2});
  const D y = sum(x * x * x);
  const NoGrad scope;
  EXPECT_THAT(hvp(y, x, ones<double>({2})).entries(), ElementsAre(6, 12));
}

}  // namespace
}  // namespace verigrad
