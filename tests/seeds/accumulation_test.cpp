// Vector-Jacobian product and accumulation: rows 12 to 15.
#include "tests/seeds/support.hpp"

namespace verigrad::seeds {
namespace {

/// The tutorial prints x as [0.1929, -0.2860, 2.6335], rounded: computed from these four digits, z
/// would be [9.6176, 5.8756, 42.9384]. The entries below print as that x and give every number of
/// the rows, to the character.
F printed_x() { return leaf({0.192857, -0.286028, 2.633455}); }

TEST(Seed12, MeanOfTwiceTheSquare) {
  const F x = printed_x();
  EXPECT_EQ(to_string(x), "tensor([ 0.1929, -0.2860,  2.6335], requires_grad=True)");
  const F y = x + 2;
  EXPECT_EQ(to_string(y), "tensor([2.1929, 1.7140, 4.6335], grad_fn=<AddBackward0>)");
  F z = y * y * 2;
  EXPECT_EQ(to_string(z), "tensor([ 9.6172,  5.8754, 42.9378], grad_fn=<MulBackward0>)");
  z = mean(z);
  EXPECT_EQ(to_string(z), "tensor(19.4768, grad_fn=<MeanBackward0>)");
  z.backward();
  EXPECT_EQ(to_string(x.grad()), "tensor([2.9238, 2.2853, 6.1779])");
}

TEST(Seed13, ACotangentAddsItsProductToTheGradient) {
  const F x = printed_x();
  F y = x + 2;
  mean(y * y * 2).backward();
  y = x + 2;
  (y * y * 2).backward(tensor<float>({0.1, 1.0, 0.001}));
  EXPECT_EQ(to_string(x.grad()), "tensor([3.8010, 9.1412, 6.1965])");
}

TEST(Seed13, ANonScalarRootNeedsACotangent) {
  const F x = printed_x();
  const F y = x + 2;
  EXPECT_THAT(
      [&] { (y * y * 2).backward(); },
      ThrowsMessage<Error>(HasSubstr("grad can be implicitly created only for scalar outputs")));
}

TEST(Seed14, GradientsAccumulateUntilTheyAreZeroed) {
  const F x = leaf(2);
  pow(x, 2).backward();
  EXPECT_EQ(to_string(x.grad()), "tensor(4.)");
  pow(x, 2).backward();
  EXPECT_EQ(to_string(x.grad()), "tensor(8.)");
  x.grad().zero_();
  EXPECT_EQ(to_string(x.grad()), "tensor(0.)");
}

TEST(Seed15, WeightsThatAreZeroedEachTimeGetTheSameGradient) {
  const F weights = ones<float>({4}).requires_grad_();
  for (int epoch = 0; epoch < 3; ++epoch) {
    sum(weights * 3).backward();
    EXPECT_EQ(to_string(weights.grad()), "tensor([3., 3., 3., 3.])");
    weights.grad().zero_();
  }
}

TEST(Seed15, WeightsThatAreNotZeroedCollectTheirGradients) {
  const F weights = ones<float>({4}).requires_grad_();
  for (const char* printed :
       {"tensor([3., 3., 3., 3.])", "tensor([6., 6., 6., 6.])", "tensor([9., 9., 9., 9.])"}) {
    sum(weights * 3).backward();
    EXPECT_EQ(to_string(weights.grad()), printed);
  }
}

}  // namespace
}  // namespace verigrad::seeds
