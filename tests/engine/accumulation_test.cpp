// What backward passes leave in .grad, and what they leave alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

using D = Tensor<double>;

D leaf(const Nested<double>& entries) { return tensor<double>(entries).requires_grad_(); }

std::vector<double> copied(const D& tensor) {
  return {tensor.entries().begin(), tensor.entries().end()};
}

/// Thirds and their like, so that every sum rounds.
D odd_leaf() { return leaf({1.0 / 3, -2.0 / 7, 1e-3, 5.0 / 9}); }
D odd_function(const D& x) { return sum(sin(x) * exp(x)); }

TEST(Accumulation, RepeatedPassesAddTheSameGradientOneAfterTheOther) {
  D x = odd_leaf();
  const D y = odd_function(x);
  y.backward({}, {.retain_graph = true});
  const std::vector<double> once = copied(x.grad());
  std::vector<double> expected = once;
  for (int pass = 2; pass <= 5; ++pass) {
    y.backward({}, {.retain_graph = true});
    for (std::size_t i = 0; i < once.size(); ++i) expected[i] += once[i];
    EXPECT_THAT(copied(x.grad()), ElementsAreArray(expected)) << "pass " << pass;
  }
}

TEST(Accumulation, TwoFunctionsAddUpAsTheirSumDoes) {
  D apart = odd_leaf(), together = odd_leaf();
  odd_function(apart).backward();
  sum(apart * apart).backward();
  (odd_function(together) + sum(together * together)).backward();
  for (int i = 0; i < 4; ++i)
    EXPECT_DOUBLE_EQ(apart.grad()[i], together.grad()[i]) << "up to the order of the additions";
}

TEST(Accumulation, PassesAddIntoTheSameGradientUnlessTheyAreRecorded) {
  D x = leaf({1, 2});
  sum(x * 3).backward();
  const D first = x.grad();
  sum(x * 3).backward();
  EXPECT_TRUE(x.grad().is(first));
  EXPECT_THAT(first.entries(), Each(6));
  sum(x * x).backward({}, {.create_graph = true});
  EXPECT_FALSE(x.grad().is(first)) << "a recorded sum is a new tensor";
  EXPECT_THAT(first.entries(), Each(6));
  x.set_grad(D());  // breaks the circle of a gradient that refers to its leaf
}

TEST(Accumulation, AfterSettingTheGradientToNoneTheFirstGradientComesBack) {
  D x = odd_leaf();
  odd_function(x).backward();
  const std::vector<double> first = copied(x.grad());
  odd_function(x).backward();
  x.set_grad(D());
  odd_function(x).backward();
  EXPECT_THAT(copied(x.grad()), ElementsAreArray(first));
}

TEST(Accumulation, ZeroedGradientsOfLeavesThatAreNotReachedStayZero) {
  D reached = leaf(2), other = leaf(3);
  (reached * other).backward();
  reached.zero_grad();
  other.zero_grad();
  (reached * 5).backward();
  EXPECT_EQ(reached.grad().item(), 5);
  ASSERT_TRUE(other.grad().defined());
  EXPECT_EQ(other.grad().item(), 0);
}

TEST(Accumulation, AConnectedLeafWithoutInfluenceGetsZerosAndAnUnconnectedOneNothing) {
  D x = leaf({1, 2}), unconnected = leaf(1), connected = leaf({3, 4});
  sum(x + connected * 0).backward();
  EXPECT_THAT(connected.grad().entries(), ElementsAre(0, 0));
  EXPECT_FALSE(unconnected.grad().defined());
  const D y = sum(x + connected * 0);
  const D inputs[] = {connected, unconnected};
  const std::vector<D> gradients = grad<double>({&y, 1}, inputs, {}, {}, true);
  EXPECT_THAT(gradients[0].entries(), ElementsAre(0, 0));
  EXPECT_FALSE(gradients[1].defined());
}

TEST(Accumulation, ABackwardPassChangesNoValueAndNoForeignGradient) {
  D x = odd_leaf(), foreign = leaf(7);
  foreign.set_grad(tensor<double>(11));
  const D hidden = exp(x), y = sum(hidden * sin(x));
  const std::vector<double> before[] = {copied(x), copied(hidden), copied(y)};
  y.backward();
  EXPECT_THAT(copied(x), ElementsAreArray(before[0]));
  EXPECT_THAT(copied(hidden), ElementsAreArray(before[1]));
  EXPECT_THAT(copied(y), ElementsAreArray(before[2]));
  EXPECT_EQ(x.version(), 0U);
  EXPECT_EQ(hidden.version(), 0U);
  EXPECT_EQ(foreign.grad().item(), 11);
}

TEST(Accumulation, ARetainedGradientIsKeptOnceHoweverOftenItIsAskedForAndAccumulates) {
  const D x = leaf(3);
  D hidden = x * 2;
  hidden.retain_grad();
  hidden.retain_grad();
  const D y = hidden * hidden;
  y.backward({}, {.retain_graph = true});
  EXPECT_EQ(hidden.grad().item(), 12);
  y.backward();
  EXPECT_EQ(hidden.grad().item(), 24);
  EXPECT_EQ(x.grad().item(), 48);
}

/// [0, 3] @ [3, 2] has no rows, but the weights have entries: their gradient is zeros.
TEST(Accumulation, AProductWithoutRowsGivesItsFactorsGradientsOfTheirShapes) {
  D none = zeros<double>({0, 3}).requires_grad_(), w = ones<double>({3, 2}).requires_grad_();
  sum(matmul(none, w)).backward();
  EXPECT_EQ(none.grad().shape(), (Shape{0, 3}));
  EXPECT_EQ(w.grad().shape(), (Shape{3, 2}));
  EXPECT_THAT(w.grad().entries(), Each(0));
  D empty = zeros<double>({3, 0}).requires_grad_(), v = ones<double>({0, 2}).requires_grad_();
  const D y = sum(matmul(empty, v));  // [3, 2], an empty sum each
  EXPECT_EQ(y.item(), 0);
  y.backward();
  EXPECT_EQ(empty.grad().shape(), (Shape{3, 0}));
  EXPECT_EQ(v.grad().shape(), (Shape{0, 2}));
}

}  // namespace
}  // namespace verigrad
