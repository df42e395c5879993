// Changes of shape and order, and joining.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::HasSubstr;

TEST(Transpose, SwapsTwoDims) {
  const D x = counted(Shape{2, 3});
  expect_equal(transpose(x, 0, 1), Shape{3, 2}, {0, 3, 1, 4, 2, 5});
  expect_equal(transpose(counted(Shape{2, 1, 2}), 0, -1), Shape{2, 1, 2}, {0, 2, 1, 3});
  EXPECT_EQ(transpose(D(3.0), 0, -1).item(), 3);
}

TEST(Permute, ReordersDims) {
  expect_equal(permute(counted(Shape{2, 3, 2}), {2, 0, 1}), Shape{2, 2, 3},
               {0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11});
  EXPECT_EQ(permute(D(3.0), {}).item(), 3);
}

TEST(Permute, RefusesListsThatAreNoPermutation) {
  const D x = varied(Shape{2, 3});
  EXPECT_THAT(error_of([&] {
                permute(x, {0, 1, 2});
              }),
              HasSubstr("input.dim() = 2 is not equal to len(dims) = 3"));
  EXPECT_THAT(error_of([&] { permute(x, {0, -2}); }), HasSubstr("duplicate dims are not allowed"));
  EXPECT_THAT(error_of([&] { transpose(x, 0, 5); }),
              HasSubstr("transpose: Dimension out of range"));
}

TEST(Reshape, KeepsTheOrderOfEntriesAndInfersOneSize) {
  expect_equal(reshape(counted(Shape{2, 3}), {3, -1}), Shape{3, 2}, {0, 1, 2, 3, 4, 5});
  EXPECT_EQ(reshape(varied(Shape{1}), Integers{}).shape(), Shape());
  EXPECT_EQ(reshape(varied(Shape{0, 3}), {-1, 3}).shape(), (Shape{0, 3}));
}

TEST(Reshape, RefusesShapesOfAnotherSize) {
  const D x = varied(Shape{5});
  EXPECT_THAT(error_of([&] {
                reshape(x, {2, 3});
              }),
              HasSubstr("shape '[2, 3]' is invalid for input of size 5"));
  EXPECT_THAT(error_of([&] {
                reshape(x, {2, -1});
              }),
              HasSubstr("shape '[2, -1]' is invalid for input of size 5"));
  EXPECT_THAT(error_of([&] {
                reshape(x, {-1, -1});
              }),
              HasSubstr("only one dimension can be inferred"));
  EXPECT_THAT(error_of([&] { reshape(x, {-5}); }), HasSubstr("invalid shape dimension -5"));
  EXPECT_THAT(error_of([] {
                reshape(varied(Shape{0}), {-1, 0});
              }),
              HasSubstr("the unspecified dimension size -1 can be any value"));
  EXPECT_THAT(error_of([&] {
                reshape(x, Integers{1LL << 40, 1LL << 40});
              }),
              HasSubstr("is invalid"));
}

TEST(BroadcastTo, RepeatsEntries) {
  expect_equal(broadcast_to(vector({1, 2}), Shape{2, 2}), Shape{2, 2}, {1, 2, 1, 2});
  expect_equal(broadcast_to(D(Shape{2, 1}, {1, 2}), Shape{2, 2}), Shape{2, 2}, {1, 1, 2, 2});
  EXPECT_EQ(broadcast_to(D(1.0), Shape{0, 2}).numel(), 0);
  expect_equal(apply<double>(*find_operation("expand"), {vector({1, 2})},
                             make_attributes({Integers{2, -1}})),
               Shape{2, 2}, {1, 2, 1, 2});
}

TEST(BroadcastTo, RefusesShapesThatDoNotFit) {
  EXPECT_THAT(error_of([] { broadcast_to(varied(Shape{2}), Shape{3}); }),
              HasSubstr("The expanded size of the tensor (3) must match the existing size (2) at "
                        "non-singleton dimension 0.  Target sizes: [3].  Tensor sizes: [2]"));
  EXPECT_THAT(error_of([] {
                broadcast_to(varied(Shape{2, 2}), Shape{2});
              }),
              HasSubstr("the number of sizes provided (1)"));
  EXPECT_THAT(error_of([] {
                apply<double>(*find_operation("broadcast_to"), {varied(Shape{2})},
                              make_attributes({Integers{-1, 2}}));
              }),
              HasSubstr("isn't allowed in a leading, non-existing dimension 0"));
}

