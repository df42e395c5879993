// Sums, means, products and extrema.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::HasSubstr;

TEST(Sum, AddsOverEverySetOfDims) {
  for (const Form& form : reduction_forms()) {
    const D x = varied(form.shape);
    expect_close(sum(x, form.dims, form.keepdim),
                 reduced_by_hand(x, form.dims, 0, [](double a, double b) { return a + b; }));
  }
}

TEST(Sum, KeepsOrDropsTheReducedDims) {
  const D x = varied(Shape{2, 3, 4});
  EXPECT_EQ(sum(x).shape(), Shape());
  EXPECT_EQ(sum(x, {1}).shape(), (Shape{2, 4}));
  EXPECT_EQ(sum(x, {1}, true).shape(), (Shape{2, 1, 4}));
  EXPECT_EQ(sum(x, {0, -1}, true).shape(), (Shape{1, 3, 1}));
  EXPECT_EQ(sum(x, {}, true).shape(), (Shape{1, 1, 1}));
}

TEST(Sum, DerivativesMatchDifferencesInEveryForm) {
  for (const Form& form : reduction_forms())
    expect_derivatives([&](const Tensors& x) { return sum(x[0], form.dims, form.keepdim); },
                       {varied(form.shape)});
  expect_derivatives([](const Tensors& x) { return sum(x[0]); }, {varied(Shape{2, 3})});
}

/// Adding one after the other would be off by 1.3e-6; 1e-10 is 7 ulp.
TEST(Sum, OfManyEntriesKeepsItsDigits) {
  const std::int64_t n = 1'000'000;
  const std::vector<double> tenths(static_cast<std::size_t>(n), 0.1);
  EXPECT_NEAR(sum(D(Shape{n}, tenths)).item(), 100000.0, 1e-10);
  EXPECT_NEAR(sum(D(Shape{n / 2, 2}, tenths), {0})[1], 50000.0, 1e-10);
  const std::vector<float> small(static_cast<std::size_t>(n), 0.1F);
  EXPECT_EQ(sum(Tensor<float>(Shape{n}, small)).item(), static_cast<float>(0.1F * 1e6));
}

TEST(Sum, OfNothingIsZero) {
  EXPECT_EQ(sum(D::uninitialised(Shape{0})).item(), 0);
  expect_equal(sum(D::uninitialised(Shape{0, 2}), {0}), Shape{2}, {0, 0});
}

TEST(Sum, RefusesRepeatedAndImpossibleDims) {
  const D x = varied(Shape{2, 3});
  EXPECT_THAT(error_of([&] {
                sum(x, {0, -2});
              }),
              HasSubstr("sum: dim 0 appears multiple times in the list of dims"));
  const std::string text = error_of([&] { sum(x, {2}); });
  EXPECT_THAT(text,
              HasSubstr("Dimension out of range (expected to be in range of [-2, 1], but got 2)"));
  EXPECT_THAT(text, HasSubstr("sum: "));
  EXPECT_THAT(text, HasSubstr("[2, 3]"));
  EXPECT_THROW(sum(x, {2}), IndexError);
}

TEST(Mean, DividesTheSumByTheCount) {
  expect_equal(mean(counted(Shape{2, 3}), {1}), Shape{2}, {1, 4});
  expect_equal(mean(counted(Shape{2, 3}), {0}, true), Shape{1, 3}, {1.5, 2.5, 3.5});
  EXPECT_EQ(mean(counted(Shape{2, 3})).item(), 2.5);
  EXPECT_EQ(mean(D(4.0), {0}).item(), 4);
}

TEST(Mean, OfNothingIsNaN) {
  EXPECT_TRUE(std::isnan(mean(D::uninitialised(Shape{0})).item()));
  EXPECT_TRUE(std::isnan(mean(D::uninitialised(Shape{0, 2}), {0})[1]));
}

