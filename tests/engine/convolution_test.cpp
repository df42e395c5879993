// conv1d and conv2d against seven nested loops, and their derivatives to second order against
// differences.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::AllOf;
using testing::HasSubstr;

struct Case {
  Shape input, weight;
  Integers stride{1, 1}, padding{0, 0}, dilation{1, 1};
  std::int64_t groups = 1;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {Shape{1, 1, 3, 3}, Shape{1, 1, 2, 2}},
      {Shape{2, 2, 4, 5}, Shape{3, 2, 2, 3}},
      {Shape{1, 2, 4, 5}, Shape{2, 2, 3, 2}, {2, 1}, {1, 2}, {1, 2}},
      {Shape{2, 4, 3, 3}, Shape{6, 2, 2, 2}, {1, 2}, {1, 0}, {1, 1}, 2},
      {Shape{1, 2, 3, 4}, Shape{2, 1, 3, 1}, {3, 2}, {2, 1}, {2, 1}, 2},
      {Shape{2, 2, 3}, Shape{2, 2, 1, 2}},
      {Shape{1, 1, 1, 1}, Shape{1, 1, 1, 1}},
      {Shape{1, 1, 1, 1}, Shape{1, 1, 3, 3}, {1, 1}, {1, 1}},
  };
  return all;
}

std::vector<double> convolved_by_hand(const Case& c, const D& x, const D& w, const D& bias) {
  const std::size_t first = c.input.rank() == 4 ? 1 : 0;
  const std::int64_t batches = first == 1 ? c.input[0] : 1, channels = c.input[first];
  const std::int64_t rows = c.input[first + 1], columns = c.input[first + 2];
  const std::int64_t outputs = c.weight[0], own = c.weight[1], kh = c.weight[2], kw = c.weight[3];
  const std::int64_t oh =
      (rows + 2 * c.padding[0] - c.dilation[0] * (kh - 1) - 1) / c.stride[0] + 1;
  const std::int64_t ow =
      (columns + 2 * c.padding[1] - c.dilation[1] * (kw - 1) - 1) / c.stride[1] + 1;
  std::vector<double> result;
  for (std::int64_t b = 0; b < batches; ++b)
    for (std::int64_t o = 0; o < outputs; ++o)
      for (std::int64_t i = 0; i < oh; ++i)
        for (std::int64_t j = 0; j < ow; ++j) {
          double sum = bias[o];
          for (std::int64_t k = 0; k < own; ++k)
            for (std::int64_t u = 0; u < kh; ++u)
              for (std::int64_t v = 0; v < kw; ++v) {
                const std::int64_t channel = o / (outputs / c.groups) * own + k;
                const std::int64_t row = i * c.stride[0] + u * c.dilation[0] - c.padding[0];
                const std::int64_t column = j * c.stride[1] + v * c.dilation[1] - c.padding[1];
                if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
                sum += x[((b * channels + channel) * rows + row) * columns + column] *
                       w[((o * own + k) * kh + u) * kw + v];
              }
          result.push_back(sum);
        }
  return result;
}

/// The same over a line: the case's dim of rows is left out of every shape.
struct Line {
  explicit Line(const Case& c)
      : input(c.input.removed(c.input.rank() - 2)), weight(c.weight.removed(2)) {}
  Shape input, weight;
};

TEST(Convolution, AgreesWithNestedLoops) {
  for (const Case& c : cases()) {
    const D x = varied(c.input), w = varied(c.weight, 1), b = varied(Shape{c.weight[0]}, 2);
    const D y = conv2d(x, w, b, c.stride, c.padding, c.dilation, c.groups);
    EXPECT_EQ(y.shape().rank(), c.input.rank());
    expect_close(y, convolved_by_hand(c, x, w, b));
  }
}

TEST(Convolution, OfALineIsOneOfHeightOne) {
  for (Case c : cases()) {
    const std::size_t rows = c.input.rank() - 2;
    c.input = c.input.with(rows, 1);
    c.weight = c.weight.with(2, 1);
    c.stride[0] = 1;
    c.padding[0] = 0;
    const Line line(c);
    const D x = varied(line.input), w = varied(line.weight, 1), b = varied(Shape{c.weight[0]}, 2);
    const D y = conv1d(x, w, b, {c.stride[1]}, {c.padding[1]}, {c.dilation[1]}, c.groups);
    EXPECT_EQ(y.shape().rank(), line.input.rank());
    expect_close(y, convolved_by_hand(c, reshape(x, c.input), reshape(w, c.weight), b));
  }
}

