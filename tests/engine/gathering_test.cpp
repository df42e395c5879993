// gather and index_select: values against loops over multi-indices, gradients that add up at
// repeated places, and what is refused.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::AllOf;
using testing::HasSubstr;

/// Entries 0 … below - 1, with repetitions.
D some_indices(const Shape& shape, std::int64_t below) {
  D index = D::uninitialised(shape);
  for (std::int64_t i = 0; i < index.numel(); ++i)
    index.mutable_data()[i] = static_cast<double>((7 * i + 3) % 5 % below);
  return index;
}

/// gather by its definition for rank 3, the multi-index worked out by division.
std::vector<double> gathered_by_hand(const D& x, std::size_t dim, const D& index) {
  std::vector<double> result;
  const Shape &from = x.shape(), &to = index.shape();
  for (std::int64_t i = 0; i < to[0]; ++i)
    for (std::int64_t j = 0; j < to[1]; ++j)
      for (std::int64_t k = 0; k < to[2]; ++k) {
        std::int64_t at[] = {i, j, k};
        at[dim] = static_cast<std::int64_t>(index[(i * to[1] + j) * to[2] + k]);
        result.push_back(x[(at[0] * from[1] + at[1]) * from[2] + at[2]]);
      }
  return result;
}

TEST(Gather, TakesTheEntriesThatTheIndexNames) {
  const D x = counted(Shape{2, 2});
  expect_equal(gather(x, 1, D(Shape{2, 2}, {0, 0, 1, 0})), Shape{2, 2}, {0, 0, 3, 2});
  expect_equal(gather(x, 0, D(Shape{1, 2}, {1, 0})), Shape{1, 2}, {2, 1});
  expect_equal(gather(x, -1, D(Shape{2, 3}, {0, 1, 1, 1, 1, 0})), Shape{2, 3}, {0, 1, 1, 3, 3, 2});
  expect_equal(gather(D(4.0), 0, D(0.0)), Shape{}, {4});
  expect_equal(gather(D(4.0), 0, vector({0})), Shape{1}, {4});
  const D deep = varied(Shape{3, 2, 4});
  for (const auto& [dim, shape] : std::vector<std::pair<std::int64_t, Shape>>{
           {0, Shape{5, 2, 4}}, {0, Shape{2, 1, 3}}, {1, Shape{3, 3, 4}}, {2, Shape{2, 2, 6}}}) {
    const D index = some_indices(shape, deep.shape()[static_cast<std::size_t>(dim)]);
    const auto d = static_cast<std::size_t>(dim);
    EXPECT_THAT(gather(deep, dim, index).entries(),
                testing::ElementsAreArray(gathered_by_hand(deep, d, index)));
    EXPECT_THAT(gather(deep, dim - 3, index).entries(),
                testing::ElementsAreArray(gathered_by_hand(deep, d, index)));
  }
}

TEST(Gather, EmptyIndicesAndDims) {
  EXPECT_EQ(gather(varied(Shape{2, 3}), 1, D(Shape{2, 0}, {})).shape(), (Shape{2, 0}));
  EXPECT_EQ(gather(varied(Shape{0, 3}), 1, D(Shape{0, 2}, {})).shape(), (Shape{0, 2}));
  const D x = leaf(Shape{2, 3});
  const D none = gradient_of(gather(x, 0, D(Shape{0, 3}, {})), x);
  EXPECT_EQ(none.shape(), x.shape());
  EXPECT_THAT(none.entries(), testing::Each(0.0));
}

TEST(Gather, GradientsOfRepeatedPlacesAdd) {
  const D x = leaf(Shape{3});
  const D y = gather(x, 0, vector({2, 0, 2, 2}));
  expect_equal(gradient_of(y, x, vector({1, 10, 100, 1000})), Shape{3}, {10, 0, 1101});
  const D z = index_select(x, 0, vector({1, 1}));
  expect_equal(gradient_of(z, x, vector({1, 10})), Shape{3}, {0, 11, 0});
}

/// 2^53 plus many ones: a plain running sum would lose them all.
TEST(Gather, SumsAtAPlaceKeepTheirDigits) {
  const std::int64_t n = 1001;
  const D x = leaf(Shape{1});
  D v = D::uninitialised(Shape{n});
  std::fill_n(v.mutable_data(), n, 1.0);
  v.mutable_data()[0] = 0x1p53;
  const D zeros = broadcast_to(D(0.0), Shape{n});
  EXPECT_EQ(gradient_of(gather(x, 0, zeros), x, v).item(), 0x1p53 + 1000);
}

TEST(Gather, DerivativesMatchDifferences) {
  const D deep = varied(Shape{3, 2, 4});
  for (const std::int64_t dim : {0, 1, 2}) {
    const D index = some_indices(dim == 1 ? Shape{2, 3, 4} : Shape{3, 2, 4},
                                 deep.shape()[static_cast<std::size_t>(dim)]);
    expect_derivatives([&](const Tensors& at) { return gather(at[0], dim, index); }, {deep});
    expect_derivatives([&](const Tensors& at) { return square(gather(sin(at[0]), dim, index)); },
                       {deep});
    const D line = some_indices(Shape{4}, deep.shape()[static_cast<std::size_t>(dim)]);
    expect_derivatives([&](const Tensors& at) { return index_select(at[0], dim, line); }, {deep});
    expect_derivatives(
        [&](const Tensors& at) { return square(index_select(sin(at[0]), dim, line)); }, {deep});
  }
}

