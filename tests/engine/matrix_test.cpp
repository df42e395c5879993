// Products of matrices and vectors.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::HasSubstr;

TEST(MatMul, MultipliesMatricesAndVectors) {
  const D a = counted(Shape{2, 3}), b = counted(Shape{3, 2}), x = vector({1, 2, 3});
  expect_equal(matmul(a, b), Shape{2, 2}, {10, 13, 28, 40});
  expect_equal(matmul(a, x), Shape{2}, {8, 26});
  expect_equal(matmul(x, b), Shape{2}, {16, 22});
  expect_equal(matmul(x, x), Shape{}, {14});
  EXPECT_EQ(dot(x, x).item(), 14);
}

/// Sums over products of entries found by their multi-indices, broadcasting by clamping them.
D matmul_by_hand(const D& a, const D& b) {
  const D y = matmul(a, b);
  const Shape sa = a.shape().rank() == 1 ? Shape{1, a.shape()[0]} : a.shape();
  const Shape sb = b.shape().rank() == 1 ? Shape{b.shape()[0], 1} : b.shape();
  Shape full = y.shape();
  if (a.shape().rank() == 1) full = full.inserted(full.rank() - (b.shape().rank() == 1 ? 0 : 1), 1);
  if (b.shape().rank() == 1) full = full.inserted(full.rank(), 1);
  auto at = [&](const D& t, const Shape& s, const std::vector<std::int64_t>& index) {
    std::int64_t place = 0;
    for (std::size_t d = 0; d < s.rank(); ++d)
      place = place * s[d] + std::min(index[index.size() - s.rank() + d], s[d] - 1);
    return t[place];
  };
  D result = D::uninitialised(y.shape());
  for (std::int64_t i = 0; i < y.numel(); ++i) {
    std::vector<std::int64_t> index(full.rank());
    std::int64_t rest = i;
    for (std::size_t d = full.rank(); d-- > 0; rest /= full[d]) index[d] = rest % full[d];
    double total = 0;
    for (std::int64_t k = 0; k < sa[sa.rank() - 1]; ++k) {
      std::vector<std::int64_t> left = index, right = index;
      left.back() = k;
      right[right.size() - 2] = k;
      total += at(a, sa, left) * at(b, sb, right);
    }
    result.mutable_data()[i] = total;
  }
  return result;
}

const std::vector<std::pair<Shape, Shape>>& matmul_forms() {
  static const std::vector<std::pair<Shape, Shape>> forms = {
      {Shape{3}, Shape{3}},
      {Shape{2, 3}, Shape{3}},
      {Shape{3}, Shape{3, 2}},
      {Shape{2, 3}, Shape{3, 4}},
      {Shape{1, 1}, Shape{1, 1}},
      {Shape{1, 3}, Shape{3, 1}},
      {Shape{2, 2, 3}, Shape{3, 4}},
      {Shape{2, 2, 3}, Shape{3}},
      {Shape{3}, Shape{2, 3, 2}},
      {Shape{2, 3}, Shape{2, 3, 2}},
      {Shape{2, 2, 3}, Shape{2, 3, 2}},
      {Shape{2, 1, 2, 3}, Shape{3, 3, 2}},
      {Shape{1, 2, 3}, Shape{2, 3, 1}},
      {Shape{2, 2, 3}, Shape{1, 3, 2}},
      {Shape{0, 3}, Shape{3, 2}},
      {Shape{2, 0}, Shape{0, 3}},
      {Shape{0}, Shape{0}},
      {Shape{2, 0}, Shape{0}},
      {Shape{0, 2, 3}, Shape{3, 2}},
      {Shape{2, 2, 0}, Shape{2, 0, 2}},
      {Shape{0, 2, 3}, Shape{1, 3, 2}},
  };
  return forms;
}

TEST(MatMul, BroadcastsItsLeadingDims) {
  for (const auto& [left, right] : matmul_forms()) {
    const D a = varied(left), b = varied(right, 1);
    const D got = matmul(a, b), expected = matmul_by_hand(a, b);
    for (std::int64_t i = 0; i < got.numel(); ++i)
      EXPECT_NEAR(got[i], expected[i], 1e-14) << to_string(left) << " @ " << to_string(right);
  }
  EXPECT_EQ(matmul(varied(Shape{2, 1, 2, 3}), varied(Shape{3, 3, 2})).shape(), (Shape{2, 3, 2, 2}));
  EXPECT_EQ(matmul(varied(Shape{3}), varied(Shape{2, 3, 4})).shape(), (Shape{2, 4}));
}

/// Integers from -3 to 3, whose sums of products are exact in any order.
D integers(const Shape& shape, std::int64_t step) {
  D result = D::uninitialised(shape);
  for (std::int64_t i = 0; i < result.numel(); ++i)
    result.mutable_data()[i] = static_cast<double>((i * step + i / 7) % 7 - 3);
  return result;
}

Tensor<float> narrow(const D& x) {
  return {x.shape(), std::vector<float>(x.entries().begin(), x.entries().end())};
}

