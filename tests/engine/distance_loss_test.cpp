// huber, smooth_l1, kl_div and cosine_similarity: values by their formulas, derivatives against
// differences, the kinks, and edge cases.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

// Distances 0.5, -0.25, 3, -2 and 0.
const D& input() {
  static const D x = vector({1, 0.5, 4, -1, 2});
  return x;
}
const D& target() {
  static const D t = vector({0.5, 0.75, 1, 1, 2});
  return t;
}

TEST(Huber, IsAParabolaBetweenStraightLines) {
  EXPECT_THAT(huber(input(), target(), "none").entries(), ElementsAre(0.125, 0.03125, 2.5, 1.5, 0));
  EXPECT_THAT(huber(input(), target(), "none", 2.0).entries(),
              ElementsAre(0.125, 0.03125, 4, 2, 0));
  EXPECT_EQ(huber(input(), target(), "sum").item(), 4.15625);
  EXPECT_EQ(huber(input(), target()).item(), 4.15625 / 5);
  EXPECT_THAT(huber(D(nan), D(0.0)).item(), IsNan());
  EXPECT_EQ(huber(D(inf), D(0.0)).item(), inf);
  // The square of a large distance would overflow.
  EXPECT_EQ(huber(D(1e300), D(0.0)).item(), 1e300);
}

TEST(SmoothL1, IsHuberDividedByBeta) {
  EXPECT_THAT(smooth_l1(input(), target(), "none", 2.0).entries(),
              ElementsAre(0.0625, 0.015625, 2, 1, 0));
  EXPECT_THAT(smooth_l1(input(), target(), "none").entries(),
              ElementsAre(0.125, 0.03125, 2.5, 1.5, 0));
  EXPECT_THAT(smooth_l1(input(), target(), "none", 0.0).entries(), ElementsAre(0.5, 0.25, 3, 2, 0));
}

TEST(SmoothL1, BetaZeroIsTheAbsoluteDistance) {
  const D x = leaf(input());
  const D ones = vector({1, 1, 1, 1, 1});
  expect_equal(gradient_of(smooth_l1(x, target(), "none", 0.0), x, ones), Shape{5},
               {1, -1, 1, -1, 0});
  const D loss = smooth_l1(x, target(), "none", 0.0);
  const D first = grad<double>(std::span<const D>(&loss, 1), std::span<const D>(&x, 1),
                               std::span<const D>(&ones, 1), {.create_graph = true})[0];
  expect_equal(first, Shape{5}, {1, -1, 1, -1, 0});
  if (first.requires_grad()) {
    EXPECT_THAT(gradient_of(first, x, ones).entries(), testing::Each(0.0));
  }
}

TEST(DistanceLoss, DerivativesMatchDifferences) {
  // No distance is the half-width of the parabola, where the second derivative jumps.
  for (const char* reduction : {"none", "sum", "mean"})
    for (const D& t : {target() * D(0.9), D(0.3)})
      for (const D& width : {D(1.0), D(0.6), vector({1, 0.1, 2, 5, 0.7})}) {
        expect_derivatives([&](const Tensors& at) { return huber(at[0], at[1], reduction, at[2]); },
                           {input(), t, width});
        expect_derivatives(
            [&](const Tensors& at) { return smooth_l1(at[0], at[1], reduction, at[2]); },
            {input(), t, width});
      }
}

TEST(DistanceLoss, DerivativesAtTheJoint) {
  const D x = leaf(vector({2, -1, 1 + 0x1p-52}));
  const D t = vector({1, 0, 0}), v = vector({1, 1, 1});
  expect_equal(gradient_of(huber(x, t, "none"), x, v), Shape{3}, {1, -1, 1});
  expect_equal(gradient_of(smooth_l1(x, t, "none"), x, v), Shape{3}, {1, -1, 1});
}

/// Where the distance as rounded is delta, what the rounding took is the whole derivative by delta.
TEST(Huber, DerivativeByDeltaKeepsItsDigitsBesideTheJoint) {
  const D x = vector({1, 1, -1, -1, 1, 3}), t = vector({-0x1p-54, 0x1p-54, 0x1p-54, 0, 0, 0x1p-54});
  const D delta = leaf(vector({1, 1, 1, 1, 1, 1}));
  const auto exact = ElementsAre(0x1p-54, 0, 0x1p-54, 0, 0, 2);
  const D y = sum(huber(x, t, "none", delta));
  EXPECT_THAT(grad<double>(y, {delta}, {.create_graph = true})[0].entries(), exact);
  EXPECT_THAT(gradient_of(y, delta, D(1.0)).entries(), exact);
  EXPECT_EQ(gradient_of(huber(D(inf), D(0.0), "sum", delta), delta)[0], inf);
}

std::uint64_t side(const char* name, double x, double width) {
  const Operation& operation = *find_operation(name);
  Branches branches;
  const Tensors operands = {D(x), D(0.0), D(width)};
  operation.f64.branch(operands, *make_attributes({std::string("sum")}), branches);
  return branches.hash();
}

