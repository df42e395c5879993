// linear and layer_norm: values by loops, derivatives against differences, digits and edge cases.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::AllOf;
using testing::HasSubstr;

TEST(Linear, IsInputTimesTransposedWeightPlusBias) {
  const D x = varied(Shape{2, 2, 3}), w = varied(Shape{4, 3}, 1), b = varied(Shape{4}, 2);
  std::vector<double> expected;
  for (std::int64_t row = 0; row < 4; ++row)
    for (std::int64_t o = 0; o < 4; ++o) {
      double sum = b[o];
      for (std::int64_t k = 0; k < 3; ++k) sum += x[row * 3 + k] * w[o * 3 + k];
      expected.push_back(sum);
    }
  const D y = linear(x, w, b);
  EXPECT_EQ(y.shape(), (Shape{2, 2, 4}));
  expect_close(y, expected);
  expect_equal(linear(vector({1, 2}), D(Shape{1, 2}, {3, 4})), Shape{1}, {11});
  expect_equal(linear(vector({1, 2}), vector({3, 4})), Shape{}, {11});
  expect_equal(linear(D(Shape{2, 2}, {1, 2, 3, 4}), vector({1, 1}), 0.5), Shape{2}, {3.5, 7.5});
}

TEST(Linear, EmptySizes) {
  EXPECT_EQ(linear(varied(Shape{0, 3}), varied(Shape{4, 3})).shape(), (Shape{0, 4}));
  EXPECT_EQ(linear(varied(Shape{2, 3}), varied(Shape{0, 3})).shape(), (Shape{2, 0}));
  expect_equal(linear(varied(Shape{1, 0}), varied(Shape{2, 0}), vector({5, 6})), Shape{1, 2},
               {5, 6});
  const D x = leaf(Shape{0, 3}), w = leaf(Shape{4, 3});
  EXPECT_THAT(gradient_of(linear(x, w), w).entries(), testing::Each(0.0));
  EXPECT_EQ(gradient_of(linear(x, w), x).shape(), (Shape{0, 3}));
}

TEST(Linear, DerivativesMatchDifferences) {
  const TensorFunction f = [](const Tensors& at) { return linear(at[0], at[1], at[2]); };
  for (const Shape& shape : {Shape{3}, Shape{2, 3}, Shape{2, 2, 3}}) {
    expect_derivatives(f, {varied(shape), varied(Shape{4, 3}, 1), varied(Shape{4}, 2)});
    expect_derivatives(f, {varied(shape), varied(Shape{4, 3}, 1), D(0.5)});
    expect_derivatives(f, {varied(shape), varied(Shape{3}, 1), D(0.5)});
  }
}

TEST(Linear, RecordsPyTorchsNames) {
  const D x = leaf(Shape{2, 3}), w = leaf(Shape{4, 3}), b = leaf(Shape{4});
  EXPECT_EQ(linear(x, w, b).grad_fn(), "AddmmBackward0");
  EXPECT_EQ(linear(x, w).grad_fn(), "MmBackward0");
  EXPECT_EQ(linear(leaf(Shape{2, 2, 3}), w, b).grad_fn(), "ViewBackward0");
  EXPECT_EQ(linear(leaf(Shape{3}), w, b).grad_fn(), "AddBackward0");
}

TEST(Linear, RefusesWhatDoesNotFit) {
  EXPECT_THAT(error_of([] {
                linear(varied(Shape{2, 3}), varied(Shape{5, 4}));
              }),
              AllOf(HasSubstr("linear: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"),
                    HasSubstr("[2, 3]"), HasSubstr("[5, 4]")));
  EXPECT_THAT(error_of([] {
                linear(varied(Shape{2, 3}), varied(Shape{4, 3}), varied(Shape{3}));
              }),
              AllOf(HasSubstr("bias of shape [4], got [3]"), HasSubstr("[2, 3]")));
  EXPECT_THAT(error_of([] { linear(D(1.0), varied(Shape{3})); }), HasSubstr("at least 1D"));
}

