// Graph, leaves, printing: rows 1 to 7.
#include "tests/seeds/support.hpp"

namespace verigrad::seeds {
namespace {

TEST(Seed01, SquareOfThreePrintsAndDifferentiates) {
  const F x = leaf(3);
  EXPECT_EQ(to_string(x), "tensor(3., requires_grad=True)");
  const F y = pow(x, 2);
  EXPECT_EQ(to_string(y), "tensor(9., grad_fn=<PowBackward0>)");
  y.backward();
  EXPECT_EQ(to_string(x.grad()), "tensor(6.)");
}

TEST(Seed02, SineOfSquareAtThreeAndAtFour) {
  const F three = leaf(3), four = leaf(4);
  const F z3 = sin(pow(three, 2)), z4 = sin(pow(four, 2));
  EXPECT_EQ(to_string(z3), "tensor(0.4121, grad_fn=<SinBackward0>)");
  EXPECT_EQ(to_string(z4), "tensor(-0.2879, grad_fn=<SinBackward0>)");
  z3.backward();
  z4.backward();
  EXPECT_EQ(to_string(three.grad()), "tensor(-5.4668)");
  EXPECT_EQ(to_string(four.grad()), "tensor(-7.6613)");
}

TEST(Seed02, SineOfSquareInDoublePrecision) {
  const double points[] = {2, 3, 4};
  const double slopes[] = {-2.6145744834544478, -5.466781571308061, -7.661275842587077};
  for (int i = 0; i < 3; ++i) {
    const D x = tensor<double>(points[i]).requires_grad_();
    sin(pow(x, 2)).backward();
    EXPECT_TRUE(within_ulps(x.grad().item(), slopes[i]));
  }
}

TEST(Seed02, TheChainGoesOnThroughAnExponential) {
  const F x = leaf(3);
  const F u = exp(sin(pow(x, 2)));
  EXPECT_EQ(u.grad_fn(), "ExpBackward0");
  u.backward();
  const double expected = std::exp(std::sin(9.0)) * std::cos(9.0) * 6;
  EXPECT_TRUE(within_ulps(x.grad().item(), expected));
}

TEST(Seed03, IntermediatesInheritRequiresGradAndLeavesHaveNoGradFn) {
  const F x = leaf(3), c = tensor<float>(2);
  const F y = pow(x, 2), z = c * y;
  EXPECT_TRUE(y.requires_grad());
  EXPECT_TRUE(z.requires_grad());
  EXPECT_FALSE((c * c).requires_grad());
  EXPECT_TRUE(x.is_leaf());
  EXPECT_FALSE(z.is_leaf());
  EXPECT_EQ(x.grad_fn(), "");
  EXPECT_EQ(y.grad_fn(), "PowBackward0");
  EXPECT_EQ(z.grad_fn(), "MulBackward0");
}

TEST(Seed03, EveryForwardPassBuildsTheGraphAnew) {
  F x = leaf(3);
  for (int pass = 0; pass < 3; ++pass) {
    const F y = pass == 1 ? sin(x) : pow(x, 2);
    EXPECT_EQ(y.grad_fn(), pass == 1 ? "SinBackward0" : "PowBackward0");
    x.zero_grad();
    y.backward();
    EXPECT_TRUE(within_ulps(x.grad().item(), pass == 1 ? std::cos(3.0) : 6.0));
  }
}

TEST(Seed04, AnIntegerTensorRefusesRequiresGrad) {
  EXPECT_THAT([] { tensor<std::int64_t>(3).requires_grad_(); },
              ThrowsMessage<Error>(HasSubstr(
                  "Only Tensors of floating point and complex dtype can require gradients")));
}

TEST(Seed05, TheGradOfANonLeafIsUndefinedAndWarns) {
  const F x = leaf(3);
  const F y = pow(x, 2);
  const F z = y * 2;
  z.backward();
  const Warnings warnings;
  EXPECT_FALSE(y.grad().defined());
  ASSERT_EQ(warnings.texts.size(), 1u);
  EXPECT_THAT(warnings.texts[0], HasSubstr("The .grad attribute of a Tensor that is not a leaf "
                                           "Tensor is being accessed"));
}

TEST(Seed05, RetainGradMakesTheGradOfANonLeafAvailable) {
  const F x = leaf(3);
  F y = pow(x, 2);
  y.retain_grad();
  (y * 2).backward();
  const Warnings warnings;
  EXPECT_EQ(to_string(y.grad()), "tensor(2.)");
  EXPECT_EQ(to_string(x.grad()), "tensor(12.)");
  EXPECT_TRUE(warnings.texts.empty());
}

TEST(Seed06, MeanOfSquaresOfAVector) {
  const F x = leaf({1, 2, 3});
  EXPECT_EQ(to_string(x), "tensor([1., 2., 3.], requires_grad=True)");
  const F m = mean(pow(x, 2));
  EXPECT_EQ(to_string(m), "tensor(4.6667, grad_fn=<MeanBackward0>)");
  m.backward();
  EXPECT_EQ(to_string(x.grad()), "tensor([0.6667, 1.3333, 2.0000])");
}

TEST(Seed07, RandIsUniformOnTheHalfOpenUnitInterval) {
  Random random(7);
  const F x = rand<float>({10000}, random);
  double total = 0;
  for (float entry : x.entries()) {
    ASSERT_GE(entry, 0.f);
    ASSERT_LT(entry, 1.f);
    total += entry;
  }
  EXPECT_NEAR(total / 10000, 0.5, 0.02);  // seven standard deviations of the mean
  EXPECT_EQ(rand_like(x, random).shape(), Shape({10000}));
}

TEST(Seed07, RandnIsStandardNormal) {
  Random random(7);
  const F x = randn<float>({10000}, random);
  double total = 0, squares = 0;
  for (float entry : x.entries()) {
    total += static_cast<double>(entry);
    squares += static_cast<double>(entry) * static_cast<double>(entry);
  }
  EXPECT_NEAR(total / 10000, 0, 0.07);
  EXPECT_NEAR(squares / 10000, 1, 0.1);
}

TEST(Seed07, OnesZerosAndTheNameOfTheDtype) {
  EXPECT_EQ(to_string(ones<float>({2, 2})), "tensor([[1., 1.],\n        [1., 1.]])");
  EXPECT_EQ(to_string(zeros<float>({3})), "tensor([0., 0., 0.])");
  EXPECT_EQ(dtype_name<F::value_type>(), "float32");
  EXPECT_EQ(dtype_name<D::value_type>(), "float64");
}

}  // namespace
}  // namespace verigrad::seeds
