// Graphs too deep for recursion. The build also runs these under a stack of 256 KiB.
#include <gtest/gtest.h>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using D = Tensor<double>;

constexpr int million = 1'000'000;

TEST(DeepGraph, AMillionNodesInAChainDifferentiateAndDie) {
  D x = tensor<double>(1).requires_grad_();
  {
    D y = x;
    for (int i = 0; i < million; ++i) y = y + 1;
    y.backward();
    EXPECT_EQ(y.item(), 1 + million);
  }
  EXPECT_EQ(x.grad().item(), 1);
}

TEST(DeepGraph, AMillionUsesOfOneLeafAddUp) {
  D x = tensor<double>(2).requires_grad_();
  D y = x;
  for (int i = 1; i < million / 2; ++i) y = y + x * 3;
  y.backward();
  EXPECT_EQ(x.grad().item(), 1 + 3 * (million / 2 - 1));
}

TEST(DeepGraph, AChainThatIsNeverDifferentiatedDies) {
  D x = tensor<double>(0.5).requires_grad_();
  D y = x;
  for (int i = 0; i < million / 2; ++i) y = y * x;
  EXPECT_EQ(y.item(), 0);
  y = D();
  EXPECT_EQ(x.impl()->storage->owners(), 1u);
}

TEST(DeepGraph, ARecordedBackwardPassIsAsDeepAndDiesToo) {
  constexpr int depth = 100'000;
  const D x = tensor<double>(1).requires_grad_();
  D y = x;
  for (int i = 0; i < depth; ++i) y = y * x;  // x^(depth + 1)
  const D g = grad(y, {x}, {.create_graph = true})[0];
  EXPECT_EQ(g.item(), depth + 1);
  EXPECT_EQ(grad(g, {x})[0].item(), static_cast<double>(depth + 1) * depth);
}

TEST(DeepGraph, AFailedWalkOverADeepGraphLeavesItUsable) {
  const D x = tensor<double>(1).requires_grad_();
  const D base = x * 2;
  base.backward();
  D y = base;
  for (int i = 0; i < 100'000; ++i) y = y + 1;
  EXPECT_THROW(y.backward(), Error);
  EXPECT_THROW(y.backward(), Error);
}

}  // namespace
}  // namespace verigrad
