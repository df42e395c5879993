// Outer, batched and Kronecker products; diagonals and triangles.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::HasSubstr;

TEST(Outer, MultipliesEveryPair) {
  expect_equal(outer(vector({1, 2}), vector({3, 4, 5})), Shape{2, 3}, {3, 4, 5, 6, 8, 10});
  EXPECT_EQ(outer(varied(Shape{0}), varied(Shape{2})).shape(), (Shape{0, 2}));
  for (const auto& [left, right] : {std::pair{Shape{3}, Shape{2}}, std::pair{Shape{1}, Shape{1}},
                                    std::pair{Shape{0}, Shape{2}}, std::pair{Shape{2}, Shape{0}}})
    expect_derivatives([](const Tensors& x) { return outer(x[0], x[1]); },
                       {varied(left), varied(right, 1)});
  expect_derivatives([](const Tensors& x) { return outer(x[0], x[0]); }, {varied(Shape{3})});
  EXPECT_THAT(error_of([] {
                outer(varied(Shape{2, 2}), varied(Shape{2}));
              }),
              HasSubstr("outer: Expected 1-D arguments input and vec2, but got 2-D and 1-D"));
}

TEST(Bmm, MultipliesMatrixByMatrix) {
  const D a = varied(Shape{2, 2, 3}), b = varied(Shape{2, 3, 4}, 1), y = bmm(a, b);
  for (std::int64_t i = 0; i < 2; ++i) {
    const D one = matmul(select(a, 0, i), select(b, 0, i));
    for (std::int64_t k = 0; k < one.numel(); ++k) EXPECT_EQ(y[i * 8 + k], one[k]);
  }
  for (const auto& [left, right] :
       {std::pair{Shape{2, 2, 3}, Shape{2, 3, 4}}, std::pair{Shape{1, 1, 1}, Shape{1, 1, 1}},
        std::pair{Shape{0, 2, 3}, Shape{0, 3, 2}}, std::pair{Shape{2, 2, 0}, Shape{2, 0, 2}}})
    expect_derivatives([](const Tensors& x) { return bmm(x[0], x[1]); },
                       {varied(left), varied(right, 1)});
  EXPECT_THAT(error_of([] {
                bmm(varied(Shape{2, 2}), varied(Shape{2, 2, 2}));
              }),
              HasSubstr("bmm: batch1 must be a 3D tensor"));
  EXPECT_THAT(error_of([] {
                bmm(varied(Shape{2, 2, 2}), varied(Shape{2}));
              }),
              HasSubstr("bmm: batch2 must be a 3D tensor"));
  EXPECT_THAT(error_of([] {
                bmm(varied(Shape{2, 2, 3}), varied(Shape{1, 3, 2}));
              }),
              HasSubstr("Expected size for first two dimensions of batch2 tensor to be: [2, 3] but "
                        "got: [1, 3]"));
}

TEST(Kron, PlacesBlocks) {
  expect_equal(kron(D(Shape{2, 2}, {1, 2, 3, 4}), D(Shape{1, 2}, {5, 6})), Shape{2, 4},
               {5, 6, 10, 12, 15, 18, 20, 24});
  expect_equal(kron(vector({1, 2}), vector({3, 4})), Shape{4}, {3, 4, 6, 8});
  expect_equal(kron(vector({1, 2}), D(Shape{2, 1}, {3, 4})), Shape{2, 2}, {3, 6, 4, 8});
  EXPECT_EQ(kron(D(2.0), D(3.0)).item(), 6);
  for (const auto& [left, right] :
       {std::pair{Shape{2, 3}, Shape{2, 2}}, std::pair{Shape{2}, Shape{2, 3}},
        std::pair{Shape{}, Shape{}}, std::pair{Shape{}, Shape{2}}, std::pair{Shape{1, 1}, Shape{2}},
        std::pair{Shape{0, 2}, Shape{2, 2}}, std::pair{Shape{2, 1, 2}, Shape{2, 2}}}) {
    SCOPED_TRACE(to_string(left) + " kron " + to_string(right));
    expect_derivatives([](const Tensors& x) { return kron(x[0], x[1]); },
                       {varied(left), varied(right, 1)});
  }
  EXPECT_THAT(error_of([] {
                kron(varied(Shape{1, 1, 1, 1, 1}), varied(Shape{2}));
              }),
              HasSubstr("kron: tensors of more than 4 dims are not supported"));
}