TEST(Concat, JoinsAlongADim) {
  const std::array<D, 2> parts{counted(Shape{2, 2}), counted(Shape{2, 1})};
  expect_equal(concat<double>(parts, 1), Shape{2, 3}, {0, 1, 0, 2, 3, 1});
  expect_equal(concat<double>(std::array<D, 2>{vector({1}), vector({2, 3})}), Shape{3}, {1, 2, 3});
  expect_equal(concat<double>(std::array<D, 3>{vector({}), D(Shape{1, 2}, {1, 2}), vector({})}, -1),
               Shape{1, 2}, {1, 2});
}

TEST(Stack, JoinsAlongANewDim) {
  const std::array<D, 2> parts{vector({1, 2}), vector({3, 4})};
  expect_equal(stack<double>(parts), Shape{2, 2}, {1, 2, 3, 4});
  expect_equal(stack<double>(parts, -1), Shape{2, 2}, {1, 3, 2, 4});
  expect_equal(stack<double>(std::array<D, 2>{D(1.0), D(2.0)}), Shape{2}, {1, 2});
}

TEST(Concat, RefusesTensorsThatDoNotFit) {
  auto error = [](const std::vector<D>& parts, std::int64_t dim) {
    return error_of([&] { concat<double>(parts, dim); });
  };
  EXPECT_THAT(
      error({varied(Shape{1, 2}), varied(Shape{1, 3})}, 0),
      HasSubstr("Sizes of tensors must match except in dimension 0. Expected size 2 but got "
                "size 3 for tensor number 1 in the list."));
  EXPECT_THAT(error({varied(Shape{2}), varied(Shape{2, 2})}, 0),
              HasSubstr("Tensors must have same number of dimensions: got 1 and 2"));
  EXPECT_THAT(error({D(1.0)}, 0), HasSubstr("zero-dimensional tensor (at position 0)"));
  EXPECT_THAT(error({}, 0), HasSubstr("expected a non-empty list of Tensors"));
  EXPECT_THAT(
      error_of([] {
        stack<double>(std::array<D, 2>{varied(Shape{2}), varied(Shape{3})});
      }),
      HasSubstr("stack expects each tensor to be equal size, but got [2] at entry 0 and [3] at "
                "entry 1"));
}

TEST(Layout, DerivativesMatchDifferencesInEveryForm) {
  const D x = varied(Shape{2, 3, 2});
  const std::vector<TensorFunction> unary = {
      [](const Tensors& at) { return transpose(at[0], 0, 1); },
      [](const Tensors& at) { return transpose(at[0], -1, 0); },
      [](const Tensors& at) {
        return permute(at[0], {2, 0, 1});
      },
      [](const Tensors& at) {
        return permute(at[0], {-1, 1, 0});
      },
      [](const Tensors& at) {
        return reshape(at[0], {4, -1});
      },
      [](const Tensors& at) {
        return broadcast_to(at[0], Shape{3, 2, 3, 2});
      },
  };
  for (const TensorFunction& f : unary) expect_derivatives(f, {x});
  expect_derivatives([](const Tensors& at) { return broadcast_to(at[0], Shape{2, 3}); }, {D(0.7)});
  expect_derivatives(
      [](const Tensors& at) {
        return broadcast_to(at[0], Shape{2, 3});
      },
      {varied(Shape{2, 1})});
  expect_derivatives([](const Tensors& at) { return reshape(at[0], {1, 1}); }, {D(0.7)});
  expect_derivatives([](const Tensors& at) { return transpose(at[0], 0, 0); }, {D(0.7)});
  for (std::int64_t dim : {0, 1, -1}) {
    expect_derivatives([dim](const Tensors& at) { return stack<double>(at, dim); },
                       {varied(Shape{2}), varied(Shape{2}, 1), varied(Shape{2}, 2)});
  }
  expect_derivatives([](const Tensors& at) { return concat<double>(at, 1); },
                     {varied(Shape{2, 1}), varied(Shape{2, 0}), varied(Shape{2, 3}, 1)});
  expect_derivatives([](const Tensors& at) { return concat<double>(at, -2); },
                     {varied(Shape{0}), varied(Shape{1, 2}), varied(Shape{2, 2}, 1)});
  expect_derivatives(
      [](const Tensors& at) {
        return concat<double>(std::array<D, 2>{at[0], at[0]});
      },
      {varied(Shape{2})});
}

}  // namespace
}  // namespace verigrad
