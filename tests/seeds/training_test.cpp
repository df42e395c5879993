// Training: row 18.
#include "tests/seeds/support.hpp"

namespace verigrad::seeds {
namespace {

TEST(Seed18, TheTrainingLoopLowersTheLossAtEveryStep) {
  const F x = tensor<float>({{1, 2}, {2, 1}, {-1, -2}, {-2, 1}}), y = tensor<float>({1, 1, 0, 0});
  const F w = leaf({0, 0}), b = leaf(0);
  SGD optimiser({w, b}, 0.1);
  float before = std::numeric_limits<float>::infinity();
  for (int epoch = 0; epoch < 30; ++epoch) {
    optimiser.zero_grad();
    const F loss = bce_with_logits(matmul(x, w) + b, y);
    loss.backward();
    optimiser.step();
    EXPECT_LT(loss.item(), before);
    before = loss.item();
  }
  EXPECT_LT(before, 0.5f * std::log(2.f)) << "half of what it was at the start";
}

TEST(Seed18, AStepSubtractsTheScaledGradient) {
  const F w = leaf({1, 2});
  SGD optimiser({w}, 0.5);
  sum(w * w).backward();
  optimiser.step();
  EXPECT_EQ(to_string(w), "tensor([0., 0.], requires_grad=True)");
  optimiser.zero_grad();
  EXPECT_EQ(to_string(w.grad()), "tensor([0., 0.])");
}

TEST(Seed18, ABareTensorIsNoListOfParameters) {
  const F weights = leaf({1, 2});
  EXPECT_THAT([&] { SGD<float>(weights, 0.1); },
              ThrowsMessage<Error>(HasSubstr("params argument given to the optimizer should be an "
                                             "iterable of Tensors or dicts")));
}

}  // namespace
}  // namespace verigrad::seeds
