// A perceptron by hand and by backward(), x = 6.7, target 0, w = 1, b = 0: rows 8 to 11.
#include "tests/seeds/support.hpp"

namespace verigrad::seeds {
namespace {

struct Perceptron {
  F x = tensor<float>(6.7), target = tensor<float>(0);
  F w = leaf(1), b = leaf(0);
  F z = w * x + b;
  F p = sigmoid(z);

  /// -(t log q + (1 - t) log(1 - q)).
  F loss(const F& q) const { return -(target * log(q) + (1.f - target) * log(1.f - q)); }
  F clamped() const { return clamp(p, 1e-8f, static_cast<float>(1 - 1e-8)); }
};

TEST(Seed08, ForwardPassOfThePerceptron) {
  const Perceptron n;
  const F loss = n.loss(n.clamped());
  EXPECT_TRUE(within_ulps(n.z.item(), 6.699999809265137));
  EXPECT_EQ(to_string(n.z), "tensor(6.7000, grad_fn=<AddBackward0>)");
  EXPECT_TRUE(within_ulps(n.p.item(), 0.998770534992218));
  EXPECT_EQ(to_string(n.p), "tensor(0.9988, grad_fn=<SigmoidBackward0>)");
  EXPECT_TRUE(within_ulps(loss.item(), 6.701176166534424));
  EXPECT_EQ(to_string(loss), "tensor(6.7012, grad_fn=<NegBackward0>)");
}

TEST(Seed09, LossOfTheClampedPrediction) {
  const Perceptron n;
  const F loss = n.loss(n.clamped());
  EXPECT_TRUE(within_ulps(loss.item(), 6.701176166534424));
  loss.backward();
  EXPECT_EQ(to_string(n.w.grad()), "tensor(6.6918)");
  EXPECT_EQ(to_string(n.b.grad()), "tensor(0.9988)");
}

TEST(Seed09, LossOfTheUnclampedPredictionBesideAnUnusedClamp) {
  const Perceptron n;
  const F unused = n.clamped();
  const F loss = n.loss(n.p);
  EXPECT_TRUE(within_ulps(loss.item(), 6.701176166534424));
  EXPECT_EQ(to_string(loss), "tensor(6.7012, grad_fn=<NegBackward0>)");
  loss.backward();
  EXPECT_EQ(to_string(n.w.grad()), "tensor(6.6918)");
  EXPECT_EQ(to_string(n.b.grad()), "tensor(0.9988)");
}

TEST(Seed09, TheClampBoundsTheLossOfASaturatedPrediction) {
  const auto loss_at = [](float weight, bool clamped) {
    const F w = leaf(weight);
    const F p = sigmoid(w * 6.7f);
    const F q = clamped ? clamp(p, 1e-8f, static_cast<float>(1 - 1e-8)) : p;
    return (-log(q)).item();
  };
  EXPECT_TRUE(within_ulps(loss_at(-10, true), -std::log(static_cast<double>(1e-8f))));
  EXPECT_GT(loss_at(-10, false), 60.f);
}

TEST(Seed10, DerivativesByHand) {
  const Perceptron n;
  const float p = n.p.item(), t = 0, x = 6.7f;
  const float dp = (p - t) / (p * (1 - p)), dz = dp * (p * (1 - p));
  EXPECT_TRUE(within_ulps(dz * x, 6.691762447357178));
  EXPECT_TRUE(within_ulps(dz, 0.998770534992218));
}

TEST(Seed10, DerivativesByBackward) {
  const Perceptron n;
  n.loss(n.p).backward();
  EXPECT_EQ(to_string(n.w.grad()), "tensor(6.6918)");
  EXPECT_EQ(to_string(n.b.grad()), "tensor(0.9988)");
  EXPECT_TRUE(within_ulps(n.w.grad().item(), 6.6917619705200195));
  EXPECT_TRUE(within_ulps(n.b.grad().item(), 0.9987704753875732));
}

TEST(Seed11, ZeroLeavesAGradientOfZero) {
  const Perceptron n;
  n.loss(n.p).backward();
  n.w.grad().zero_();
  EXPECT_EQ(to_string(n.w.grad()), "tensor(0.)");
}

}  // namespace
}  // namespace verigrad::seeds
