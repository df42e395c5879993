// flip, roll, repeat, squeeze, unsqueeze and expand. Expected entries are written out, or computed
// from multi-indices by division.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::AllOf;
using testing::HasSubstr;

/// Result entry i of shape `to` is the input entry at `source(multi-index)`.
template <class F>
std::vector<double> placed_by_hand(const D& x, const Shape& to, F source) {
  std::vector<double> result;
  for (std::int64_t i = 0; i < to.numel(); ++i) {
    std::vector<std::int64_t> at(to.rank());
    std::int64_t rest = i;
    for (std::size_t d = to.rank(); d-- > 0; rest /= to[d]) at[d] = rest % to[d];
    const std::vector<std::int64_t> from = source(at);
    std::int64_t place = 0;
    for (std::size_t d = 0; d < from.size(); ++d) place = place * x.shape()[d] + from[d];
    result.push_back(x[place]);
  }
  return result;
}

TEST(Flip, ReversesItsDims) {
  const D x = counted(Shape{2, 3});
  expect_equal(flip(x, {1}), Shape{2, 3}, {2, 1, 0, 5, 4, 3});
  expect_equal(flip(x, {-2}), Shape{2, 3}, {3, 4, 5, 0, 1, 2});
  expect_equal(flip(x, {0, 1}), Shape{2, 3}, {5, 4, 3, 2, 1, 0});
  expect_equal(flip(x, {}), Shape{2, 3}, {0, 1, 2, 3, 4, 5});
  expect_equal(flip(D(2.0), {0}), Shape{}, {2});
  EXPECT_EQ(flip(varied(Shape{0, 2}), {0}).shape(), (Shape{0, 2}));
  EXPECT_THAT(error_of([&] { flip(x, {1, -1}); }), HasSubstr("appears multiple times"));
  EXPECT_THAT(error_of([&] { flip(x, {2}); }),
              AllOf(HasSubstr("flip: Dimension out of range"), HasSubstr("[2, 3]")));
}

TEST(Roll, MovesEntriesAroundTheEnds) {
  const D x = counted(Shape{2, 3});
  expect_equal(roll(x, {1}), Shape{2, 3}, {5, 0, 1, 2, 3, 4});
  expect_equal(roll(x, {-2}), Shape{2, 3}, {2, 3, 4, 5, 0, 1});
  expect_equal(roll(x, {1}, {1}), Shape{2, 3}, {2, 0, 1, 5, 3, 4});
  expect_equal(roll(x, {1, -1}, {0, -1}), Shape{2, 3}, {4, 5, 3, 1, 2, 0});
  expect_equal(roll(x, {7}, {1}), Shape{2, 3}, {2, 0, 1, 5, 3, 4});
  expect_equal(roll(x, {1, 1}, {1, 1}), Shape{2, 3}, {1, 2, 0, 4, 5, 3});
  expect_equal(roll(D(2.0), {3}), Shape{}, {2});
  EXPECT_EQ(roll(varied(Shape{0, 2}), {1}, {0}).shape(), (Shape{0, 2}));
  EXPECT_EQ(roll(varied(Shape{0, 2}), {1}).shape(), (Shape{0, 2}));
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  expect_equal(roll(counted(Shape{2}), {most}), Shape{2}, {1, 0});
  const D turned = leaf(vector({0, 1, 2}));
  expect_equal(gradient_of(roll(turned, {-most - 1}), turned, vector({1, 2, 3})), Shape{3},
               {2, 3, 1});
  EXPECT_THAT(error_of([&] {
                roll(x, {1, 2}, {0});
              }),
              AllOf(HasSubstr("shifts and dimensions must align"), HasSubstr("[2, 3]")));
  EXPECT_THAT(error_of([&] { roll(x, {1, 2}); }), HasSubstr("shifts: 2, dims: 0"));
  EXPECT_THAT(error_of([&] { roll(x, {}); }), HasSubstr("`shifts` required"));
  EXPECT_THAT(error_of([&] { roll(D(1.0), {1}, {0}); }), HasSubstr("no dimensions"));
}

