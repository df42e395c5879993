// Variance, standard deviation and norms.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::HasSubstr;

/// The textbook formula by sums of squares.
std::vector<double> variances_by_hand(const D& x, const Form& form, bool unbiased) {
  const std::vector<double> n =
      reduced_by_hand(x, form.dims, 0, [](double a, double) { return a + 1; });
  const std::vector<double> total =
      reduced_by_hand(x, form.dims, 0, [](double a, double b) { return a + b; });
  const std::vector<double> squares =
      reduced_by_hand(x, form.dims, 0, [](double a, double b) { return a + b * b; });
  std::vector<double> result(n.size());
  for (std::size_t i = 0; i < n.size(); ++i)
    result[i] =
        (squares[i] - total[i] * total[i] / n[i]) / std::max(0.0, n[i] - (unbiased ? 1 : 0));
  return result;
}

TEST(Var, IsTheMeanSquaredDeviationInEveryForm) {
  for (const Form& form : reduction_forms())
    for (const bool unbiased : {true, false}) {
      const D x = varied(form.shape), got = var(x, form.dims, unbiased, form.keepdim);
      EXPECT_EQ(got.shape(), sum(x, form.dims, form.keepdim).shape());
      const std::vector<double> expected = variances_by_hand(x, form, unbiased);
      const D deviation = std(x, form.dims, unbiased, form.keepdim);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        if (std::isnan(expected[i]) || (unbiased && std::abs(expected[i]) == inf)) {
          EXPECT_TRUE(std::isnan(got.entries()[i])) << to_string(form.shape);
          EXPECT_TRUE(std::isnan(deviation.entries()[i])) << to_string(form.shape);
          continue;
        }
        EXPECT_NEAR(got.entries()[i], expected[i], 1e-14);
        EXPECT_NEAR(deviation.entries()[i] * deviation.entries()[i], expected[i], 1e-14);
      }
    }
  EXPECT_EQ(var(vector({1, 2, 3, 4}), {}, false).item(), 1.25);
  EXPECT_EQ(var(vector({2, 4, 6})).item(), 4);
  EXPECT_EQ(std(vector({2, 4, 6})).item(), 2);
}

TEST(Var, OfOneEntryIsNaNUnlessBiased) {
  for (const D& x : {D(3.0), vector({3})}) {
    EXPECT_TRUE(std::isnan(var(x).item()));
    EXPECT_TRUE(std::isnan(std(x).item()));
    EXPECT_EQ(var(x, {}, false).item(), 0);
    EXPECT_EQ(std(x, {0}, false).item(), 0);
    const D at = leaf(x);
    EXPECT_TRUE(std::isnan(gradient_of(var(at), at, D(1.0))[0]));
    EXPECT_TRUE(std::isnan(gradient_of(std(at), at, D(1.0))[0]));
    EXPECT_EQ(gradient_of(var(at, {}, false), at, D(1.0))[0], 0);
  }
  EXPECT_TRUE(std::isnan(var(D::uninitialised(Shape{0})).item()));
}

/// The mean, 1e16 + 1.5, is not a double; deviations from the nearest one are -2 and 0.
TEST(Var, KeepsItsDigitsFarFromZero) {
  const D x = leaf(vector({1e16, 1e16 + 2, 1e16 + 2, 1e16 + 2}));
  EXPECT_EQ(var(x).item(), 1);
  expect_equal(gradient_of(var(x), x, D(3.0)), Shape{4}, {-3, 1, 1, 1});
  expect_equal(gradient_of(std(x), x, D(6.0)), Shape{4}, {-3, 1, 1, 1});
}

TEST(Std, NeitherOverflowsNorUnderflowsBeforeItsResult) {
  EXPECT_DOUBLE_EQ(std(vector({-1e200, 0, 1e200})).item(), 1e200);
  EXPECT_DOUBLE_EQ(std(vector({-1e308, 0, 1e308})).item(), 1e308);
  EXPECT_DOUBLE_EQ(std(vector({-1e-200, 0, 1e-200})).item(), 1e-200);
  EXPECT_EQ(var(vector({-1e200, 0, 1e200})).item(), inf);
  EXPECT_EQ(std(vector({-5e-324, 0, 5e-324})).item(), 5e-324);
  EXPECT_TRUE(std::isnan(std(vector({1, inf})).item()));
  EXPECT_TRUE(std::isnan(var(vector({1, nan})).item()));
  const D x = leaf(vector({-1e200, 0, 1e200}));
  expect_equal(gradient_of(std(x), x, D(1.0)), Shape{3}, {-0.5, 0, 0.5});
}

