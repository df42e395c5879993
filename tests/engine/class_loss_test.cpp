// nll_loss and cross_entropy: values against loops over samples and classes, derivatives against
// differences, digits of almost certain predictions against closed forms, and edge cases.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

/// Positive entries whose sum over the classes is 1 for no reason of the code under test.
D probabilities(const Shape& shape) {
  D p = varied(shape, 1.3);
  for (std::int64_t i = 0; i < p.numel(); ++i) p.mutable_data()[i] = 0.5 + 0.4 * std::sin(3 * p[i]);
  return p;
}

struct Case {
  Shape input;  ///< [C] or [N, C, d]
  std::vector<double> target;
  D weight;
  std::int64_t ignore_index;
  double smoothing;

  std::int64_t classes() const { return input[input.rank() == 1 ? 0 : 1]; }
  D indices() const { return D(input.removed(input.rank() == 1 ? 0 : 1), target); }
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {Shape{3}, {2}, D(1.0), -100, 0},
      {Shape{4, 3}, {2, 0, 1, 2}, D(1.0), -100, 0},
      {Shape{4, 3}, {2, 0, 1, 2}, vector({0.5, 2, 1.25}), -100, 0},
      {Shape{4, 3}, {2, -100, 1, 2}, vector({0.5, 2, 1.25}), -100, 0},
      {Shape{4, 3}, {1, 0, 1, 2}, vector({0.5, 2, 1.25}), 1, 0},
      {Shape{4, 3}, {2, 0, -1, 2}, vector({0.5, 2, 1.25}), -1, 0.2},
      {Shape{2, 3, 2}, {2, 0, 1, 2}, vector({0.5, 2, 1.25}), 0, 0.1},
      {Shape{2, 3, 2, 1}, {2, 0, 1, 2}, D(2.0), 0, 0.1},
      {Shape{1, 1}, {0}, D(1.0), -100, 0.3},
      {Shape{2, 1}, {0, 0}, vector({3}), -100, 0},
  };
  return all;
}

/// The loss of every sample and the weight of its target, by PyTorch's definition; `logits` says
/// that the log of softmax is taken, with plain exp and log.
void losses_by_hand(const Case& c, const D& x, bool logits, std::vector<double>& losses,
                    double& weights) {
  const std::int64_t n = c.classes(), inner = c.input.rank() > 2 ? c.input[2] : 1;
  const auto weight = [&](std::int64_t k) {
    return c.weight[c.weight.shape().rank() == 0 ? 0 : k];
  };
  weights = 0;
  for (std::size_t s = 0; s < c.target.size(); ++s) {
    const auto sample = static_cast<std::int64_t>(s);
    const auto entry = [&](std::int64_t k) {
      return x[(sample / inner * n + k) * inner + sample % inner];
    };
    losses.push_back(0);
    if (c.target[s] == static_cast<double>(c.ignore_index)) continue;
    const auto t = static_cast<std::int64_t>(c.target[s]);
    weights += weight(t);
    double total = 0;
    for (std::int64_t k = 0; k < n; ++k) total += std::exp(entry(k));
    const auto log_p = [&](std::int64_t k) {
      return logits ? entry(k) - std::log(total) : entry(k);
    };
    losses[s] -= (1 - c.smoothing) * weight(t) * log_p(t);
    for (std::int64_t k = 0; k < n; ++k)
      losses[s] -= c.smoothing / static_cast<double>(n) * weight(k) * log_p(k);
  }
}

TEST(ClassLoss, IndicesGiveTheFormulas) {
  for (const Case& c : cases())
    for (const bool logits : {false, true}) {
      if (!logits && c.smoothing != 0) continue;
      const D x = varied(c.input);
      const auto loss = [&](const char* reduction) {
        return logits ? cross_entropy(x, c.indices(), c.weight, c.ignore_index, reduction,
                                      D(c.smoothing))
                      : nll_loss(x, c.indices(), c.weight, c.ignore_index, reduction);
      };
      std::vector<double> each;
      double weights = 0, total = 0;
      losses_by_hand(c, x, logits, each, weights);
      for (double l : each) total += l;
      expect_close(loss("none"), each);
      EXPECT_EQ(loss("none").shape(), c.indices().shape());
      expect_close(loss("sum"), {total});
      expect_close(loss("mean"), {total / weights});
    }
}

