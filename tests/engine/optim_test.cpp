#include "engine/optim.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Tensor<float> leaf(const Nested<float>& entries) { return tensor<float>(entries).requires_grad_(); }

TEST(Sgd, AStepSubtractsTheScaledGradient) {
  Tensor<float> w = leaf({1, 2, 3});
  SGD<float> optimiser({w}, 0.5f);
  sum(w * w).backward();
  optimiser.step();
  EXPECT_THAT(w.entries(), ElementsAre(0, 0, 0));
  EXPECT_THAT(w.grad().entries(), ElementsAre(2, 4, 6)) << "a step leaves the gradient alone";
  EXPECT_TRUE(w.requires_grad());
  EXPECT_TRUE(w.is_leaf());
}

TEST(Sgd, AStepIsAnInPlaceChangeThatTheGraphNotices) {
  Tensor<float> w = leaf({1, 2});
  SGD<float> optimiser({w}, 0.1f);
  const Tensor<float> loss = sum(w * w);
  loss.backward(Tensor<float>(), {.retain_graph = true});
  const auto before = w.version();
  optimiser.step();
  EXPECT_GT(w.version(), before);
  EXPECT_THAT([&] { loss.backward(); },
              ThrowsMessage<Error>(HasSubstr("modified by an inplace operation")));
}

TEST(Sgd, ParametersWithoutAGradientStayAsTheyAre) {
  Tensor<float> used = leaf(1), unused = leaf(5);
  SGD<float> optimiser({used, unused}, 0.25f);
  (used * 2).backward();
  optimiser.step();
  EXPECT_EQ(used.item(), 0.5f);
  EXPECT_EQ(unused.item(), 5);
  EXPECT_EQ(unused.version(), 0u);
  optimiser.zero_grad();
  EXPECT_FALSE(unused.grad().defined());
}

TEST(Sgd, ZeroGradFillsWithZerosSoThatNothingAccumulates) {
  Tensor<float> w = leaf({1, 1, 1, 1});
  SGD<float> optimiser({w}, 0.f);
  for (int epoch = 0; epoch < 3; ++epoch) {
    sum(w * 3).backward();
    EXPECT_EQ(to_string(w.grad()), "tensor([3., 3., 3., 3.])");
    optimiser.zero_grad();
    EXPECT_EQ(to_string(w.grad()), "tensor([0., 0., 0., 0.])");
  }
}

TEST(Sgd, ZeroGradIsSeenThroughEarlierHandlesOfTheGradient) {
  Tensor<float> w = leaf(2);
  (w * 3).backward();
  const Tensor<float> handle = w.grad();
  SGD<float>({w}, 0.1f).zero_grad();
  EXPECT_EQ(handle.item(), 0);
}

TEST(Sgd, TheTrainingLoopLowersTheLoss) {
  Tensor<float> w = leaf(1), b = leaf(0);
  const Tensor<float> x = tensor<float>(6.7), target = tensor<float>(0);
  SGD optimiser({w, b}, 0.1);
  float previous = INFINITY;
  for (int epoch = 0; epoch < 20; ++epoch) {
    optimiser.zero_grad();
    const Tensor<float> loss = bce_with_logits(w * x + b, target);
    EXPECT_LT(loss.item(), previous);
    previous = loss.item();
    loss.backward();
    optimiser.step();
  }
  EXPECT_LT(previous, 0.1f);
}

TEST(Sgd, ABareTensorIsNoListOfParameters) {
  Tensor<float> weights = leaf({1, 2});
  EXPECT_THAT([&] { SGD<float>(weights, 0.1f); },
              ThrowsMessage<Error>(HasSubstr("params argument given to the optimizer should be an "
                                             "iterable of Tensors or dicts")));
  EXPECT_NO_THROW(SGD<float>({weights}, 0.1f));
}

TEST(Sgd, WrongParametersAreErrors) {
  Tensor<float> w = leaf(1);
  EXPECT_THAT([] { SGD<float>(std::vector<Tensor<float>>(), 0.1f); },
              ThrowsMessage<Error>(HasSubstr("optimizer got an empty parameter list")));
  EXPECT_THAT([&] { SGD<float>({w * 2}, 0.1f); },
              ThrowsMessage<Error>(HasSubstr("can't optimize a non-leaf Tensor")));
  EXPECT_THAT([&] { SGD<float>({w}, -1.f); },
              ThrowsMessage<Error>(HasSubstr("Invalid learning rate: -1")));
  EXPECT_THROW(SGD<float>({w}, NAN), Error);
  EXPECT_THROW(SGD<float>({w, Tensor<float>()}, 0.1f), Error);
}

TEST(Sgd, AResultThatRetainsItsGradientMayBeOptimised) {
  Tensor<float> y = leaf(1) * 2;
  y.retain_grad();
  EXPECT_NO_THROW(SGD<float>({y}, 0.1f));
}

TEST(Sgd, WarnsOfAParameterNamedTwice) {
  std::string warning;
  const WarningScope scope(
      [](const std::string& text, void* to) { *static_cast<std::string*>(to) = text; }, &warning);
  Tensor<float> w = leaf(1), b = leaf(1);
  SGD<float>({w, b}, 0.1f);
  EXPECT_EQ(warning, "");
  SGD<float>({w, b, w}, 0.1f);
  EXPECT_THAT(warning, HasSubstr("duplicate parameters"));
}

}  // namespace
}  // namespace verigrad