TEST(Mean, DerivativesMatchDifferencesInEveryForm) {
  for (const Form& form : reduction_forms()) {
    if (form.shape.numel() == 0) continue;
    expect_derivatives([&](const Tensors& x) { return mean(x[0], form.dims, form.keepdim); },
                       {varied(form.shape)});
  }
}

TEST(Mean, OfNothingHasAnEmptyGradient) {
  const D x = leaf(Shape{0, 2});
  EXPECT_EQ(gradient_of(mean(x, {0}), x).shape(), (Shape{0, 2}));
  EXPECT_EQ(gradient_of(mean(x), x).shape(), (Shape{0, 2}));
}

TEST(Prod, MultipliesOverEverySetOfDims) {
  for (const Form& form : reduction_forms()) {
    const D x = varied(form.shape);
    expect_close(prod(x, form.dims, form.keepdim),
                 reduced_by_hand(x, form.dims, 1, [](double a, double b) { return a * b; }));
  }
  EXPECT_EQ(prod(D::uninitialised(Shape{0})).item(), 1);
}

TEST(Prod, DerivativesMatchDifferencesInEveryForm) {
  for (const Form& form : reduction_forms())
    expect_derivatives([&](const Tensors& x) { return prod(x[0], form.dims, form.keepdim); },
                       {varied(form.shape)});
  expect_derivatives([](const Tensors& x) { return prod(x[0]); }, {varied(Shape{7})});
}

TEST(Prod, DerivativeSurvivesZeros) {
  const D one = leaf(vector({2, 0, 3})), two = leaf(vector({0, 5, 0, 7}));
  expect_equal(gradient_of(prod(one), one, D(1.0)), Shape{3}, {0, 6, 0});
  expect_equal(gradient_of(prod(two), two, D(1.0)), Shape{4}, {0, 0, 0, 0});
  expect_derivatives([](const Tensors& x) { return prod(x[0]); }, {vector({2, 0, 3})});
  expect_derivatives([](const Tensors& x) { return prod(x[0]); }, {vector({0, 5, 0, 7})});
  expect_derivatives([](const Tensors& x) { return prod(x[0], {1}); },
                     {D(Shape{2, 3}, {0, 0, 1, 0, 2, 3})});
}

TEST(Max, TakesTheGreatestAlongADimAndOverAll) {
  const D x(Shape{2, 3}, {1, 7, 3, 9, 2, 9});
  expect_equal(max(x, 1), Shape{2}, {7, 9});
  expect_equal(max(x, 0, true), Shape{1, 3}, {9, 7, 9});
  EXPECT_EQ(max(x).item(), 9);
  expect_equal(min(x, -1), Shape{2}, {1, 2});
  EXPECT_EQ(min(x).item(), 1);
  EXPECT_EQ(max(D(5.0), -1).item(), 5);
}

TEST(Max, WithDimGivesTheGradientToTheFirstOfEquals) {
  const D x = leaf(D(Shape{2, 3}, {7, 7, 3, 9, 2, 9}));
  expect_equal(gradient_of(max(x, 1), x, vector({1, 2})), Shape{2, 3}, {1, 0, 0, 2, 0, 0});
  const D z = leaf(D(Shape{2, 2}, {4, 1, 4, 1}));
  expect_equal(gradient_of(min(z, 0), z, vector({3, 5})), Shape{2, 2}, {3, 5, 0, 0});
}

TEST(Max, WithoutDimSharesTheGradientAmongEquals) {
  const D x = leaf(D(Shape{2, 2}, {9, 1, 9, 2}));
  expect_equal(gradient_of(max(x), x, D(3.0)), Shape{2, 2}, {1.5, 0, 1.5, 0});
  const D z = leaf(vector({1, 1, 1, 4}));
  expect_equal(gradient_of(min(z), z, D(3.0)), Shape{4}, {1, 1, 1, 0});
}

TEST(Max, PropagatesNaNAndSendsItTheGradient) {
  const D x = leaf(vector({1, nan, 3, nan}));
  EXPECT_TRUE(std::isnan(max(x, 0).item()));
  EXPECT_TRUE(std::isnan(min(x).item()));
  expect_equal(gradient_of(max(x, 0), x, D(1.0)), Shape{4}, {0, 1, 0, 0});
  expect_equal(gradient_of(max(x), x, D(1.0)), Shape{4}, {0, 0.5, 0, 0.5});
}