TEST(Convolution, OneNumberStandsForEveryDim) {
  const D x = varied(Shape{1, 1, 5, 5}), w = varied(Shape{1, 1, 2, 2}, 1);
  EXPECT_THAT(conv2d(x, w, 0.0, {2}, {1}, {2}).entries(),
              testing::ElementsAreArray(conv2d(x, w, 0.0, {2, 2}, {1, 1}, {2, 2}).entries()));
  EXPECT_EQ(conv2d(x, w).shape(), (Shape{1, 1, 4, 4}));
  EXPECT_EQ(conv2d(x, w, 2.0)[3], conv2d(x, w)[3] + 2);
}

/// The zeros that padding="same" stands for, written out: dilation (k - 1) along each dim, an odd
/// number with the greater part behind (PyTorch's documentation of Conv2d).
TEST(Convolution, SameIsAnExplicitPad) {
  const D line = vector({1, 2, 3, 4}), pair = reshape(vector({1, 10}), Shape{1, 1, 2});
  expect_equal(conv1d(reshape(line, Shape{1, 4}), pair, 0.0, {1}, "same"), Shape{1, 4},
               {21, 32, 43, 4});
  struct Same {
    Shape kernel;
    Integers dilation, pad;
  };
  const D x = varied(Shape{2, 4, 3, 5}), b = varied(Shape{4}, 2);
  for (const Same& c :
       {Same{Shape{3, 3}, {1}, {1, 1, 1, 1}}, Same{Shape{1, 1}, {3}, {0, 0, 0, 0}},
        Same{Shape{2, 4}, {1}, {1, 2, 0, 1}}, Same{Shape{4, 2}, {1, 3}, {1, 2, 1, 2}},
        Same{Shape{3, 2}, {2, 5}, {2, 3, 2, 2}}}) {
    const D w = varied(Shape{4, 2, c.kernel[0], c.kernel[1]}, 1);
    const D y = conv2d(x, w, b, {1}, "same", c.dilation, 2);
    EXPECT_EQ(y.shape(), (Shape{2, 4, 3, 5}));
    const D padded = conv2d(pad(x, c.pad), w, b, {1}, {0}, c.dilation, 2);
    EXPECT_THAT(y.entries(), testing::ElementsAreArray(padded.entries()));
    const TensorFunction f = [&](const Tensors& at) {
      return square(conv2d(at[0], at[1], at[2], {1}, "same", c.dilation, 2));
    };
    expect_derivatives(f, {x, w, b});
  }
}

TEST(Convolution, ValidIsNoPadding) {
  const D x = varied(Shape{2, 7}), w = varied(Shape{3, 2, 2}, 1);
  for (const std::int64_t stride : {1, 2})
    EXPECT_THAT(conv1d(x, w, 0.0, {stride}, "valid").entries(),
                testing::ElementsAreArray(conv1d(x, w, 0.0, {stride}, {0}).entries()));
}

TEST(Convolution, DerivativesMatchDifferences) {
  for (const Case& c : cases()) {
    const TensorFunction f = [&](const Tensors& at) {
      return conv2d(at[0], at[1], at[2], c.stride, c.padding, c.dilation, c.groups);
    };
    expect_derivatives(f, {varied(c.input), varied(c.weight, 1), varied(Shape{c.weight[0]}, 2)});
  }
  const Case& c = cases()[3];
  const TensorFunction f = [&](const Tensors& at) {
    return conv1d(at[0], at[1], at[2], {2}, {1}, {1}, c.groups);
  };
  const Line line(c);
  expect_derivatives(f, {varied(line.input), varied(line.weight, 1), D(0.5)});
  expect_derivatives([&](const Tensors& at) { return square(f(at)); },
                     {varied(line.input), varied(line.weight, 1), varied(Shape{6}, 2)});
}

/// Third order: v . conv(x, w) is linear in each, so that the derivative of the gradient's gradient
/// must be recorded through both internal operations.
TEST(Convolution, EveryOrderIsRecorded) {
  const TensorFunction gradient = [](const Tensors& at) {
    const D x = at[0].requires_grad() ? at[0] : leaf(at[0]);
    const D y = sum(square(conv1d(x, at[1], 0.0, {2}, {1})));
    return grad<double>(y, {x}, {.create_graph = true})[0];
  };
  expect_derivatives(gradient, {varied(Shape{2, 5}), varied(Shape{3, 2, 2}, 1)});
}

