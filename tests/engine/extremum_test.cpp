// Extrema over several dims, indices of extrema, medians.
#include <algorithm>

#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::HasSubstr;

TEST(Amax, TakesTheExtremeOverEverySetOfDims) {
  for (const Form& form : reduction_forms()) {
    const D x = varied(form.shape);
    if (x.numel() == 0) continue;
    expect_close(
        amax(x, form.dims, form.keepdim),
        reduced_by_hand(x, form.dims, -inf, [](double a, double b) { return std::max(a, b); }));
    expect_close(
        amin(x, form.dims, form.keepdim),
        reduced_by_hand(x, form.dims, inf, [](double a, double b) { return std::min(a, b); }));
    EXPECT_EQ(amax(x, form.dims, form.keepdim).shape(), sum(x, form.dims, form.keepdim).shape());
    expect_derivatives([&](const Tensors& at) { return amax(at[0], form.dims, form.keepdim); },
                       {x});
    expect_derivatives([&](const Tensors& at) { return amin(at[0], form.dims, form.keepdim); },
                       {x});
  }
  EXPECT_EQ(amax(counted(Shape{2, 3})).item(), 5);
  EXPECT_EQ(amin(counted(Shape{2, 3})).item(), 0);
}

TEST(Amax, SharesTheGradientAmongTiesOverOneAndSeveralDims) {
  const D x = leaf(D(Shape{2, 3}, {7, 7, 3, 9, 2, 9}));
  expect_equal(gradient_of(amax(x, {1}), x, vector({1, 3})), Shape{2, 3},
               {0.5, 0.5, 0, 1.5, 0, 1.5});
  expect_equal(gradient_of(amax(x), x, D(1.0)), Shape{2, 3}, {0, 0, 0, 0.5, 0, 0.5});
  const D z = leaf(D(Shape{2, 2, 2}, {1, 5, 1, 6, 1, 7, 2, 5}));
  expect_equal(gradient_of(amin(z, {0, 2}), z, vector({6, 6})), Shape{2, 2, 2},
               {3, 0, 6, 0, 3, 0, 0, 0});
  expect_equal(gradient_of(amin(z, {0, 2}, true), z, D(Shape{1, 2, 1}, {6, 6})), Shape{2, 2, 2},
               {3, 0, 6, 0, 3, 0, 0, 0});
}

TEST(Amax, PropagatesNaNAndSendsItTheGradient) {
  const D x = leaf(vector({1, nan, 3, nan}));
  EXPECT_TRUE(std::isnan(amax(x).item()));
  expect_equal(gradient_of(amax(x, {0}), x, D(1.0)), Shape{4}, {0, 0.5, 0, 0.5});
  const D infinite = leaf(vector({1, 2}));
  expect_equal(gradient_of(amax(infinite), infinite, D(inf)), Shape{2}, {0, inf});
}

TEST(Amax, OfNothingIsAnError) {
  const D x = D::uninitialised(Shape{0, 2});
  EXPECT_THAT(error_of([&] { amax(x); }),
              HasSubstr("amax(): Expected reduction dim to be specified for input.numel() == 0"));
  EXPECT_THAT(error_of([&] { amin(x, {0}); }),
              HasSubstr("amin(): Expected reduction dim 0 to have non-zero size"));
  EXPECT_EQ(amax(x, {1}).shape(), Shape{0});
}

TEST(Argmax, GivesTheFirstGreatestEntrysIndex) {
  const D x(Shape{2, 3}, {1, 7, 7, 9, 2, 9});
  expect_equal(argmax(x, 1), Shape{2}, {1, 0});
  expect_equal(argmax(x, 0, true), Shape{1, 3}, {1, 0, 1});
  expect_equal(argmax(x, -1), Shape{2}, {1, 0});
  EXPECT_EQ(argmax(x).item(), 3);
  EXPECT_EQ(argmax(vector({1, nan, 5, nan})).item(), 1);
  EXPECT_EQ(argmax(D(4.0)).item(), 0);
  EXPECT_EQ(argmax(D(4.0), -1).item(), 0);
  EXPECT_EQ(argmax(D::uninitialised(Shape{0, 2}), 1).shape(), Shape{0});
  EXPECT_FALSE(argmax(leaf(x)).requires_grad());
  EXPECT_THAT(error_of([] { argmax(D::uninitialised(Shape{0})); }),
              HasSubstr("argmax(): Expected reduction dim to be specified"));
}

double lower_median(std::vector<double> entries) {
  std::sort(entries.begin(), entries.end());
  return entries[(entries.size() - 1) / 2];
}

TEST(Median, IsTheLowerMiddleEntry) {
  EXPECT_EQ(median(vector({3, 1, 2})).item(), 2);
  EXPECT_EQ(median(vector({4, 1, 3, 2})).item(), 2);
  EXPECT_EQ(median(D(5.0)).item(), 5);
  const D x(Shape{2, 4}, {4, 1, 3, 2, 9, 9, 0, 9});
  expect_equal(median(x, 1), Shape{2}, {2, 9});
  expect_equal(median(x, -2, true), Shape{1, 4}, {4, 1, 0, 2});
  for (const std::int64_t n : {1, 2, 7, 8, 100, 101}) {
    const D many = varied(Shape{n});
    EXPECT_EQ(median(many).item(), lower_median({many.entries().begin(), many.entries().end()}));
  }
}

TEST(Median, WithDimGivesTheGradientToOneEntryWithoutToAllEquals) {
  const D x = leaf(D(Shape{2, 4}, {4, 1, 3, 2, 9, 9, 0, 9}));
  expect_equal(gradient_of(median(x, 1), x, vector({2, 3})), Shape{2, 4}, {0, 0, 0, 2, 3, 0, 0, 0});
  const D z = leaf(vector({5, 1, 5, 9, 5}));
  expect_equal(gradient_of(median(z), z, D(3.0)), Shape{5}, {1, 0, 1, 0, 1});
}

TEST(Median, OfNaNIsNaNAndOfNothingNaNOrAnError) {
  const D x = leaf(vector({1, nan, 3}));
  EXPECT_TRUE(std::isnan(median(x).item()));
  expect_equal(gradient_of(median(x, 0), x, D(2.0)), Shape{3}, {0, 2, 0});
  EXPECT_TRUE(std::isnan(median(D::uninitialised(Shape{0})).item()));
  const D nothing = leaf(Shape{0, 2});
  EXPECT_EQ(gradient_of(median(nothing), nothing, D(1.0)).shape(), (Shape{0, 2}));
  EXPECT_THAT(error_of([&] { median(nothing, 0); }),
              HasSubstr("median(): Expected reduction dim 0 to have non-zero size"));
  EXPECT_EQ(median(nothing, 1).shape(), Shape{0});
}

TEST(Median, DerivativesMatchDifferences) {
  expect_derivatives([](const Tensors& x) { return median(x[0]); }, {varied(Shape{2, 3})});
  for (const std::int64_t dim : {0, 1, -1})
    for (const bool keepdim : {false, true})
      expect_derivatives([&](const Tensors& x) { return median(x[0], dim, keepdim); },
                         {varied(Shape{2, 4, 2})});
}

}  // namespace
}  // namespace verigrad