TEST(Std, OfEqualEntriesHasNoSlope) {
  const D x = leaf(D(Shape{2, 2}, {3, 3, 1, 2}));
  const D slope = gradient_of(std(x, {1}), x, vector({1, 1}));
  EXPECT_EQ(slope[0], 0);
  EXPECT_EQ(slope[1], 0);
  EXPECT_NEAR(slope[3], std::sqrt(0.5), 1e-15);
  const D first_order = grad<double>(sum(std(x, {1})), {x}, {.create_graph = true})[0];
  const D second_order = gradient_of(first_order, x);
  for (const double second : second_order.entries()) EXPECT_TRUE(std::isfinite(second));
}

TEST(Var, DerivativesMatchDifferencesInEveryForm) {
  for (const Form& form : reduction_forms())
    for (const bool unbiased : {true, false}) {
      SCOPED_TRACE(to_string(form.shape));
      const D value = std(varied(form.shape), form.dims, unbiased, form.keepdim);
      bool smooth = true, defined = true;
      for (double y : value.entries()) {
        defined = defined && std::isfinite(y);
        smooth = smooth && y > 0;
      }
      if (!defined) continue;
      expect_derivatives(
          [&](const Tensors& x) { return var(x[0], form.dims, unbiased, form.keepdim); },
          {varied(form.shape)});
      if (smooth)
        expect_derivatives(
            [&](const Tensors& x) { return std(x[0], form.dims, unbiased, form.keepdim); },
            {varied(form.shape)});
    }
}

TEST(Var, RefusesImpossibleDims) {
  const D x = varied(Shape{2, 3});
  EXPECT_THAT(error_of([&] { var(x, {2}); }), HasSubstr("var: Dimension out of range"));
  EXPECT_THAT(error_of([&] { std(x, {0, -2}); }), HasSubstr("std: dim 0 appears multiple times"));
}

TEST(Norm, MatchesItsDefinitionInEveryForm) {
  for (const Form& form : reduction_forms())
    for (const double p : {0.5, 1.0, 1.5, 2.0, 3.0, 7.25}) {
      const D x = varied(form.shape);
      std::vector<double> expected = reduced_by_hand(
          x, form.dims, 0, [&](double a, double b) { return a + std::pow(std::abs(b), p); });
      for (double& y : expected) y = std::pow(y, 1 / p);
      expect_close(norm(x, p, form.dims, form.keepdim), expected);
    }
  EXPECT_EQ(norm(vector({3, -4})).item(), 5);
  EXPECT_EQ(norm(vector({3, -4}), 1.0).item(), 7);
  EXPECT_EQ(norm(vector({3, -4}), inf).item(), 4);
  EXPECT_EQ(norm(D(-3.0), 3.0).item(), 3);
}

TEST(Norm, NeitherOverflowsNorUnderflowsBeforeItsResult) {
  for (const double scale : {1e300, 1e-300, 0x1p-1074}) {
    for (const double p : {2.0, 3.0, 200.0}) {
      const D x = leaf(vector({3 * scale, -4 * scale}));
      const double unscaled = std::pow(std::pow(0.75, p) + 1, 1 / p) * 4;
      EXPECT_NEAR(norm(x, p).item() / scale, unscaled, scale < 1e-310 ? 0.5 : 1e-14);
      const D slope = gradient_of(norm(x, p), x, D(1.0));
      if (p == 2) {
        EXPECT_DOUBLE_EQ(slope[0], 0.6);
        EXPECT_DOUBLE_EQ(slope[1], -0.8);
      } else if (scale > 1e-310) {
        EXPECT_NEAR(slope[1], -std::pow(4 / unscaled, p - 1), 1e-13);
      }
    }
  }
  EXPECT_EQ(norm(vector({1, inf})).item(), inf);
  EXPECT_EQ(norm(vector({1, -inf}), 3.0).item(), inf);
  for (const double p : {1.0, 2.0, 3.0, inf}) {
    EXPECT_TRUE(std::isnan(norm(vector({1, nan, inf}), p).item())) << p;
    EXPECT_EQ(norm(vector({0, -0.0}), p).item(), 0) << p;
  }
}