TEST(DistanceLoss, BranchesTellThePiecesApart) {
  for (const char* name : {"huber", "smooth_l1"}) {
    EXPECT_EQ(side(name, 0.5, 1), side(name, -0.5, 1)) << name;
    EXPECT_EQ(side(name, 1.5, 1), side(name, 3, 1)) << name;
    EXPECT_NE(side(name, 0.5, 1), side(name, 1.5, 1)) << name;
    EXPECT_NE(side(name, -1.5, 1), side(name, 1.5, 1)) << name;
    EXPECT_NE(side(name, -1.5, 1), side(name, -0.5, 1)) << name;
  }
  EXPECT_NE(side("smooth_l1", 0, 0), side("smooth_l1", 1, 0));
  EXPECT_NE(side("smooth_l1", 0, 0), side("smooth_l1", -1, 0));
}

TEST(DistanceLoss, RefusesWhatDoesNotFit) {
  const D x = varied(Shape{2, 3});
  EXPECT_THAT(error_of([&] { huber(x, varied(Shape{3})); }),
              AllOf(HasSubstr("huber"), HasSubstr("[2, 3]"), HasSubstr("[3]")));
  for (const double delta : {0.0, -1.0, nan})
    EXPECT_THAT(error_of([&] { huber(x, x, "mean", delta); }),
                HasSubstr("does not support non-positive values for delta"));
  for (const double beta : {-1.0, nan})
    EXPECT_THAT(error_of([&] { smooth_l1(x, x, "mean", beta); }),
                HasSubstr("does not support negative values for beta"));
  EXPECT_THAT(error_of([&] { huber(x, x, "batchmean"); }), HasSubstr("not a valid value"));
  EXPECT_THAT(error_of([&] { kl_div(x, x, "batch"); }), HasSubstr("\"batchmean\""));
}

TEST(KlDiv, IsTheFormula) {
  const D x = varied(Shape{2, 3}, 0.5), t = exp(varied(Shape{2, 3}));
  std::vector<double> each, in_logs;
  double total = 0;
  for (std::int64_t i = 0; i < 6; ++i) {
    each.push_back(t[i] * (std::log(t[i]) - x[i]));
    total += each.back();
    in_logs.push_back(std::exp(x[i]) * (x[i] - t[i]));
  }
  expect_close(kl_div(x, t, "none"), each);
  expect_close(kl_div(x, t, "sum"), {total});
  expect_close(kl_div(x, t, "mean"), {total / 6});
  expect_close(kl_div(x, t, "batchmean"), {total / 2});
  expect_close(kl_div(t, x, "none", true), in_logs);
  expect_close(kl_div(D(0.5), D(2.0), "batchmean"), {2 * (std::log(2.0) - 0.5)});
}

TEST(KlDiv, ATargetOfZeroAddsNothing) {
  EXPECT_THAT(kl_div(vector({-3, -inf, -1}), vector({0, 0, 1}), "none").entries(),
              ElementsAre(0, 0, 1));
  EXPECT_THAT(kl_div(vector({-3, -1}), vector({-inf, 0}), "none", true).entries(),
              ElementsAre(0, 1));
  EXPECT_THAT(kl_div(D(-1.0), D(-0.5)).item(), IsNan());
  const D x = leaf(vector({-3, -1})), t = leaf(vector({0, 1}));
  expect_equal(gradient_of(kl_div(x, t, "sum"), x, D(1.0)), Shape{2}, {0, -1});
  // The slope of t log t at 0.
  EXPECT_EQ(gradient_of(kl_div(x, t, "sum"), t, D(1.0))[0], -inf);
  const D logs = leaf(vector({-inf, 0}));
  const D loss = kl_div(x, logs, "sum", true);
  const D first = grad<double>(loss, {logs}, {.create_graph = true})[0];
  expect_equal(first, Shape{2}, {0, 2});
  expect_equal(gradient_of(first, logs, vector({1, 1})), Shape{2}, {0, 3});
}

TEST(KlDiv, DerivativesMatchDifferences) {
  const D x = varied(Shape{2, 3}, 0.5), t = exp(varied(Shape{2, 3}));
  for (const char* reduction : {"none", "sum", "mean", "batchmean"}) {
    expect_derivatives([&](const Tensors& at) { return kl_div(at[0], at[1], reduction); }, {x, t});
    expect_derivatives([&](const Tensors& at) { return kl_div(at[0], at[1], reduction, true); },
                       {x, t});
  }
}

double cosine_by_hand(const D& a, const D& b, std::int64_t start, std::int64_t n,
                      std::int64_t step) {
  double dot = 0, left = 0, right = 0;
  for (std::int64_t k = start; k < start + n * step; k += step) {
    dot += a[k] * b[k];
    left += a[k] * a[k];
    right += b[k] * b[k];
  }
  return dot / std::sqrt(left) / std::sqrt(right);
}

