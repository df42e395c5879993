// logsumexp, softmax and log_softmax.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::HasSubstr;

TEST(LogSumExp, HasItsValueForEverySetOfDims) {
  for (const Form& form : reduction_forms()) {
    const D x = varied(form.shape);
    std::vector<double> expected =
        reduced_by_hand(x, form.dims, 0, [](double a, double b) { return a + std::exp(b); });
    for (double& entry : expected) entry = std::log(entry);
    const D got = logsumexp(x, form.dims, form.keepdim);
    ASSERT_EQ(got.entries().size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (std::isinf(expected[i])) {
        EXPECT_EQ(got.entries()[i], expected[i]);
      } else {
        EXPECT_NEAR(got.entries()[i], expected[i], 1e-14);
      }
    }
  }
}

TEST(LogSumExp, NeitherOverflowsNorLosesTheSmallTerm) {
  EXPECT_DOUBLE_EQ(logsumexp(vector({1000, 1000})).item(), 1000 + std::log(2.0));
  EXPECT_DOUBLE_EQ(logsumexp(vector({-1000, -1001})).item(), -1000 + std::log1p(std::exp(-1.0)));
  EXPECT_DOUBLE_EQ(logsumexp(vector({0, -50})).item(), std::exp(-50.0));
}

TEST(LogSumExp, HasItsLimitsAtInfinity) {
  EXPECT_EQ(logsumexp(D::uninitialised(Shape{0})).item(), -inf);
  EXPECT_EQ(logsumexp(vector({-inf, -inf})).item(), -inf);
  EXPECT_EQ(logsumexp(vector({1, inf})).item(), inf);
  EXPECT_EQ(logsumexp(vector({inf, inf})).item(), inf);
  EXPECT_EQ(logsumexp(vector({-inf, 2})).item(), 2);
  EXPECT_TRUE(std::isnan(logsumexp(vector({inf, nan})).item()));
  EXPECT_TRUE(std::isnan(logsumexp(vector({nan, 1})).item()));
}

TEST(LogSumExp, DerivativesMatchDifferencesInEveryForm) {
  for (const Form& form : reduction_forms())
    expect_derivatives([&](const Tensors& x) { return logsumexp(x[0], form.dims, form.keepdim); },
                       {varied(form.shape)});
  expect_derivatives([](const Tensors& x) { return logsumexp(x[0]); }, {varied(Shape{2, 3})});
}

TEST(LogSumExp, DerivativeKeepsItsDigitsFarFromZero) {
  const D x = leaf(vector({1e8, 1e8 + 1}));
  const D g = gradient_of(logsumexp(x), x, D(1.0));
  EXPECT_DOUBLE_EQ(g[0], 1 / (1 + std::exp(1.0)));
  EXPECT_DOUBLE_EQ(g[1], 1 / (1 + std::exp(-1.0)));
}

const std::vector<std::pair<Shape, std::int64_t>>& softmax_forms() {
  static const std::vector<std::pair<Shape, std::int64_t>> forms = {
      {Shape{4}, 0},        {Shape{4}, -1},   {Shape{2, 3}, 0}, {Shape{2, 3}, 1},
      {Shape{2, 3, 2}, -2}, {Shape{3, 1}, 1}, {Shape{}, 0},     {Shape{}, -1},
      {Shape{0, 2}, 0},     {Shape{2, 0}, 1}, {Shape{2, 0}, 0}};
  return forms;
}

TEST(Softmax, IsTheNormalisedExponential) {
  for (const auto& [shape, dim] : softmax_forms()) {
    const D x = varied(shape), y = softmax(x, dim), z = log_softmax(x, dim);
    const D total = sum(exp(x), {dim}, true);
    const D expected = exp(x) / total;
    EXPECT_EQ(y.shape(), shape);
    for (std::int64_t i = 0; i < x.numel(); ++i) {
      EXPECT_NEAR(y[i], expected[i], 1e-15);
      EXPECT_NEAR(z[i], std::log(expected[i]), 1e-14);
    }
  }
}

TEST(Softmax, KeepsItsDigitsInSaturatedLanes) {
  const D y = softmax(vector({1000, 0, 999}), 0);
  EXPECT_DOUBLE_EQ(y[0], 1 / (1 + std::exp(-1.0)));
  EXPECT_EQ(y[1], 0);
  const D z = log_softmax(vector({0, -50}), 0);
  EXPECT_DOUBLE_EQ(z[0], -std::exp(-50.0));
  EXPECT_DOUBLE_EQ(z[1], -50);
}

TEST(Softmax, DerivativesMatchDifferencesInEveryForm) {
  for (const auto& [shape, dim] : softmax_forms()) {
    expect_derivatives([dim = dim](const Tensors& x) { return softmax(x[0], dim); },
                       {varied(shape)});
    expect_derivatives([dim = dim](const Tensors& x) { return log_softmax(x[0], dim); },
                       {varied(shape)});
  }
}

/// In a lane (0, -t) the softmax is (1 - e, e) with e = exp(-t) / (1 + exp(-t)), and its Jacobian
/// has e (1 - e) in every place: the naive y (1 - y) would round to 0.
TEST(Softmax, DerivativeKeepsItsDigitsInSaturatedLanes) {
  const double t = 45, e = std::exp(-t) / (1 + std::exp(-t));
  for (bool recorded : {false, true}) {
    const D x = leaf(vector({0, -t}));
    auto gradient = [&](const D& y, const D& v) {
      return grad<double>(std::span<const D>(&y, 1), std::span<const D>(&x, 1),
                          std::span<const D>(&v, 1), {.create_graph = recorded})[0];
    };
    const D of_first = gradient(softmax(x, 0), vector({1, 0}));
    EXPECT_DOUBLE_EQ(of_first[0], e * (1 - e));
    EXPECT_DOUBLE_EQ(of_first[1], -e * (1 - e));
    const D of_log = gradient(log_softmax(x, 0), vector({1, 0}));
    EXPECT_DOUBLE_EQ(of_log[0], e);
    EXPECT_DOUBLE_EQ(of_log[1], -e);
  }
}

TEST(Softmax, RefusesADimOutOfRange) {
  EXPECT_THAT(
      error_of([] {
        softmax(varied(Shape{2, 3}), 2);
      }),
      HasSubstr("softmax: Dimension out of range (expected to be in range of [-2, 1], but got 2)"));
  EXPECT_THAT(error_of([] { log_softmax(varied(Shape{}), 1); }),
              HasSubstr("log_softmax: Dimension out of range (expected to be in range of [-1, 0]"));
}

}  // namespace
}  // namespace verigrad