TEST(Diag, ReadsAndBuildsDiagonals) {
  const D m = counted(Shape{2, 3});
  expect_equal(diag(m), Shape{2}, {0, 4});
  expect_equal(diag(m, 1), Shape{2}, {1, 5});
  expect_equal(diag(m, 2), Shape{1}, {2});
  expect_equal(diag(m, -1), Shape{1}, {3});
  EXPECT_EQ(diag(m, 3).shape(), Shape{0});
  EXPECT_EQ(diag(m, -7).shape(), Shape{0});
  expect_equal(diag(vector({1, 2})), Shape{2, 2}, {1, 0, 0, 2});
  expect_equal(diag(vector({1, 2}), 1), Shape{3, 3}, {0, 1, 0, 0, 0, 2, 0, 0, 0});
  expect_equal(diag(vector({1}), -1), Shape{2, 2}, {0, 0, 1, 0});
  EXPECT_EQ(diag(varied(Shape{0})).shape(), (Shape{0, 0}));
  EXPECT_THAT(error_of([] { diag(D(1.0)); }), HasSubstr("diag: matrix or a vector expected"));
  EXPECT_THAT(error_of([] { diag(varied(Shape{2}), std::numeric_limits<std::int64_t>::max()); }),
              HasSubstr("diag: diagonal 9223372036854775807 is out of range"));
}

TEST(Diag, DerivativesMatchDifferences) {
  for (const Shape& shape :
       {Shape{3}, Shape{1}, Shape{0}, Shape{2, 3}, Shape{3, 2}, Shape{1, 1}, Shape{0, 2}})
    for (const std::int64_t offset : {-2, -1, 0, 1, 2}) {
      SCOPED_TRACE(to_string(shape));
      expect_derivatives([&](const Tensors& x) { return diag(x[0], offset); }, {varied(shape)});
    }
}

TEST(Trace, SumsTheDiagonal) {
  EXPECT_EQ(trace(counted(Shape{2, 3})).item(), 4);
  EXPECT_EQ(trace(counted(Shape{3, 3})).item(), 12);
  EXPECT_EQ(trace(varied(Shape{0, 2})).item(), 0);
  for (const Shape& shape : {Shape{2, 3}, Shape{3, 2}, Shape{1, 1}, Shape{0, 2}})
    expect_derivatives([](const Tensors& x) { return trace(x[0]); }, {varied(shape)});
  const D x = leaf(Shape{2, 2});
  expect_equal(gradient_of(trace(x), x, D(inf)), Shape{2, 2}, {inf, 0, 0, inf});
  EXPECT_THAT(error_of([] { trace(varied(Shape{2})); }),
              HasSubstr("trace: expected a matrix, but got a 1D tensor of shape [2]"));
}

TEST(Triangles, KeepOneSideOfADiagonal) {
  const D m = D(Shape{2, 3}, {1, 2, 3, 4, 5, 6});
  expect_equal(tril(m), Shape{2, 3}, {1, 0, 0, 4, 5, 0});
  expect_equal(tril(m, 1), Shape{2, 3}, {1, 2, 0, 4, 5, 6});
  expect_equal(tril(m, -1), Shape{2, 3}, {0, 0, 0, 4, 0, 0});
  expect_equal(triu(m), Shape{2, 3}, {1, 2, 3, 0, 5, 6});
  expect_equal(triu(m, 1), Shape{2, 3}, {0, 2, 3, 0, 0, 6});
  expect_equal(triu(m, -1), Shape{2, 3}, {1, 2, 3, 4, 5, 6});
  expect_equal(triu(D(Shape{1, 1}, {nan}), 1), Shape{1, 1}, {0});
  EXPECT_EQ(tril(m, std::numeric_limits<std::int64_t>::min())[0], 0);
  EXPECT_EQ(triu(m, std::numeric_limits<std::int64_t>::min())[0], 1);
  for (const Shape& shape : {Shape{2, 3}, Shape{3, 2}, Shape{2, 2, 3}, Shape{0, 2}, Shape{1, 1}})
    for (const std::int64_t offset : {-2, -1, 0, 1}) {
      expect_derivatives([&](const Tensors& x) { return tril(x[0], offset); }, {varied(shape)});
      expect_derivatives([&](const Tensors& x) { return triu(x[0], offset); }, {varied(shape)});
    }
  EXPECT_THAT(error_of([] { tril(varied(Shape{2})); }),
              HasSubstr("tril: input tensor must have at least 2 dimensions"));
  EXPECT_THAT(error_of([] { triu(D(1.0)); }),
              HasSubstr("triu: input tensor must have at least 2 dimensions"));
}

}  // namespace
}  // namespace verigrad
