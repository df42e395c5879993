// The operations by which derivative rules choose: their values at ties and NaN, by hand.
#include "engine/ops/class_form.hpp"
#include "engine/ops/selection_mask.hpp"
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using detail::class_mask, detail::selection_mask;

DimSet over(std::initializer_list<std::size_t> dims) {
  DimSet set;
  for (const std::size_t d : dims) set.set(d);
  return set;
}

TEST(SelectionMask, TakesTheFirstOrAllOfEqualEntries) {
  const D x(Shape{2, 3}, {1, 3, 3, 2, 2, 0});
  expect_equal(selection_mask(x, "max", over({1}), false), Shape{2, 3}, {0, 1, 0, 1, 0, 0});
  expect_equal(selection_mask(x, "max", over({1}), true), Shape{2, 3}, {0, 1, 1, 1, 1, 0});
  expect_equal(selection_mask(x, "min", over({0}), false), Shape{2, 3}, {1, 0, 0, 0, 1, 1});
  expect_equal(selection_mask(x, "max", over({0, 1}), true), Shape{2, 3}, {0, 1, 1, 0, 0, 0});
}

TEST(SelectionMask, TakesTheLowerOfTwoMiddleEntries) {
  const D x = vector({4, 1, 3, 1, 2, 3});
  expect_equal(selection_mask(x, "median", over({0}), false), Shape{6}, {0, 0, 0, 0, 1, 0});
  const D tied = vector({1, 3, 1, 0});
  expect_equal(selection_mask(tied, "median", over({0}), true), Shape{4}, {1, 0, 1, 0});
}

/// Lanes over the outer dims, which do not lie together: columns {1, 4, 7, 2} and {5, 5, 0, 5}.
TEST(SelectionMask, PutsTheChoiceBackWhereDimsLieApart) {
  const D x(Shape{2, 2, 2}, {1, 4, 5, 5, 7, 2, 0, 5});
  expect_equal(selection_mask(x, "max", over({0, 2}), true), Shape{2, 2, 2},
               {0, 0, 1, 1, 1, 0, 0, 1});
}

TEST(SelectionMask, TakesNaNWhereThereIsOne) {
  const D x(Shape{2, 2}, {1, nan, nan, nan});
  expect_equal(selection_mask(x, "min", over({1}), false), Shape{2, 2}, {0, 1, 1, 0});
  expect_equal(selection_mask(x, "max", over({1}), true), Shape{2, 2}, {0, 1, 1, 1});
}

TEST(SelectionMask, OfNothingIsNothing) {
  expect_equal(selection_mask(D(Shape{0, 2}, {}), "max", over({0}), false), Shape{0, 2}, {});
  EXPECT_THAT(error_of([] { selection_mask(D(1.0), "mode", DimSet(), false); }),
              testing::HasSubstr("no statistic named 'mode'"));
}

TEST(ClassMask, MarksTheClassOfEachSampleThatCounts) {
  expect_equal(class_mask(vector({2, 0, 1}), Shape{3, 3}, 1), Shape{3, 3},
               {0, 0, 1, 1, 0, 0, 0, 0, 0});
  expect_equal(class_mask(D(Shape{1, 2}, {1, 0}), Shape{1, 2, 2}, -100), Shape{1, 2, 2},
               {0, 1, 1, 0});
  EXPECT_THAT(error_of([] {
                class_mask(vector({3}), Shape{1, 3}, -100);
              }),
              testing::HasSubstr("out of bounds"));
}

/// adj [[1, 2], [2, 4]] = [[4, -2], [-2, 1]].
TEST(LimitInverse, IsInfiniteForTheSingularMatricesOfAStackOnly) {
  const D x(Shape{2, 2, 2}, {1, 2, 2, 4, 2, 0, 0, 4});
  expect_equal(apply<double>(*find_operation("limit_inverse"), {x}), Shape{2, 2, 2},
               {inf, -inf, -inf, inf, 0.5, 0, 0, 0.25});
}

}  // namespace
}  // namespace verigrad