TEST(CosineSimilarity, IsTheCosineOfTheAngle) {
  const D a = varied(Shape{2, 3}), b = varied(Shape{2, 3}, 1);
  expect_close(cosine_similarity(a, b),
               {cosine_by_hand(a, b, 0, 3, 1), cosine_by_hand(a, b, 3, 3, 1)});
  expect_close(cosine_similarity(a, b, 0),
               {cosine_by_hand(a, b, 0, 2, 3), cosine_by_hand(a, b, 1, 2, 3),
                cosine_by_hand(a, b, 2, 2, 3)});
  EXPECT_EQ(cosine_similarity(a, b, -1).shape(), Shape{2});
  EXPECT_EQ(cosine_similarity(varied(Shape{2, 0}), varied(Shape{2, 0})).numel(), 2);
  EXPECT_EQ(cosine_similarity(D(-2.0), D(5.0), 0).item(), -1);
  // Broadcasting, as in PyTorch.
  EXPECT_NEAR(cosine_similarity(a, vector({1, 2, 3}))[1],
              cosine_by_hand(a, D(Shape{6}, {0, 0, 0, 1, 2, 3}), 3, 3, 1), 1e-15);
}

TEST(CosineSimilarity, SquaresNeitherOverflowNorVanish) {
  for (const double scale : {1e200, 1e-200, 5e-324}) {
    const D x = leaf(D(Shape{1, 2}, {3, 4}) * D(scale));
    const D y = cosine_similarity(x, D(Shape{1, 2}, {4, 3}), 1, 0.0);
    EXPECT_NEAR(y.item(), 0.96, 1e-15);
    // (u2 - 0.96 u1) / (5 scale), infinite for the last.
    if (scale == 5e-324) continue;
    EXPECT_NEAR(gradient_of(y, x, vector({1}))[0] * scale, (0.8 - 0.96 * 0.6) / 5, 1e-16);
  }
}

/// The norm of a zero vector is clamped to eps: the value is 0, and its slope u2 / eps.
TEST(CosineSimilarity, ZeroVectors) {
  const D x = leaf(Shape{1, 2}).detach().zero_().requires_grad_();
  const D y = leaf(D(Shape{1, 2}, {3, 4}));
  const D cosine = cosine_similarity(x, y);
  EXPECT_EQ(cosine.item(), 0);
  const std::vector<D> both = grad<double>(cosine, {x, y}, {.retain_graph = true});
  expect_close(both[0], {0.6e8, 0.8e8});
  expect_close(both[1], {0, 0});
  EXPECT_THAT(gradient_of(cosine_similarity(x, x), x, vector({1})).entries(), testing::Each(0.0));
  // Below eps the value is linear in x, also to second order.
  const D first = grad<double>(cosine, {x}, {.create_graph = true})[0];
  EXPECT_THAT(gradient_of(first, x, D(Shape{1, 2}, {1, 1})).entries(), testing::Each(0.0));
  EXPECT_THAT(cosine_similarity(x.detach(), y, 1, 0.0)[0], IsNan());
}

TEST(CosineSimilarity, DerivativesMatchDifferences) {
  const D a = varied(Shape{2, 3, 2}), b = varied(Shape{2, 3, 2}, 1);
  for (const std::int64_t dim : {0, 1, -1})
    expect_derivatives([&](const Tensors& at) { return cosine_similarity(at[0], at[1], dim); },
                       {a, b});
  expect_derivatives([](const Tensors& at) { return cosine_similarity(at[0], at[1], 1); },
                     {varied(Shape{2, 3}), varied(Shape{3}, 1)});
  // One norm clamped, or both: eps is larger than they are.
  expect_derivatives([](const Tensors& at) { return cosine_similarity(at[0], at[1], 0, 2.0); },
                     {vector({0.5, -0.25}), vector({3, 4})});
  expect_derivatives([](const Tensors& at) { return cosine_similarity(at[0], at[1], 0, 9.0); },
                     {vector({0.5, -0.25}), vector({3, 4})});
}

TEST(CosineSimilarity, RefusesWhatDoesNotFit) {
  EXPECT_THAT(error_of([] {
                cosine_similarity(varied(Shape{2, 3}), varied(Shape{2, 4}));
              }),
              AllOf(HasSubstr("cosine_similarity"), HasSubstr("[2, 3]"), HasSubstr("[2, 4]")));
  EXPECT_THAT(error_of([] { cosine_similarity(varied(Shape{3}), varied(Shape{3})); }),
              HasSubstr("cosine_similarity: Dimension out of range"));
}

TEST(DistanceLoss, RecordsPyTorchsNames) {
  const D x = leaf(Shape{2, 3}), t = varied(Shape{2, 3});
  EXPECT_EQ(huber(x, t).grad_fn(), "HuberLossBackward0");
  EXPECT_EQ(smooth_l1(x, t).grad_fn(), "SmoothL1LossBackward0");
  EXPECT_EQ(kl_div(x, t).grad_fn(), "KlDivBackward0");
  EXPECT_EQ(kl_div(x, t, "batchmean").grad_fn(), "DivBackward0");
  EXPECT_EQ(cosine_similarity(x, t).grad_fn(), "SumBackward1");
  EXPECT_EQ(find_operation("huber_loss"), find_operation("huber"));
  EXPECT_EQ(find_operation("smooth_l1_loss"), find_operation("smooth_l1"));
}

}  // namespace
}  // namespace verigrad
