// Running sums and products.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::HasSubstr;

const std::vector<std::pair<Shape, std::int64_t>>& forms() {
  static const std::vector<std::pair<Shape, std::int64_t>> all = {
      {Shape{5}, 0},    {Shape{2, 3}, 0},    {Shape{2, 3}, -1}, {Shape{2, 3, 2}, 1},
      {Shape{3, 1}, 1}, {Shape{2, 7, 1}, 1}, {Shape{}, 0},      {Shape{}, -1},
      {Shape{0, 2}, 1}, {Shape{2, 0}, 1}};
  return all;
}

TEST(CumSum, AddsAlongADim) {
  expect_equal(cumsum(vector({1, 2, 3}), 0), Shape{3}, {1, 3, 6});
  expect_equal(cumsum(counted(Shape{2, 3}), 0), Shape{2, 3}, {0, 1, 2, 3, 5, 7});
  expect_equal(cumsum(counted(Shape{2, 3}), -1), Shape{2, 3}, {0, 1, 3, 3, 7, 12});
  const D infinite = cumsum(vector({1, inf, 1, -inf}), 0);
  EXPECT_EQ(infinite[2], inf);
  EXPECT_TRUE(std::isnan(infinite[3]));
}

/// Adding one after the other would be off by 1.3e-6.
TEST(CumSum, OfManyEntriesKeepsItsDigits) {
  const std::int64_t n = 1'000'000;
  const std::vector<double> tenths(static_cast<std::size_t>(n), 0.1);
  EXPECT_NEAR(cumsum(D(Shape{n}, tenths), 0)[n - 1], 100000.0, 1e-10);
}

TEST(CumProd, MultipliesAlongADim) {
  expect_equal(cumprod(vector({2, 3, 4}), 0), Shape{3}, {2, 6, 24});
  expect_equal(cumprod(counted(Shape{2, 3}), 0), Shape{2, 3}, {0, 1, 2, 0, 4, 10});
  expect_equal(cumprod(counted(Shape{2, 3}), -1), Shape{2, 3}, {0, 0, 0, 3, 12, 60});
}

TEST(Scan, DerivativesMatchDifferencesInEveryForm) {
  for (const auto& [shape, along] : forms()) {
    SCOPED_TRACE(to_string(shape));
    const std::int64_t dim = along;
    expect_derivatives([&](const Tensors& x) { return cumsum(x[0], dim); }, {varied(shape)});
    expect_derivatives([&](const Tensors& x) { return cumprod(x[0], dim); }, {varied(shape)});
  }
}

TEST(CumProd, DerivativeSurvivesZerosAtBothOrders) {
  const D x = leaf(vector({2, 0, 3}));
  expect_equal(gradient_of(cumprod(x, 0), x, vector({1, 1, 1})), Shape{3}, {1, 8, 0});
  for (const D& zeros : {vector({2, 0, 3, 4, 5}), vector({0, 5, 0, 7, 2}), vector({0, 0, 0, 0, 0}),
                         vector({0, 1, 2, 3, 4}), vector({4, 3, 2, 1, 0})})
    expect_derivatives([](const Tensors& at) { return cumprod(at[0], 0); }, {zeros});
  expect_derivatives([](const Tensors& at) { return cumprod(at[0], 1); },
                     {D(Shape{2, 3}, {0, 0, 1, 0, 2, 3})});
}

/// Third order by differences of the second.
TEST(CumProd, IsDifferentiableAgain) {
  const auto second = [](const Tensors& at) {
    const D x = at[0].requires_grad() ? at[0] : leaf(at[0]);
    const D v = varied(x.shape(), 1);
    const D y = sum(cumprod(x, 0) * v);
    const D first_order = grad<double>(y, {x}, {.create_graph = true})[0];
    return grad<double>(sum(first_order * varied(x.shape(), 2)), {x}, {.create_graph = true})[0];
  };
  expect_vjp_matches_differences(second, {vector({1.5, 0, 2, -1})});
}

TEST(Scan, RefusesImpossibleDims) {
  EXPECT_THAT(error_of([] {
                cumsum(varied(Shape{2, 3}), 2);
              }),
              HasSubstr("cumsum: Dimension out of range (expected to be in range of [-2, 1], but "
                        "got 2)"));
  EXPECT_THAT(error_of([] {
                cumprod(varied(Shape{2, 3}), -3);
              }),
              HasSubstr("cumprod: Dimension out of range"));
}

}  // namespace
}  // namespace verigrad