TEST(ClassLoss, ProbabilitiesGiveTheFormula) {
  const D x = varied(Shape{2, 3, 2}), p = probabilities(Shape{2, 3, 2});
  const D w = vector({0.5, 2, 1.25});
  const double e = 0.2;
  std::vector<double> each;
  for (std::int64_t s = 0; s < 4; ++s) {
    double total = 0, loss = 0;
    const auto at = [&](std::int64_t k) { return (s / 2 * 3 + k) * 2 + s % 2; };
    for (std::int64_t k = 0; k < 3; ++k) total += std::exp(x[at(k)]);
    for (std::int64_t k = 0; k < 3; ++k)
      loss -= ((1 - e) * p[at(k)] + e / 3) * w[k] * (x[at(k)] - std::log(total));
    each.push_back(loss);
  }
  expect_close(cross_entropy(x, p, w, -100, "none", D(e)), each);
  const double sum = each[0] + each[1] + each[2] + each[3];
  expect_close(cross_entropy(x, p, w, -100, "sum", D(e)), {sum});
  // Divided by the number of samples, not by weights.
  expect_close(cross_entropy(x, p, w, -100, "mean", D(e)), {sum / 4});
  // One-hot probabilities are class indices.
  const D hot(Shape{2, 3}, {0, 0, 1, 1, 0, 0}), z = varied(Shape{2, 3});
  EXPECT_NEAR(cross_entropy(z, hot).item(), cross_entropy(z, vector({2, 0})).item(), 1e-15);
  EXPECT_NEAR(cross_entropy(vector({1, 2}), vector({0, 1})).item(), std::log1p(std::exp(-1)),
              1e-15);
}

TEST(ClassLoss, DerivativesOfIndicesMatchDifferences) {
  for (const Case& c : cases())
    for (const char* reduction : {"none", "sum", "mean"}) {
      const D x = varied(c.input), t = c.indices();
      if (c.smoothing == 0)
        expect_derivatives(
            [&](const Tensors& at) { return nll_loss(at[0], t, at[1], c.ignore_index, reduction); },
            {x, c.weight});
      expect_derivatives(
          [&](const Tensors& at) {
            return cross_entropy(at[0], t, at[1], c.ignore_index, reduction, at[2]);
          },
          {x, c.weight, D(c.smoothing == 0 ? 0.15 : c.smoothing)});
      expect_derivatives(
          [&](const Tensors& at) {
            return cross_entropy(at[0], t, at[1], c.ignore_index, reduction);
          },
          {x, c.weight});
    }
}

TEST(ClassLoss, DerivativesOfProbabilitiesMatchDifferences) {
  for (const Shape& shape : {Shape{3}, Shape{2, 3}, Shape{2, 3, 2}, Shape{2, 1}})
    for (const char* reduction : {"none", "sum", "mean"}) {
      const D weight = shape == Shape{2, 1} ? vector({0.75}) : vector({0.5, 2, 1.25});
      for (const D& w : {weight, D(1.5)})
        expect_derivatives(
            [&](const Tensors& at) {
              return cross_entropy(at[0], at[1], at[2], -100, reduction, at[3]);
            },
            {varied(shape), probabilities(shape), w, D(0.2)});
    }
}

/// With two classes whose logits differ by d, the gradient at the target is -e^-d / (1 + e^-d):
/// softmax - 1 would leave nothing of it from d = 37 on.
TEST(ClassLoss, AlmostCertainPredictionsKeepTheirDigits) {
  for (const double d : {1.0, 20.0, 36.0, 40.0, 100.0, 700.0, 740.0}) {
    const double expected = std::exp(-d) / (1 + std::exp(-d));
    const D x = leaf(D(Shape{1, 2}, {d, 0}));
    const D loss = cross_entropy(x, vector({0}));
    const D g = gradient_of(loss, x, D(1.0));
    EXPECT_NEAR(loss.item(), std::log1p(std::exp(-d)), 1e-15 * std::log1p(std::exp(-d)));
    EXPECT_NEAR(g[0], -expected, 4e-16 * expected + 5e-324) << d;
    EXPECT_NEAR(g[1], expected, 4e-16 * expected + 5e-324) << d;
    const D recorded = grad<double>(cross_entropy(x, vector({0})), {x}, {.create_graph = true})[0];
    EXPECT_NEAR(recorded[0], -expected, 4e-16 * expected + 5e-324) << d;
    // The second derivative by the target's logit is p (1 - p), about e^-d too.
    const double curvature = gradient_of(select(select(recorded, 0, 0), 0, 0), x, D(1.0))[0];
    const double truth = std::exp(-d) / (1 + std::exp(-d)) / (1 + std::exp(-d));
    EXPECT_NEAR(curvature, truth, 1e-15 * truth + 1e-323) << d;
  }
}

TEST(ClassLoss, FloatsKeepTheirDigitsToo) {
  const Tensor<float> x = Tensor<float>(Shape{1, 3}, {30, 0, 1}).requires_grad_();
  cross_entropy(x, Tensor<float>(Shape{1}, {0})).backward();
  const double others = std::exp(-30.0) + std::exp(-29.0);
  EXPECT_NEAR(x.grad()[0], -others, 1e-6 * others);
}