template <class T>
void expect_entries(const Tensor<T>& got, const D& expected) {
  EXPECT_THAT(got.entries(), testing::ElementsAreArray(expected.entries()));
}

/// Which loops multiply depends on the sizes: about those that fill vector registers, and about
/// those from which on factors are packed.
TEST(MatMul, OfMatricesOfAnySizesIsExactOnIntegers) {
  for (const std::int64_t rows : {1, 2, 3, 4, 16})
    for (const std::int64_t inner : {1, 2, 5, 16, 33})
      for (const std::int64_t columns : {1, 2, 4, 7, 8, 9, 16, 24, 32, 50}) {
        const D a = leaf(integers(Shape{rows, inner}, 3)),
                b = leaf(integers(Shape{inner, columns}, 5));
        const D g = integers(Shape{rows, columns}, 4), y = matmul(a, b);
        SCOPED_TRACE(times_string(a.shape()) + " @ " + times_string(b.shape()));
        const D expected = matmul_by_hand(a, b);
        expect_entries(y, expected);
        expect_entries(matmul(narrow(a), narrow(b)), expected);
        expect_entries(gradient_of(y, a, g), matmul_by_hand(g, transpose(b, 0, 1)));
        expect_entries(gradient_of(matmul(a, b), b, g), matmul_by_hand(transpose(a, 0, 1), g));
      }
}

TEST(MatMul, OverAnEmptyInnerDimIsZero) {
  expect_equal(matmul(D::uninitialised(Shape{2, 0}), D::uninitialised(Shape{0, 2})), Shape{2, 2},
               {0, 0, 0, 0});
  EXPECT_EQ(matmul(D::uninitialised(Shape{0}), D::uninitialised(Shape{0})).item(), 0);
}

TEST(MatMul, DerivativesMatchDifferencesInEveryForm) {
  for (const auto& [left, right] : matmul_forms()) {
    SCOPED_TRACE(to_string(left) + " @ " + to_string(right));
    expect_derivatives([](const Tensors& x) { return matmul(x[0], x[1]); },
                       {varied(left), varied(right, 1)});
  }
  expect_derivatives([](const Tensors& x) { return dot(x[0], x[1]); },
                     {varied(Shape{3}), varied(Shape{3}, 1)});
}

TEST(MatMul, OfAMatrixWithItselfHasTheRightDerivative) {
  expect_derivatives([](const Tensors& x) { return matmul(x[0], x[0]); }, {varied(Shape{3, 3})});
  expect_derivatives([](const Tensors& x) { return matmul(transpose(x[0], 0, 1), x[0]); },
                     {varied(Shape{2, 3})});
}

TEST(MatMul, RefusesShapesThatDoNotFit) {
  auto error = [](const Shape& a, const Shape& b) {
    return error_of([&] { matmul(varied(a), varied(b)); });
  };
  EXPECT_THAT(error(Shape{2, 2}, Shape{3, 2}),
              HasSubstr("mat1 and mat2 shapes cannot be multiplied (2x2 and 3x2)"));
  EXPECT_THAT(error(Shape{2}, Shape{3, 2}),
              HasSubstr("mat1 and mat2 shapes cannot be multiplied (1x2 and 3x2)"));
  EXPECT_THAT(error(Shape{4, 2, 2}, Shape{3, 2}),
              HasSubstr("mat1 and mat2 shapes cannot be multiplied (8x2 and 3x2)"));
  EXPECT_THAT(error(Shape{2, 2}, Shape{3}),
              HasSubstr("size mismatch, got input (2), mat (2x2), vec (3)"));
  EXPECT_THAT(error(Shape{2}, Shape{3}),
              HasSubstr("inconsistent tensor size, expected tensor [2] and src [3]"));
  EXPECT_THAT(error(Shape{2, 2, 2}, Shape{2, 3, 2}), HasSubstr("to be: [2, 2] but got: [2, 3]"));
  EXPECT_THAT(error(Shape{2, 2, 2}, Shape{3, 2, 2}), HasSubstr("[2, 2, 2] and [3, 2, 2]"));
  EXPECT_THAT(error(Shape{}, Shape{3}),
              HasSubstr("both arguments to matmul need to be at least 1D, but they are 0D and 1D"));
  EXPECT_THAT(error_of([] {
                dot(varied(Shape{2, 2}), varied(Shape{2}));
              }),
              HasSubstr("1D tensors expected, but got 2D and 1D"));
  EXPECT_THAT(error_of([] { dot(varied(Shape{2}), varied(Shape{3})); }),
              HasSubstr("dot: inconsistent tensor size"));
}

TEST(Dot, OfManyEntriesKeepsItsDigits) {
  const std::int64_t n = 1'000'000;
  const std::vector<double> tenths(static_cast<std::size_t>(n), 0.1), ones(tenths.size(), 1.0);
  EXPECT_NEAR(dot(D(Shape{n}, tenths), D(Shape{n}, ones)).item(), 100000.0, 1e-10);
}

}  // namespace
}  // namespace verigrad
