// bce, bce_with_logits and mse: reductions, weights, both operands' derivatives, special values.
#include "tests/engine/structural.hpp"
#include "tests/gradcheck/ball.hpp"

namespace verigrad {
namespace {

using namespace structural;
using test::Ball;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

D apply_loss(const char* name, const Tensors& operands, const char* reduction) {
  return apply<double>(*find_operation(name), Operands<double>(operands),
                       make_attributes({std::string(reduction)}));
}

/// Entries inside (0, 1).
D probabilities(const Shape& shape, double phase = 0) {
  D p = varied(shape, phase);
  for (std::int64_t i = 0; i < p.numel(); ++i) p.mutable_data()[i] = 0.5 + 0.3 * std::sin(3 * p[i]);
  return p;
}

double bce_by_hand(double p, double t) { return -(t * std::log(p) + (1 - t) * std::log(1 - p)); }

TEST(Loss, ValuesAreTheFormulas) {
  const D p = probabilities(Shape{2, 3}), t = probabilities(Shape{2, 3}, 1),
          z = varied(Shape{2, 3});
  double entropy = 0, logits = 0, squares = 0;
  for (std::int64_t i = 0; i < 6; ++i) {
    entropy += bce_by_hand(p[i], t[i]);
    logits += bce_by_hand(1 / (1 + std::exp(-z[i])), t[i]);
    squares += (z[i] - t[i]) * (z[i] - t[i]);
  }
  EXPECT_NEAR(bce(p, t, "sum").item(), entropy, 1e-14);
  EXPECT_NEAR(bce(p, t).item(), entropy / 6, 1e-15);
  EXPECT_NEAR(bce_with_logits(z, t, "sum").item(), logits, 1e-14);
  EXPECT_NEAR(bce_with_logits(z, t).item(), logits / 6, 1e-15);
  EXPECT_NEAR(mse(z, t, "sum").item(), squares, 1e-14);
  EXPECT_NEAR(mse(z, t).item(), squares / 6, 1e-15);
  EXPECT_EQ(bce(p, t, "none").shape(), p.shape());
  EXPECT_NEAR(bce(p, t, "none")[4], bce_by_hand(p[4], t[4]), 1e-15);
}

TEST(Loss, WeightsMultiplyEveryEntry) {
  const D p = probabilities(Shape{3}), t = vector({0, 1, 0.5}), w = vector({1, 2, 3});
  const D each = bce(p, t, "none"), weighted = apply_loss("bce", {p, t, w}, "none");
  for (std::int64_t i = 0; i < 3; ++i) EXPECT_NEAR(weighted[i], w[i] * each[i], 1e-15);
  const D z = varied(Shape{3}), c = vector({4, 5, 6});
  const D heavy = apply_loss("bce_with_logits", {z, t, w, c}, "none");
  for (std::int64_t i = 0; i < 3; ++i)
    EXPECT_NEAR(heavy[i],
                w[i] * ((1 - t[i]) * std::log1p(std::exp(z[i])) +
                        c[i] * t[i] * std::log1p(std::exp(-z[i]))),
                1e-14);
  EXPECT_NEAR(apply_loss("bce", {p, t, w}, "mean").item(),
              (weighted[0] + weighted[1] + weighted[2]) / 3, 1e-15);
}

TEST(Loss, DerivativesMatchDifferencesForEveryReduction) {
  for (const char* reduction : {"mean", "sum", "none"})
    for (const Shape& shape : {Shape{}, Shape{3}, Shape{2, 3}, Shape{2, 0}}) {
      SCOPED_TRACE(std::string(reduction) + " of " + to_string(shape));
      const D p = probabilities(shape), t = probabilities(shape, 1), z = varied(shape);
      const D w = probabilities(shape, 2), c = probabilities(shape, 3);
      expect_derivatives([&](const Tensors& x) { return bce(x[0], x[1], reduction); }, {p, t});
      expect_derivatives([&](const Tensors& x) { return bce_with_logits(x[0], x[1], reduction); },
                         {z, t});
      expect_derivatives([&](const Tensors& x) { return mse(x[0], x[1], reduction); }, {z, t});
      expect_derivatives(
          [&](const Tensors& x) {
            return apply_loss("bce", {x[0], x[1], w}, reduction);
          },
          {p, t});
      expect_derivatives(
          [&](const Tensors& x) {
            return apply_loss("bce_with_logits", {x[0], x[1], w, c}, reduction);
          },
          {z, t});
    }
}

TEST(Loss, DerivativesMatchDifferencesWhenOperandsBroadcast) {
  const D p = probabilities(Shape{2, 3}), t = probabilities(Shape{}, 1), z = varied(Shape{2, 3});
  const D w = probabilities(Shape{3}, 2), c = probabilities(Shape{2, 1}, 3);
  for (const char* reduction : {"mean", "none"}) {
    expect_derivatives([&](const Tensors& x) { return bce(x[0], x[1], reduction); }, {p, t});
    expect_derivatives([&](const Tensors& x) { return mse(x[0], x[1], reduction); }, {z, t});
    expect_derivatives(
        [&](const Tensors& x) {
          return apply_loss("bce_with_logits", {x[0], x[1], w, c}, reduction);
        },
        {z, t});
  }
  expect_derivatives([](const Tensors& x) { return mse(x[0], x[0]); }, {z});
  expect_derivatives([](const Tensors& x) { return bce(x[0], x[0]); }, {p});
}

TEST(Loss, GradientOfTheMeanIsDividedByTheNumberOfEntries) {
  const D z = leaf(vector({0, 1, 2, 3})), t = vector({0, 0, 1, 1});
  const D g = gradient_of(mse(z, t), z, D(1.0));
  EXPECT_THAT(g.entries(), ElementsAre(0, 0.5, 0.5, 1));
}

TEST(Loss, RecordsPyTorchsNames) {
  const D p = leaf(vector({0.5}));
  EXPECT_EQ(bce(p, D(1.0)).grad_fn(), "BinaryCrossEntropyBackward0");
  EXPECT_EQ(bce_with_logits(p, D(1.0)).grad_fn(), "BinaryCrossEntropyWithLogitsBackward0");
  EXPECT_EQ(mse(p, D(1.0)).grad_fn(), "MseLossBackward0");
}

TEST(Loss, RefusesProbabilitiesOutsideTheUnitInterval) {
  for (const double p : {-1e-9, 1 + 1e-9, 2.0, nan, inf})
    EXPECT_THAT(error_of([&] {
                  bce(vector({0.5, p}), D(1.0));
                }),
                HasSubstr("all elements of input should be between 0 and 1"));
  EXPECT_EQ(error_of([] { bce(vector({0, 1}), D(1.0)); }), "no error");
}

TEST(Loss, RefusesOtherShapesAndReductions) {
  const std::string text = error_of([] { bce(probabilities(Shape{2, 3}), vector({1, 1, 1})); });
  EXPECT_THAT(text, HasSubstr("target size [3]"));
  EXPECT_THAT(text, HasSubstr("input size [2, 3]"));
  EXPECT_THAT(error_of([] { mse(vector({1}), D(1.0), "median"); }), HasSubstr("'median'"));
}

TEST(Loss, LogsAreClampedAtMinusAHundred) {
  // PyTorch 1.13: binary_cross_entropy(0, 1) is 100 and (0, 0) is 0.
  EXPECT_EQ(bce(vector({0}), D(1.0)).item(), 100);
  EXPECT_EQ(bce(vector({1}), D(0.0)).item(), 100);
  EXPECT_EQ(bce(vector({0}), D(0.0)).item(), 0);
  EXPECT_EQ(bce(vector({1}), D(1.0)).item(), 0);
}

double bce_slope(double p, double t) {
  const D x = leaf(D(Shape{}, {p}));
  return gradient_of(bce(x, D(Shape{}, {t})), x, D(1.0)).item();
}

TEST(Loss, GradientOfBceHasNoFloorUnderItsDenominator) {
  // (p - t) / (p (1 - p)); a floor of 1e-12 gives 0.1 and -0.1e12 at p = 1e-13.
  EXPECT_DOUBLE_EQ(bce_slope(1e-13, 0), 1 / (1 - 1e-13));
  EXPECT_DOUBLE_EQ(bce_slope(1e-13, 1), -1e13);
  EXPECT_DOUBLE_EQ(bce_slope(1 - 0x1p-50, 1), -1 / (1 - 0x1p-50));
  EXPECT_DOUBLE_EQ(bce_slope(1 - 0x1p-50, 0), 0x1p50);
  EXPECT_EQ(bce_slope(0, 1), -inf);
  EXPECT_EQ(bce_slope(1, 0), inf);
  // -log(1 - p) and -log(p) at the ends of the domain, from inside.
  EXPECT_EQ(bce_slope(0, 0), 1);
  EXPECT_EQ(bce_slope(1, 1), -1);
  EXPECT_EQ(bce_slope(0.25, 0.25), 0);
  const D t = leaf(vector({0.5, 0.5}));
  EXPECT_THAT(gradient_of(bce(vector({0, 1}), t, "sum"), t, D(1.0)).entries(),
              ElementsAre(inf, -inf));
}

TEST(Loss, BceIsCurvedWhereTheTargetIsMet) {
  // f'' by p at p = t is 1 / (p (1 - p)); the mixed one by p and t is its negative.
  for (const double p : {0.5, 0.25}) {
    const D x = leaf(D(Shape{}, {p})), t = leaf(D(Shape{}, {p}));
    const D slope = grad<double>(bce(x, t), {x}, {.create_graph = true})[0];
    const std::vector<D> second = grad<double>(slope, {x, t});
    EXPECT_DOUBLE_EQ(second[0].item(), 1 / (p * (1 - p)));
    EXPECT_DOUBLE_EQ(second[1].item(), -1 / (p * (1 - p)));
  }
}

TEST(Loss, BceWithLogitsKeepsBothTails) {
  const auto slope = [](double z, double t) {
    const D x = leaf(D(Shape{}, {z}));
    return gradient_of(bce_with_logits(x, D(t)), x, D(1.0)).item();
  };
  const auto s = [](double z) { return std::exp(-std::abs(z)) / (1 + std::exp(-std::abs(z))); };
  for (const double z : {30.0, 38.0, 40.0, 700.0}) {
    EXPECT_DOUBLE_EQ(slope(z, 1), -s(z));
    EXPECT_DOUBLE_EQ(slope(-z, 0), s(z));
    EXPECT_DOUBLE_EQ(slope(-z, 1), -1 / (1 + std::exp(-z)));
    EXPECT_DOUBLE_EQ(slope(z, 0), 1 / (1 + std::exp(-z)));
  }
  for (const double z : {750.0, -750.0}) {
    EXPECT_EQ(std::abs(slope(z, z > 0 ? 1 : 0)), 0);
    EXPECT_EQ(bce_with_logits(vector({z}), D(z > 0 ? 1.0 : 0.0)).item(), 0);
    EXPECT_EQ(bce_with_logits(vector({z}), D(z > 0 ? 0.0 : 1.0)).item(), 750);
  }
}

TEST(Loss, OfABatchWithoutEntriesIsNaNInTheMean) {
  const D x = leaf(D::uninitialised(Shape{0}));
  EXPECT_THAT(mse(x, D::uninitialised(Shape{0})).item(), IsNan());
  EXPECT_EQ(mse(x, D::uninitialised(Shape{0}), "sum").item(), 0);
  EXPECT_EQ(gradient_of(mse(x, D(1.0)), x, D(1.0)).shape(), (Shape{0}));
}

TEST(Loss, BceOfASigmoidAgreesWithLogitsAtMinusFifty) {
  const D x = leaf(D(Shape{}, {-50.0}));
  EXPECT_NEAR(gradient_of(bce(sigmoid(x), D(1.0)), x, D(1.0)).item(), -1, 1e-15);
  const Ball p = exp(Ball(-50.0)) / (Ball(1.0) + exp(Ball(-50.0)));
  EXPECT_NEAR(bce(sigmoid(x), D(1.0)).item() / (-log(p)).value(), 1, 1e-15);
}

}  // namespace
}  // namespace verigrad