TEST(Max, GradientElsewhereIsZeroEvenForAnInfiniteCotangent) {
  const D x = leaf(vector({1, 2}));
  expect_equal(gradient_of(max(x), x, D(inf)), Shape{2}, {0, inf});
}

TEST(Max, DerivativesMatchDifferencesInEveryForm) {
  const std::pair<Shape, std::int64_t> forms[] = {
      {Shape{4}, 0},    {Shape{2, 3}, 0}, {Shape{2, 3}, -1}, {Shape{2, 3, 2}, 1},
      {Shape{3, 1}, 1}, {Shape{}, 0},     {Shape{}, -1},     {Shape{0, 2}, 1}};
  for (const auto& [shape, dim] : forms)
    for (bool keepdim : {false, true}) {
      expect_derivatives([&, dim = dim](const Tensors& x) { return max(x[0], dim, keepdim); },
                         {varied(shape)});
      expect_derivatives([&, dim = dim](const Tensors& x) { return min(x[0], dim, keepdim); },
                         {varied(shape)});
    }
  expect_derivatives([](const Tensors& x) { return max(x[0]); }, {varied(Shape{2, 3})});
  expect_derivatives([](const Tensors& x) { return min(x[0]); }, {varied(Shape{2, 3})});
}

TEST(Max, OfNothingIsAnError) {
  const D x = D::uninitialised(Shape{0, 2});
  EXPECT_THAT(
      error_of([&] { max(x); }),
      HasSubstr("max(): Expected reduction dim to be specified for input.numel() == 0. Specify "
                "the reduction dim with the 'dim' argument."));
  EXPECT_THAT(error_of([&] { min(x, 0); }),
              HasSubstr("min(): Expected reduction dim 0 to have non-zero size"));
  EXPECT_EQ(max(x, 1).shape(), Shape{0});
}

TEST(Max, TakesASingleDim) {
  const D x = varied(Shape{2, 3});
  EXPECT_THAT(
      error_of([&] {
        apply<double>(*find_operation("max"), {x}, make_attributes({Integers{0, 1}, false}));
      }),
      HasSubstr("max(): dim must be a single dim, got [0, 1]"));
}

TEST(Max, BranchesTellWinnersAndTiesApart) {
  auto hash = [](const D& x) {
    Branches branches;
    const Attributes attributes({std::monostate(), false});
    find_operation("max")->f64.branch(Operands<double>(&x, 1), attributes, branches);
    return branches.hash();
  };
  EXPECT_EQ(hash(vector({1, 2})), hash(vector({0, 5})));
  EXPECT_NE(hash(vector({1, 2})), hash(vector({2, 1})));
  EXPECT_NE(hash(vector({2, 1})), hash(vector({2, 2})));
}

TEST(SumTo, IsTheTransposeOfBroadcasting) {
  const D x = counted(Shape{2, 3});
  expect_equal(sum_to(x, Shape{3}), Shape{3}, {3, 5, 7});
  expect_equal(sum_to(x, Shape{2, 1}), Shape{2, 1}, {3, 12});
  expect_equal(sum_to(x, Shape{1, 1}), Shape{1, 1}, {15});
  expect_equal(sum_to(x, Shape{}), Shape{}, {15});
  EXPECT_TRUE(sum_to(x, Shape{2, 3}).is(x));
  for (const Shape& to : {Shape{3}, Shape{2, 1}, Shape{1, 3}, Shape{}})
    expect_derivatives([&](const Tensors& at) { return sum_to(at[0], to); }, {varied(Shape{2, 3})});
  EXPECT_THAT(error_of([&] { sum_to(x, Shape{2}); }), HasSubstr("sum_to: shape [2]"));
}

}  // namespace
}  // namespace verigrad
