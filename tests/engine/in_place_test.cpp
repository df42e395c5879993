// In-place changes: what they do to values, to the graph, and to values that it saved.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

using F = Tensor<float>;

F leaf(const Nested<float>& entries) { return tensor<float>(entries).requires_grad_(); }

const auto is_stale = ThrowsMessage<Error>(
    HasSubstr("one of the variables needed for gradient computation has been modified by an "
              "inplace operation"));

TEST(InPlace, ChangesEntriesAndCountsVersions) {
  F x = tensor<float>({1, 2, 3});
  x.add_(1).mul_(2).sub_(tensor<float>({1, 2, 3}));
  EXPECT_THAT(x.entries(), ElementsAre(3, 4, 5));
  EXPECT_EQ(x.version(), 3u);
  x.copy_(tensor<float>({7, 8, 9}));
  EXPECT_THAT(x.entries(), ElementsAre(7, 8, 9));
  x.fill_(4);
  EXPECT_THAT(x.entries(), ElementsAre(4, 4, 4));
  x.zero_();
  EXPECT_THAT(x.entries(), ElementsAre(0, 0, 0));
  EXPECT_EQ(x.version(), 6u);
}

TEST(InPlace, TheOtherOperandIsBroadcast) {
  F x = zeros<float>({2, 3});
  x.add_(tensor<float>({1, 2, 3})).add_(tensor<float>({{10}, {20}}));
  EXPECT_THAT(x.entries(), ElementsAre(11, 12, 13, 21, 22, 23));
  x.copy_(tensor<float>({1, 2, 3}));
  EXPECT_THAT(x.entries(), ElementsAre(1, 2, 3, 1, 2, 3));
}

TEST(InPlace, TheTargetIsNeverBroadcast) {
  F x = zeros<float>({3});
  EXPECT_THAT(
      [&] {
        x.add_(zeros<float>({2, 3}));
      },
      ThrowsMessage<ShapeError>(
          ::testing::AllOf(HasSubstr("add_"), HasSubstr("[2, 3]"), HasSubstr("[3]"))));
  EXPECT_THROW(x.copy_(zeros<float>({4})), ShapeError);
  EXPECT_EQ(x.version(), 0u);
}

TEST(InPlace, AnOperandMayBeTheTargetItself) {
  F x = tensor<float>({1, 2});
  x.add_(x);
  EXPECT_THAT(x.entries(), ElementsAre(2, 4));
  x.mul_(x);
  EXPECT_THAT(x.entries(), ElementsAre(4, 16));
  x.sub_(x);
  EXPECT_THAT(x.entries(), ElementsAre(0, 0));
}

TEST(InPlace, IntegerTensorsChangeToo) {
  Tensor<std::int64_t> x = tensor<std::int64_t>({{1, 2}, {3, 4}});
  x.add_(tensor<std::int64_t>({10, 20}));
  EXPECT_THAT(x.entries(), ElementsAre(11, 22, 13, 24));
  x.mul_(2).sub_(1);
  EXPECT_THAT(x.entries(), ElementsAre(21, 43, 25, 47));
  x.copy_(tensor<std::int64_t>({5, 6}));
  EXPECT_THAT(x.entries(), ElementsAre(5, 6, 5, 6));
  EXPECT_EQ(x.version(), 4u);
}

TEST(InPlace, ALeafThatRequiresGradientsRefuses) {
  F x = leaf({1, 2});
  const auto refuses = ThrowsMessage<Error>(
      HasSubstr("a leaf Variable that requires grad is being used in an in-place operation"));
  EXPECT_THAT([&] { x.add_(1); }, refuses);
  EXPECT_THAT([&] { x.sub_(1); }, refuses);
  EXPECT_THAT([&] { x.mul_(1); }, refuses);
  EXPECT_THAT([&] { x.copy_(1); }, refuses);
  EXPECT_THAT([&] { x.fill_(1); }, refuses);
  EXPECT_THAT([&] { x.zero_(); }, refuses);
  EXPECT_THAT(x.entries(), ElementsAre(1, 2));
  EXPECT_EQ(x.version(), 0u);
}

TEST(InPlace, UnderNoGradALeafChangesAndStaysALeaf) {
  F x = leaf({1, 2});
  {
    const NoGrad scope;
    x.sub_(0.5);
  }
  EXPECT_THAT(x.entries(), ElementsAre(0.5, 1.5));
  EXPECT_TRUE(x.is_leaf());
  EXPECT_TRUE(x.requires_grad());
  sum(x * x).backward();
  EXPECT_THAT(x.grad().entries(), ElementsAre(1, 3));
}

TEST(InPlace, AGradientCanBeZeroed) {
  F x = leaf(2);
  (x * 3).backward();
  x.grad().zero_();
  EXPECT_EQ(to_string(x.grad()), "tensor(0.)");
}

// --- saved values --------------------------------------------------------------------------------

TEST(InPlace, ChangingASavedLeafIsNoticed) {
  F x = leaf(2);
  const F y = x * x;
  {
    const NoGrad scope;
    x.add_(1);
  }
  EXPECT_THAT([&] { y.backward(); }, is_stale);
  EXPECT_FALSE(x.grad().defined());
}

TEST(InPlace, ChangingASavedConstantIsNoticed) {
  const F x = leaf(2);
  F c = tensor<float>(3);
  const F y = x * c;
  c.add_(1);
  EXPECT_THAT([&] { y.backward(); }, is_stale);
}