TEST(Gather, AnIndexTakesNoGradientAndChangingItIsNoticed) {
  const D x = leaf(Shape{3});
  D index = leaf(vector({0, 1}));
  EXPECT_FALSE(gather(varied(Shape{3}), 0, index).requires_grad());
  const D y = gather(x, 0, index);
  EXPECT_THAT(error_of([&] { grad<double>(sum(y), {index}); }), HasSubstr("allow_unused"));
  {
    NoGrad guard;
    index.mul_(D(2.0));
  }
  EXPECT_THAT(error_of([&] {
                y.backward(vector({1, 1}));
              }),
              HasSubstr("modified by an inplace operation"));
}

TEST(Gather, RefusesWhatIsNoIndex) {
  const D x = varied(Shape{3, 2});
  const auto error = [&](double entry) {
    return error_of([&] { gather(x, 0, D(Shape{1, 2}, {0, entry})); });
  };
  EXPECT_THAT(error(5), AllOf(HasSubstr("gather"),
                              HasSubstr("index 5 is out of bounds for dimension 0 with size 3"),
                              HasSubstr("entry [0, 1]"), HasSubstr("[1, 2]"), HasSubstr("[3, 2]")));
  EXPECT_THAT(error(3), HasSubstr("index 3 is out of bounds for dimension 0 with size 3"));
  EXPECT_THAT(error(-1), HasSubstr("index -1 is out of bounds"));
  EXPECT_THAT(error(inf), HasSubstr("index inf is out of bounds"));
  EXPECT_THAT(error(0.5), HasSubstr("index 0.5 is not an integer"));
  EXPECT_THAT(error(nan), HasSubstr("index nan is not an integer"));
  EXPECT_EQ(error(-0.0), "no error");
  EXPECT_THROW(gather(x, 0, D(Shape{1, 2}, {0, 7})), IndexError);
  EXPECT_THAT(error_of([&] { gather(x, 1, vector({0})); }),
              AllOf(HasSubstr("gather: Index tensor must have the same number of dimensions"),
                    HasSubstr("[1]"), HasSubstr("[3, 2]")));
  EXPECT_THAT(error_of([&] {
                gather(x, 1, varied(Shape{4, 2}));
              }),
              AllOf(HasSubstr("Size does not match at dimension 0"), HasSubstr("[4, 2]"),
                    HasSubstr("[3, 2]")));
  EXPECT_THAT(error_of([&] { gather(x, 2, x); }), HasSubstr("Dimension out of range"));
}

TEST(IndexSelect, TakesWholeSlices) {
  const D x = counted(Shape{2, 3});
  expect_equal(index_select(x, 1, vector({2, 0, 2})), Shape{2, 3}, {2, 0, 2, 5, 3, 5});
  expect_equal(index_select(x, -2, vector({1})), Shape{1, 3}, {3, 4, 5});
  expect_equal(index_select(x, 0, D(1.0)), Shape{1, 3}, {3, 4, 5});
  expect_equal(index_select(D(4.0), 0, vector({0})), Shape{}, {4});
  EXPECT_EQ(index_select(x, 1, D(Shape{0}, {})).shape(), (Shape{2, 0}));
  EXPECT_EQ(index_select(varied(Shape{0, 3}), 1, vector({1, 1})).shape(), (Shape{0, 2}));
}

TEST(IndexSelect, RefusesWhatIsNoIndex) {
  const D x = varied(Shape{3, 2});
  EXPECT_THAT(error_of([&] {
                index_select(x, 1, vector({0, 2}));
              }),
              AllOf(HasSubstr("index_select: index 2 is out of bounds for dimension 1 with size 2"),
                    HasSubstr("entry [1]"), HasSubstr("[3, 2]")));
  EXPECT_THAT(error_of([&] { index_select(x, 0, vector({1.25})); }), HasSubstr("1.25 is not an"));
  EXPECT_THAT(error_of([&] { index_select(x, 0, x); }), HasSubstr("supposed to be a vector"));
  EXPECT_THAT(error_of([&] {
                index_select(D(1.0), 0, vector({0, 0}));
              }),
              HasSubstr("Index to scalar can have only 1 value"));
  EXPECT_THAT(error_of([&] { index_select(varied(Shape{0}), 0, vector({0})); }),
              HasSubstr("out of bounds for dimension 0 with size 0"));
}

TEST(Gather, RecordsPyTorchsNames) {
  const D x = leaf(Shape{2, 3});
  EXPECT_EQ(gather(x, 0, D(Shape{1, 3}, {0, 1, 0})).grad_fn(), "GatherBackward0");
  EXPECT_EQ(index_select(x, 0, vector({1})).grad_fn(), "IndexSelectBackward0");
}

TEST(Gather, FloatsToo) {
  const Tensor<float> x = Tensor<float>(Shape{3}, {1, 2, 3}).requires_grad_();
  const Tensor<float> y = gather(x, 0, Tensor<float>(Shape{2}, {2, 2}));
  EXPECT_THAT(y.entries(), testing::ElementsAre(3, 3));
  sum(y).backward();
  EXPECT_THAT(x.grad().entries(), testing::ElementsAre(0, 0, 2));
}

}  // namespace
}  // namespace verigrad