TEST(Repeat, LaysCopiesSideBySide) {
  const D x = vector({0, 1, 2});
  expect_equal(repeat(x, {2}), Shape{6}, {0, 1, 2, 0, 1, 2});
  expect_equal(repeat(x, {2, 1}), Shape{2, 3}, {0, 1, 2, 0, 1, 2});
  expect_equal(repeat(D(4.0), {2, 2}), Shape{2, 2}, {4, 4, 4, 4});
  expect_equal(repeat(D(4.0), {}), Shape{}, {4});
  EXPECT_EQ(repeat(x, {0}).shape(), Shape{0});
  EXPECT_EQ(repeat(x, {2, 0, 1}).shape(), (Shape{2, 0, 3}));
  const D deep = varied(Shape{2, 1, 3});
  const auto by_hand = placed_by_hand(deep, Shape{3, 4, 5, 6}, [](const auto& at) {
    return std::vector<std::int64_t>{at[1] % 2, 0, at[3] % 3};
  });
  EXPECT_THAT(repeat(deep, {3, 2, 5, 2}).entries(), testing::ElementsAreArray(by_hand));
  EXPECT_THAT(error_of([&] {
                repeat(deep, {2, 2});
              }),
              AllOf(HasSubstr("Number of dimensions of repeat dims can not be smaller"),
                    HasSubstr("[2, 2]"), HasSubstr("[2, 1, 3]")));
  EXPECT_THAT(error_of([&] { repeat(x, {-1}); }), HasSubstr("negative"));
  EXPECT_THAT(error_of([&] { repeat(x, Integers(9, 1)); }), HasSubstr("at most 8 dims"));
  EXPECT_THAT(error_of([&] { repeat(x, {std::numeric_limits<std::int64_t>::max()}); }),
              HasSubstr("too large"));
}

TEST(Repeat, GradientsOfCopiesAdd) {
  const D x = leaf(Shape{2});
  expect_equal(gradient_of(repeat(x, {2, 2}), x, D(Shape{2, 4}, {1, 2, 4, 8, 16, 32, 64, 128})),
               Shape{2}, {85, 170});
  for (const Integers& none : {Integers{0}, Integers{2, 0}}) {
    const D zero = gradient_of(repeat(x, none), x);
    EXPECT_EQ(zero.shape(), x.shape());
    EXPECT_THAT(zero.entries(), testing::Each(0.0));
  }
  const D empty = leaf(Shape{0, 2});
  EXPECT_EQ(gradient_of(repeat(empty, {3, 1}), empty).shape(), (Shape{0, 2}));
}

TEST(Squeeze, RemovesDimsOfSizeOne) {
  const D x = varied(Shape{1, 2, 1});
  EXPECT_EQ(squeeze(x).shape(), (Shape{2}));
  EXPECT_EQ(squeeze(x, 0).shape(), (Shape{2, 1}));
  EXPECT_EQ(squeeze(x, -1).shape(), (Shape{1, 2}));
  EXPECT_EQ(squeeze(x, 1).shape(), x.shape());
  EXPECT_EQ(squeeze(D(1.0)).shape(), Shape());
  EXPECT_EQ(squeeze(D(1.0), 0).shape(), Shape());
  EXPECT_EQ(squeeze(varied(Shape{1, 1})).shape(), Shape());
  EXPECT_EQ(squeeze(varied(Shape{1, 0})).shape(), (Shape{0}));
  EXPECT_THAT(squeeze(x).entries(), testing::ElementsAreArray(x.entries()));
  EXPECT_THAT(error_of([&] { squeeze(x, 3); }),
              AllOf(HasSubstr("squeeze: Dimension out of range"), HasSubstr("[1, 2, 1]")));
}

