// Not tracking: rows 16 and 17.
#include <unordered_set>

#include "engine/node.hpp"
#include "tests/seeds/support.hpp"

namespace verigrad::seeds {
namespace {

constexpr const char* nothing_to_walk =
    "element 0 of tensors does not require grad and does not have a grad_fn";

/// The recorded operations that a result keeps alive.
std::size_t node_count(const F& result) {
  std::unordered_set<const Node<float>*> seen;
  std::vector<const Node<float>*> waiting{result.impl()->grad_fn.get()};
  while (!waiting.empty()) {
    const Node<float>* node = waiting.back();
    waiting.pop_back();
    if (node == nullptr || !seen.insert(node).second) continue;
    for (const Operand<float>& operand : node->operands()) waiting.push_back(operand.node.get());
  }
  return seen.size();
}

/// How many hold on to a tensor's entries: its handles' object, and nodes that saved them.
std::uint32_t holders(const F& x) { return x.impl()->storage->owners(); }

TEST(Seed16, RequiresGradSwitchedOffRecordsNothing) {
  F x = leaf({1, 2});
  x.requires_grad_(false);
  const F y = x + 2;
  EXPECT_FALSE(x.requires_grad());
  EXPECT_FALSE(y.requires_grad());
  EXPECT_EQ(y.grad_fn(), "");
  EXPECT_THAT([&] { sum(y).backward(); }, ThrowsMessage<Error>(HasSubstr(nothing_to_walk)));
}

TEST(Seed16, ADetachedCopySharesTheValuesAndRecordsNothing) {
  const F x = leaf({1, 2});
  const F d = x.detach();
  const F y = d + 2;
  EXPECT_FALSE(d.requires_grad());
  EXPECT_EQ(y.grad_fn(), "");
  EXPECT_EQ(d.data(), x.data());
  EXPECT_THAT([&] { sum(y).backward(); }, ThrowsMessage<Error>(HasSubstr(nothing_to_walk)));
  sum(x * 3).backward();
  EXPECT_EQ(to_string(x.grad()), "tensor([3., 3.])") << "the original still differentiates";
}

TEST(Seed16, NoGradRecordsNothing) {
  const F x = leaf({1, 2});
  F y;
  {
    const NoGrad scope;
    y = sum(x + 2);
  }
  EXPECT_FALSE(y.requires_grad());
  EXPECT_EQ(y.grad_fn(), "");
  EXPECT_THAT([&] { y.backward(); }, ThrowsMessage<Error>(HasSubstr(nothing_to_walk)));
  EXPECT_EQ((x + 2).grad_fn(), "AddBackward0") << "outside, recording goes on";
}

TEST(Seed16, NotTrackingSavesEveryNodeAndEverySavedValue) {
  const F x = leaf({1, 2, 3});
  const auto chain = [](const F& from) {
    F y = from;
    for (int i = 0; i < 100; ++i) y = y * from;
    return y;
  };
  const std::uint32_t alone = holders(x);
  {
    const F tracked = chain(x);
    EXPECT_EQ(node_count(tracked), 100u);
    EXPECT_EQ(holders(x), alone + 101) << "x as a factor of each node, twice of the first";
  }
  const NoGrad scope;
  const F untracked = chain(x);
  EXPECT_EQ(node_count(untracked), 0u);
  EXPECT_EQ(holders(x), alone);
  EXPECT_EQ(node_count(chain(x.detach())), 0u);
}

struct Layer {
  Random random{17};
  F x = ones<float>({5}), y = zeros<float>({3});
  F w = randn<float>({5, 3}, random).requires_grad_();
  F b = randn<float>({3}, random).requires_grad_();
  F z() const { return matmul(x, w) + b; }
};

TEST(Seed17, ALinearLayerUnderBceWithLogits) {
  const Layer layer;
  const F z = layer.z();
  const F loss = bce_with_logits(z, layer.y);
  EXPECT_EQ(z.grad_fn(), "AddBackward0");
  EXPECT_EQ(loss.grad_fn(), "BinaryCrossEntropyWithLogitsBackward0");
  loss.backward();
  ASSERT_EQ(layer.w.grad().shape(), Shape({5, 3}));
  for (std::int64_t j = 0; j < 3; ++j) {
    const double slope = 1 / (1 + std::exp(-static_cast<double>(z[j]))) / 3;
    EXPECT_TRUE(within_ulps(layer.b.grad()[j], slope, 4));
    for (std::int64_t i = 0; i < 5; ++i)
      EXPECT_EQ(layer.w.grad()[i * 3 + j], layer.b.grad()[j]) << "every row of w.grad is b.grad";
  }
}

TEST(Seed17, TheLayerIsTrackedUnlessUnderNoGradOrDetached) {
  const Layer layer;
  EXPECT_TRUE(layer.z().requires_grad());
  EXPECT_FALSE(layer.z().detach().requires_grad());
  const NoGrad scope;
  EXPECT_FALSE(layer.z().requires_grad());
}

}  // namespace
}  // namespace verigrad::seeds