TEST(ClassLoss, EverythingIgnoredIsANanMeanAndNoGradient) {
  const D x = leaf(Shape{2, 3});
  for (const bool logits : {false, true}) {
    const auto loss = [&](const char* reduction) {
      const D t = vector({-100, -100});
      return logits ? cross_entropy(x, t, D(1.0), -100, reduction)
                    : nll_loss(x, t, D(1.0), -100, reduction);
    };
    EXPECT_THAT(loss("mean").item(), IsNan());
    EXPECT_EQ(loss("sum").item(), 0);
    EXPECT_THAT(loss("none").entries(), ElementsAre(0, 0));
    EXPECT_THAT(gradient_of(loss("mean"), x, D(1.0)).entries(), testing::Each(0.0));
  }
  EXPECT_THAT(nll_loss(D(Shape{0, 3}, {}), D(Shape{0}, {})).item(), IsNan());
  EXPECT_EQ(nll_loss(D(Shape{0, 3}, {}), D(Shape{0}, {}), D(1.0), -100, "sum").item(), 0);
  const D empty = leaf(Shape{0, 3});
  EXPECT_EQ(gradient_of(cross_entropy(empty, D(Shape{0}, {})), empty, D(1.0)).shape(),
            (Shape{0, 3}));
}

TEST(ClassLoss, ImpossibleClassesBesideTheTarget) {
  const D x = leaf(D(Shape{1, 3}, {0, -inf, std::log(3.0)}));
  const D loss = cross_entropy(x, vector({0}));
  EXPECT_NEAR(loss.item(), std::log(4), 1e-15);
  const D g = gradient_of(loss, x, D(1.0));
  EXPECT_NEAR(g[0], -0.75, 1e-15);
  EXPECT_EQ(g[1], 0);
  EXPECT_NEAR(g[2], 0.75, 1e-15);
  EXPECT_EQ(cross_entropy(x.detach(), vector({1})).item(), inf);
  EXPECT_THAT(cross_entropy(D(Shape{1, 2}, {nan, 0}), vector({1})).item(), IsNan());
  EXPECT_EQ(nll_loss(D(Shape{1, 2}, {nan, -2}), vector({1})).item(), 2);
}

TEST(ClassLoss, RecordsPyTorchsNames) {
  const D x = leaf(Shape{2, 3}), deep = leaf(Shape{2, 3, 2, 1}), p = probabilities(Shape{2, 3});
  const D t = vector({0, 1});
  EXPECT_EQ(nll_loss(x, t).grad_fn(), "NllLossBackward0");
  EXPECT_EQ(nll_loss(deep, D(Shape{2, 2, 1}, {0, 1, 2, 0})).grad_fn(), "NllLoss2DBackward0");
  EXPECT_EQ(cross_entropy(x, t).grad_fn(), "NllLossBackward0");
  EXPECT_EQ(cross_entropy(x, p).grad_fn(), "DivBackward0");
  EXPECT_EQ(cross_entropy(x, p, D(1.0), -100, "sum").grad_fn(), "NegBackward0");
}

TEST(ClassLoss, RefusesWhatDoesNotFit) {
  const D x = varied(Shape{2, 3}), t = vector({0, 1});
  EXPECT_THAT(error_of([&] {
                nll_loss(x, vector({0, 3}));
              }),
              AllOf(HasSubstr("nll_loss: Target 3 is out of bounds for 3 classes at entry [1]"),
                    HasSubstr("[2, 3]"), HasSubstr("[2]")));
  EXPECT_THAT(error_of([&] {
                cross_entropy(x, vector({-1, 0}));
              }),
              HasSubstr("cross_entropy: Target -1 is out of bounds"));
  EXPECT_THAT(error_of([&] {
                nll_loss(x, vector({0.5, 0}));
              }),
              HasSubstr("Target 0.5 is not an integer at entry [0]"));
  EXPECT_THAT(error_of([&] { nll_loss(x, vector({nan, 0})); }), HasSubstr("not an integer"));
  EXPECT_THAT(error_of([&] {
                nll_loss(x, vector({0, 1, 2}));
              }),
              AllOf(HasSubstr("Expected input batch_size (2) to match target batch_size (3)"),
                    HasSubstr("[2, 3]"), HasSubstr("[3]")));
  EXPECT_THAT(error_of([&] {
                nll_loss(varied(Shape{2, 3, 4}), t);
              }),
              HasSubstr("Expected target size [2, 4], got [2]"));
  EXPECT_THAT(error_of([&] { nll_loss(x, x); }), HasSubstr("Expected target size [2], got [2, 3]"));
  EXPECT_THAT(error_of([&] { nll_loss(D(1.0), D(0.0)); }),
              HasSubstr("Expected 1 or more dimensions"));
  EXPECT_THAT(
      error_of([&] {
        nll_loss(x, t, vector({1, 2}));
      }),
      HasSubstr("weight tensor should be defined either for all 3 classes or no classes but "
                "got weight tensor of shape: [2]"));
  EXPECT_THAT(error_of([&] { nll_loss(x, t, D(1.0), -100, "max"); }),
              HasSubstr("'max' is not a valid value for reduction"));
  EXPECT_THAT(error_of([&] { cross_entropy(x, x, D(1.0), 0); }),
              HasSubstr("ignore_index is not supported for floating point target"));
  for (const double e : {-0.1, 1.1, nan})
    EXPECT_THAT(error_of([&] { cross_entropy(x, t, D(1.0), -100, "mean", D(e)); }),
                HasSubstr("label_smoothing must be between 0.0 and 1.0. Got: "));
}

}  // namespace
}  // namespace verigrad