TEST(InPlace, ChangingASavedIntermediateIsNoticed) {
  const F x = leaf(2);
  F y = x * 3;
  const F z = y * y;
  y.add_(1);
  EXPECT_THAT([&] { z.backward(); }, is_stale);
}

TEST(InPlace, ChangingThroughADetachedCopyIsNoticed) {
  const F x = leaf(2);
  const F y = x * x;
  x.detach().zero_();
  EXPECT_THAT([&] { y.backward(); }, is_stale);
}

TEST(InPlace, ChangingASavedResultIsNoticed) {
  using Function = F (*)(const F&);
  for (Function function : {Function(exp<float>), Function(sqrt<float>),
                            Function(reciprocal<float>), Function(relu<float>)}) {
    const F x = leaf(2);
    F y = function(x);
    y.add_(1);
    EXPECT_THAT([&] { y.backward(); }, is_stale);
  }
}

TEST(InPlace, TheErrorTellsWhatWasSavedAndTheVersions) {
  const F x = leaf({1, 2});
  F y = exp(x);
  y.mul_(2).mul_(2);
  EXPECT_THAT([&] { sum(y).backward(); },
              ThrowsMessage<Error>(HasSubstr("[float32 [2]], saved by ExpBackward0, is at version "
                                             "2; expected version 0 instead")));
}

TEST(InPlace, ChangingWhatNoRuleReadsIsFine) {
  F x = leaf(2);
  F y = sin(x);
  y.add_(1);
  EXPECT_EQ(y.grad_fn(), "AddBackward0");
  y.backward();
  EXPECT_EQ(x.grad().item(), std::cos(2.f));
}

TEST(InPlace, AddingSavesNothingSoItsOperandsMayChange) {
  F x = leaf(2);
  F c = tensor<float>(3);
  const F y = x + c;
  c.fill_(0);
  {
    const NoGrad scope;
    x.fill_(0);
  }
  y.backward();
  EXPECT_EQ(x.grad().item(), 1);
}

// --- results take part in the graph --------------------------------------------------------------

TEST(InPlace, ChangesOfAResultAreDifferentiated) {
  F x = leaf(3), w = leaf(5);
  F y = x * 2;
  y.mul_(w);
  EXPECT_EQ(y.item(), 30);
  EXPECT_EQ(y.grad_fn(), "MulBackward0");
  y.add_(x);
  y.backward();
  EXPECT_EQ(x.grad().item(), 11);
  EXPECT_EQ(w.grad().item(), 6);
}

TEST(InPlace, AConstantJoinsTheGraphOfWhatIsAddedToIt) {
  F x = leaf({1, 2});
  F total = zeros<float>({2});
  for (int i = 1; i <= 3; ++i) total.add_(x * static_cast<float>(i));
  EXPECT_TRUE(total.requires_grad());
  sum(total).backward();
  EXPECT_THAT(x.grad().entries(), ElementsAre(6, 6));
}

TEST(InPlace, CopyingOverAResultLeavesItsOperandsAGradientOfZero) {
  F x = leaf(3), w = leaf(5);
  F y = x * 2;
  y.copy_(w * 4);
  EXPECT_EQ(y.grad_fn(), "CopyBackwards");
  y.backward();
  EXPECT_EQ(w.grad().item(), 4);
  EXPECT_EQ(x.grad().item(), 0);
}

TEST(InPlace, AResultThatIsFilledStaysInTheGraph) {
  F x = leaf({1, 2});
  F y = x * 2;
  y.fill_(7);
  EXPECT_TRUE(y.requires_grad());
  EXPECT_EQ(y.grad_fn(), "FillBackward0");
  EXPECT_THAT(y.entries(), ElementsAre(7, 7));
  sum(y * y).backward();
  EXPECT_THAT(x.grad().entries(), ElementsAre(0, 0));
}

TEST(InPlace, AResultThatIsOverwrittenWithAConstantStaysInTheGraph) {
  F x = leaf({1, 2});
  F y = x * 2;
  y.copy_(tensor<float>({7, 8}));
  sum(y).backward();
  EXPECT_THAT(x.grad().entries(), ElementsAre(0, 0));
}

TEST(InPlace, WhatIsOverwrittenMayHaveBeenNaN) {
  F x = leaf({-1, 2});
  F y = log(x);
  y.zero_();
  sum(y * y).backward();
  EXPECT_THAT(x.grad().entries(), ElementsAre(0, 0));
}

TEST(InPlace, CopyingFromABroadcastTensorSumsItsGradient) {
  F x = leaf(3);
  F y = zeros<float>({4});
  y.copy_(x * 1);
  sum(y * 2).backward();
  EXPECT_EQ(x.grad().item(), 8);
}

TEST(InPlace, ARetainedGradientFollowsTheChange) {
  F x = leaf(3);
  F y = x * 2;
  y.retain_grad();
  y.mul_(5);
  (y * 7).backward();
  EXPECT_EQ(y.grad().item(), 7);
  EXPECT_EQ(x.grad().item(), 70);
}

TEST(InPlace, UnderNoGradAResultKeepsItsPlaceInTheGraph) {
  F x = leaf(3);
  F y = x * 2;
  y.retain_grad();
  {
    const NoGrad scope;
    y.add_(100);
  }
  EXPECT_EQ(y.item(), 106);
  EXPECT_EQ(y.grad_fn(), "MulBackward0");
  y.backward();
  EXPECT_EQ(y.grad().item(), 1);
  EXPECT_EQ(x.grad().item(), 2);
}

}  // namespace
}  // namespace verigrad