TEST(Unsqueeze, InsertsADimOfSizeOne) {
  const D x = varied(Shape{2, 3});
  EXPECT_EQ(unsqueeze(x, 0).shape(), (Shape{1, 2, 3}));
  EXPECT_EQ(unsqueeze(x, 2).shape(), (Shape{2, 3, 1}));
  EXPECT_EQ(unsqueeze(x, -1).shape(), (Shape{2, 3, 1}));
  EXPECT_EQ(unsqueeze(x, -3).shape(), (Shape{1, 2, 3}));
  EXPECT_EQ(unsqueeze(D(1.0), 0).shape(), (Shape{1}));
  EXPECT_EQ(unsqueeze(D(1.0), -1).shape(), (Shape{1}));
  EXPECT_THAT(
      error_of([&] { unsqueeze(x, 3); }),
      AllOf(HasSubstr("expected to be in range of [-3, 2], but got 3"), HasSubstr("[2, 3]")));
  EXPECT_THROW(unsqueeze(x, -4), IndexError);
  EXPECT_THROW(unsqueeze(varied(Shape{1, 1, 1, 1, 1, 1, 1, 1}), 0), ShapeError);
}

TEST(Expand, KeepsASizeWhereItSaysMinusOne) {
  const D x = varied(Shape{2, 1});
  EXPECT_EQ(expand(x, {-1, 3}).shape(), (Shape{2, 3}));
  EXPECT_EQ(expand(x, {4, -1, -1}).shape(), (Shape{4, 2, 1}));
  EXPECT_EQ(expand(x, {-1, 3}).grad_fn(), "");
  EXPECT_THAT(error_of([&] { expand(x, {-1, 2, 3}); }), HasSubstr("leading, non-existing"));
  EXPECT_THAT(error_of([&] {
                expand(x, {3, -1});
              }),
              HasSubstr("must match the existing size (2) at non-singleton dimension 0"));
  EXPECT_EQ(find_operation("expand"), find_operation("broadcast_to"));
  expect_derivatives([](const Tensors& at) { return expand(at[0], {2, -1, 3}); }, {x});
}

TEST(Rearranging, DerivativesMatchDifferences) {
  const std::vector<TensorFunction> functions = {
      [](const Tensors& at) {
        return flip(at[0], {0, -1});
      },
      [](const Tensors& at) {
        return roll(at[0], {2, -1}, {1, 2});
      },
      [](const Tensors& at) { return roll(at[0], {5}); },
      [](const Tensors& at) {
        return repeat(at[0], {2, 1, 3, 2});
      },
      [](const Tensors& at) { return squeeze(at[0]); },
      [](const Tensors& at) { return squeeze(at[0], 1); },
      [](const Tensors& at) { return unsqueeze(at[0], -2); },
  };
  for (const TensorFunction& f : functions) {
    expect_derivatives(f, {varied(Shape{2, 1, 3})});
    expect_derivatives([&](const Tensors& at) { return square(f({sin(at[0])})); },
                       {varied(Shape{2, 1, 3})});
  }
}

TEST(Rearranging, RecordsPyTorchsNamesAndSavesNothing) {
  D x = leaf(Shape{2, 1});
  const std::vector<std::pair<D, const char*>> recorded = {
      {flip(x, {0}), "FlipBackward0"},         {roll(x, {1}), "RollBackward0"},
      {repeat(x, {2, 2}), "RepeatBackward0"},  {squeeze(x), "SqueezeBackward0"},
      {squeeze(x, 1), "SqueezeBackward1"},     {unsqueeze(x, 0), "UnsqueezeBackward0"},
      {expand(x, {-1, 3}), "ExpandBackward0"}, {pad(x, {1, 1}), "ConstantPadNdBackward0"},
  };
  {
    NoGrad guard;
    x.mul_(D(2.0));
  }
  for (const auto& [y, name] : recorded) {
    EXPECT_EQ(y.grad_fn(), name);
    EXPECT_NO_THROW(y.backward(varied(y.shape()))) << name;
    EXPECT_NO_THROW(y.backward(varied(y.shape()))) << name;
  }
}

}  // namespace
}  // namespace verigrad