TEST(Convolution, EmptySizes) {
  EXPECT_EQ(conv2d(varied(Shape{0, 2, 3, 3}), varied(Shape{4, 2, 2, 2})).shape(),
            (Shape{0, 4, 2, 2}));
  expect_equal(conv1d(varied(Shape{1, 0, 2}), varied(Shape{1, 0, 2}), vector({3})), Shape{1, 1, 1},
               {3});
  const D x = leaf(Shape{0, 2, 3}), w = leaf(Shape{1, 2, 2});
  EXPECT_EQ(gradient_of(conv1d(x, w), x).shape(), x.shape());
  EXPECT_THAT(gradient_of(conv1d(x, w), w).entries(), testing::Each(0.0));
}

TEST(Convolution, RefusesWhatDoesNotFit) {
  const D x = varied(Shape{1, 2, 5, 5}), w = varied(Shape{4, 3, 3, 3});
  EXPECT_THAT(error_of([&] { conv2d(x, w); }),
              AllOf(HasSubstr("conv2d: Given groups=1, weight of size [4, 3, 3, 3], expected "
                              "input[1, 2, 5, 5] to have 3 channels, but got 2 channels instead")));
  EXPECT_THAT(error_of([&] {
                conv2d(varied(Shape{5, 5}), w);
              }),
              AllOf(HasSubstr("Expected 3D (unbatched) or 4D (batched) input to conv2d, but got "
                              "input of size: [5, 5]"),
                    HasSubstr("[4, 3, 3, 3]")));
  EXPECT_THAT(error_of([&] {
                conv1d(varied(Shape{2, 2}), varied(Shape{1, 2, 3}));
              }),
              HasSubstr("Calculated padded input size per channel: (2). Kernel size: (3). Kernel "
                        "size can't be greater than actual input size"));
  EXPECT_THAT(error_of([&] {
                conv2d(x, varied(Shape{3, 1, 1, 1}), 0.0, {1}, {0}, {1}, 2);
              }),
              HasSubstr("Given groups=2, expected weight to be at least 2 at dimension 0"));
  const D fits = varied(Shape{4, 2, 3, 3});
  EXPECT_THAT(error_of([&] { conv2d(x, fits, varied(Shape{3})); }),
              AllOf(HasSubstr("expected bias to be 1-dimensional with 4 elements, but got bias of "
                              "size [3]"),
                    HasSubstr("[1, 2, 5, 5]")));
  EXPECT_THAT(error_of([&] { conv2d(x, fits, 0.0, {0}); }),
              HasSubstr("non-positive stride is not supported"));
  EXPECT_THAT(error_of([&] { conv2d(x, fits, 0.0, {1}, {-1}); }),
              HasSubstr("negative padding is not supported"));
  EXPECT_THAT(error_of([&] {
                conv2d(x, fits, 0.0, {1, 2}, "same");
              }),
              HasSubstr("padding='same' is not supported for strided convolutions, got "
                        "stride=[1, 2]"));
  EXPECT_THAT(error_of([&] { conv2d(x, fits, 0.0, {1}, "full"); }),
              HasSubstr("conv2d: Invalid padding string: 'full'"));
  EXPECT_THAT(error_of([&] { conv2d(x, fits, 0.0, {1}, {0}, {0}); }),
              HasSubstr("dilation should be greater than zero"));
  EXPECT_THAT(error_of([&] { conv2d(x, fits, 0.0, {1}, {0}, {1}, 0); }),
              HasSubstr("non-positive groups is not supported"));
  EXPECT_THAT(error_of([&] {
                conv2d(x, fits, 0.0, {1, 1, 1});
              }),
              HasSubstr("expected stride to be a single integer value or a list of 2 values"));
}

TEST(Convolution, RecordsPyTorchsNames) {
  const D w = leaf(Shape{1, 2, 2});
  EXPECT_EQ(conv1d(varied(Shape{1, 2, 3}), w).grad_fn(), "ConvolutionBackward0");
  EXPECT_EQ(conv1d(varied(Shape{2, 3}), w).grad_fn(), "SqueezeBackward1");
}

}  // namespace
}  // namespace verigrad