std::vector<double> normalised_by_hand(const D& x, std::int64_t n, double eps) {
  std::vector<double> result;
  for (std::int64_t start = 0; start < x.numel(); start += n) {
    double mean = 0, variance = 0;
    for (std::int64_t k = 0; k < n; ++k) mean += x[start + k] / static_cast<double>(n);
    for (std::int64_t k = 0; k < n; ++k)
      variance += std::pow(x[start + k] - mean, 2) / static_cast<double>(n);
    for (std::int64_t k = 0; k < n; ++k)
      result.push_back((x[start + k] - mean) / std::sqrt(variance + eps));
  }
  return result;
}

TEST(LayerNorm, CentresAndScalesTheLastDims) {
  const D x = varied(Shape{2, 3, 4});
  expect_close(layer_norm(x, {4}), normalised_by_hand(x, 4, 1e-5));
  expect_close(layer_norm(x, {3, 4}), normalised_by_hand(x, 12, 1e-5));
  expect_close(layer_norm(x, {2, 3, 4}, D(1.0), D(0.0), D(0.5)), normalised_by_hand(x, 24, 0.5));
  const D w = varied(Shape{4}, 1), b = varied(Shape{4}, 2);
  std::vector<double> expected = normalised_by_hand(x, 4, 1e-5);
  for (std::size_t i = 0; i < expected.size(); ++i)
    expected[i] = expected[i] * w.entries()[i % 4] + b.entries()[i % 4];
  expect_close(layer_norm(x, {4}, w, b), expected);
}

TEST(LayerNorm, DerivativesMatchDifferences) {
  const D eps(1e-2);
  for (const Integers& sizes : {Integers{4}, Integers{3, 4}, Integers{2, 3, 4}}) {
    const TensorFunction f = [&](const Tensors& at) {
      return layer_norm(at[0], sizes, at[1], at[2], eps);
    };
    const Shape shape{std::span<const std::int64_t>(sizes)};
    expect_derivatives(f, {varied(Shape{2, 3, 4}), varied(shape, 1), varied(shape, 2)});
    expect_derivatives(f, {varied(Shape{2, 3, 4}), D(1.5), D(0.5)});
  }
  expect_derivatives([](const Tensors& at) { return layer_norm(at[0], {3}); }, {varied(Shape{3})});
}

/// Integers under an offset of 2^50 are exact, so that value and gradient must be those without it,
/// though the mean, 3.2 above the offset, is not.
TEST(LayerNorm, AnOffsetCostsNoDigits) {
  const D plain = leaf(vector({1, 2, 4, -8, 17})), moved = leaf(plain.detach() + D(0x1p50));
  const D v = vector({1, -2, 0.5, 3, 4});
  for (const double eps : {1e-5, 0.0}) {
    const D y = layer_norm(plain, {5}, D(1.0), D(0.0), D(eps));
    const D z = layer_norm(moved, {5}, D(1.0), D(0.0), D(eps));
    const D g = gradient_of(y, plain, v), h = gradient_of(z, moved, v);
    for (std::int64_t i = 0; i < 5; ++i) {
      EXPECT_NEAR(z[i], y[i], 1e-15);
      EXPECT_NEAR(h[i], g[i], 1e-15);
    }
  }
  const Tensor<float> x = Tensor<float>(Shape{4}, {10001, 10002, 10004, 9999}).requires_grad_();
  const Tensor<float> y = layer_norm(x, {4});
  y.backward(Tensor<float>(Shape{4}, {1, -2, 0.5, 3}));
  const D exact = leaf(vector({1, 2, 4, -1}));
  const D g = gradient_of(layer_norm(exact, {4}), exact, vector({1, -2, 0.5, 3}));
  for (std::int64_t i = 0; i < 4; ++i) EXPECT_NEAR(x.grad()[i], g[i], 1e-6);
}