TEST(Norm, DerivativesMatchDifferencesInEveryForm) {
  for (const Form& form : reduction_forms())
    for (const double p : {0.5, 1.0, 1.5, 2.0, 3.0, inf}) {
      if (form.shape.numel() == 0) continue;
      SCOPED_TRACE(to_string(form.shape) + " p " + std::to_string(p));
      // For p < 1 the fourth derivative grows so fast towards 0 that differences need distance.
      const D at = p < 1 ? varied(form.shape) + 1.5 : varied(form.shape);
      expect_derivatives([&](const Tensors& x) { return norm(x[0], p, form.dims, form.keepdim); },
                         {at});
    }
}

TEST(Norm, SubgradientAtZeroIsZeroAndStaysFinite) {
  for (const double p : {0.5, 1.0, 1.5, 2.0, 3.0, inf}) {
    const D x = leaf(vector({0, -0.0}));
    const D first_order = grad<double>(norm(x, p), {x}, {.create_graph = true})[0];
    for (const double slope : first_order.entries()) EXPECT_EQ(slope, 0) << p;
    const D second_order = gradient_of(first_order, x);
    for (const double second : second_order.entries()) EXPECT_TRUE(std::isfinite(second)) << p;
  }
}

/// One entry 0 among others: sign(0) = 0 for p = 1; smooth for p > 1.
TEST(Norm, SurvivesSingleZeros) {
  const D x = leaf(vector({0, 2}));
  expect_equal(gradient_of(norm(x, 1.0), x, D(1.0)), Shape{2}, {0, 1});
  expect_equal(gradient_of(norm(x, 0.5), x, D(1.0)), Shape{2}, {0, 1});
  expect_derivatives([](const Tensors& at) { return norm(at[0]); }, {vector({0, 2, -1})});
  expect_vjp_matches_differences([](const Tensors& at) { return norm(at[0], 3.0); },
                                 {vector({0, 2, -1})});
}

TEST(Norm, TiesOfInfinityShareTheGradient) {
  const D x = leaf(D(Shape{2, 3}, {2, -2, 1, 0, 5, 1}));
  expect_equal(gradient_of(norm(x, inf, {1}), x, vector({3, 4})), Shape{2, 3},
               {1.5, -1.5, 0, 0, 4, 0});
}

TEST(Norm, OfNothingIsZeroExceptForInfinity) {
  EXPECT_EQ(norm(D::uninitialised(Shape{0})).item(), 0);
  expect_equal(norm(D::uninitialised(Shape{0, 2}), 3.0, {0}), Shape{2}, {0, 0});
  EXPECT_THAT(error_of([] { norm(D::uninitialised(Shape{0}), inf); }),
              HasSubstr("does not have an identity"));
  EXPECT_EQ(norm(D::uninitialised(Shape{0, 2}), inf, {1}).numel(), 0);
  const D x = leaf(Shape{0, 2});
  EXPECT_EQ(gradient_of(norm(x, 2.0, {0}), x).shape(), (Shape{0, 2}));
}

TEST(Norm, RefusesOrdersThatAreNotPositiveNumbers) {
  const D x = varied(Shape{3});
  for (const double p : {0.0, -1.0, nan})
    EXPECT_THAT(error_of([&] { norm(x, p); }), HasSubstr("norm: p must be greater than 0")) << p;
  EXPECT_THAT(error_of([&] { norm(x, varied(Shape{2})); }),
              HasSubstr("norm: p must be a number, but has shape [2]"));
}

TEST(Norm, BranchesTellTheKinksOfEachOrder) {
  auto hash = [](const D& x, double p) {
    Branches branches;
    const Tensors operands = {x, D(p)};
    const Attributes attributes({std::monostate(), false});
    find_operation("norm")->f64.branch(Operands<double>(operands), attributes, branches);
    return branches.hash();
  };
  EXPECT_EQ(hash(vector({1, -2}), 2), hash(vector({-1, 3}), 2));
  EXPECT_NE(hash(vector({1, -2}), 2), hash(vector({0, 0}), 2));
  EXPECT_NE(hash(vector({1, -2}), 1), hash(vector({-1, -2}), 1));
  EXPECT_EQ(hash(vector({1, -2}), inf), hash(vector({-1, -2}), inf));
  EXPECT_NE(hash(vector({1, -2}), inf), hash(vector({1, 2}), inf));
  EXPECT_NE(hash(vector({1, -2}), inf), hash(vector({2, -2}), inf));
}

}  // namespace
}  // namespace verigrad