/// Two entries x and -x become x / sqrt(x^2 + eps) and its negative, whose derivative is eps / (x^2
/// + eps)^(3/2), halved as both entries share the mean.
TEST(LayerNorm, TwoEntriesKeepTheDigitsOfEps) {
  for (const double eps : {1e-5, 1e-12}) {
    const D x = leaf(vector({0.25, -0.25}));
    const auto slope = [&](bool recorded) {
      const D y = select(layer_norm(x, {2}, D(1.0), D(0.0), D(eps)), 0, 0);
      return grad<double>(y, {x}, {.create_graph = recorded})[0];
    };
    const double expected = eps / std::pow(0.0625 + eps, 1.5) / 2;
    for (const bool recorded : {false, true}) {
      EXPECT_NEAR(slope(recorded)[0], expected, 1e-14 * expected);
      EXPECT_NEAR(slope(recorded)[1], -expected, 1e-14 * expected);
    }
    // d/dx of that: -3 x eps / (x^2 + eps)^(5/2), a quarter of it by either entry.
    const double curvature = -0.75 * eps / std::pow(0.0625 + eps, 2.5) / 4;
    const D second = gradient_of(slope(true), x, vector({1, 0}));
    EXPECT_NEAR(second[0], curvature, 1e-9 * std::abs(curvature) + 1e-14);
  }
}

TEST(LayerNorm, ConstantAndSingleEntries) {
  const D x = leaf(vector({3, 3}));
  expect_equal(layer_norm(x, {2}), Shape{2}, {0, 0});
  // (g - mean g) / sqrt(eps).
  expect_close(gradient_of(layer_norm(x, {2}), x, vector({1, 0})),
               {0.5 / std::sqrt(1e-5), -0.5 / std::sqrt(1e-5)});
  const D one = leaf(D(Shape{2, 1}, {3, -7}));
  expect_equal(layer_norm(one, {1}, D(2.0), vector({5})), Shape{2, 1}, {5, 5});
  expect_equal(gradient_of(layer_norm(one, {1}), one, D(Shape{2, 1}, {1, 2})), Shape{2, 1}, {0, 0});
  EXPECT_TRUE(std::isnan(layer_norm(vector({3, 3}), {2}, D(1.0), D(0.0), D(0.0))[0]));
  EXPECT_EQ(layer_norm(varied(Shape{0, 3}), {3}).shape(), (Shape{0, 3}));
  EXPECT_EQ(layer_norm(varied(Shape{2, 0}), {0}).shape(), (Shape{2, 0}));
  const D empty = leaf(Shape{0, 3}), w = leaf(Shape{3});
  EXPECT_THAT(gradient_of(layer_norm(empty, {3}, w), w).entries(), testing::Each(0.0));
}

TEST(LayerNorm, RefusesWhatDoesNotFit) {
  const D x = varied(Shape{2, 4});
  EXPECT_THAT(error_of([&] { layer_norm(x, {3}); }),
              AllOf(HasSubstr("layer_norm: Given normalized_shape=[3], expected input with shape "
                              "[*, 3], but got input of size[2, 4]")));
  EXPECT_THAT(error_of([&] { layer_norm(x, {1, 2, 4}); }), HasSubstr("[*, 1, 2, 4]"));
  EXPECT_THAT(error_of([&] { layer_norm(x, {}); }), HasSubstr("at least 1-dimensional"));
  EXPECT_THAT(error_of([&] { layer_norm(x, {4}, varied(Shape{2})); }),
              AllOf(HasSubstr("Expected weight to be of same shape as normalized_shape, but got "
                              "weight of shape [2] and normalized_shape = [4]"),
                    HasSubstr("[2, 4]")));
  EXPECT_THAT(error_of([&] {
                layer_norm(x, {4}, D(1.0), varied(Shape{1, 4}));
              }),
              HasSubstr("Expected bias"));
  EXPECT_EQ(layer_norm(leaf(x), {4}).grad_fn(), "NativeLayerNormBackward0");
}

}  // namespace
}  // namespace verigrad
