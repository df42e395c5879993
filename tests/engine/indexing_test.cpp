// Selection by index and by range.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::HasSubstr;

TEST(Select, TakesOneIndexFromEitherEnd) {
  const D x = counted(Shape{2, 3});
  expect_equal(select(x, 0, 1), Shape{3}, {3, 4, 5});
  expect_equal(select(x, 1, -1), Shape{2}, {2, 5});
  EXPECT_EQ(select(vector({4, 5}), -1, 0).item(), 4);
}

TEST(Select, RefusesIndicesOutOfBounds) {
  EXPECT_THAT(error_of([] { select(varied(Shape{3}), 0, 5); }),
              HasSubstr("index 5 is out of bounds for dimension 0 with size 3"));
  EXPECT_THAT(error_of([] {
                select(varied(Shape{2, 3}), 1, -4);
              }),
              HasSubstr("index -4 is out of bounds for dimension 1 with size 3"));
  EXPECT_THAT(error_of([] { select(D(1.0), 0, 0); }),
              HasSubstr("select() cannot be applied to a 0-dim tensor."));
  EXPECT_THAT(error_of([] { select(varied(Shape{0}), 0, 0); }), HasSubstr("with size 0"));
}

TEST(Slice, ClipsItsBoundsAsPythonDoes) {
  const D x = counted(Shape{5});
  constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
  expect_equal(slice(x, 0, 1, 3), Shape{2}, {1, 2});
  expect_equal(slice(x, 0, -2, last), Shape{2}, {3, 4});
  expect_equal(slice(x, 0, -9, 2), Shape{2}, {0, 1});
  expect_equal(slice(x, 0, 0, -1), Shape{4}, {0, 1, 2, 3});
  expect_equal(slice(x, 0, 0, 99, 2), Shape{3}, {0, 2, 4});
  expect_equal(slice(x, 0, 1, 5, 3), Shape{2}, {1, 4});
  expect_equal(slice(x, 0, 3, 1), Shape{0}, {});
  expect_equal(slice(x, 0, 7, 9), Shape{0}, {});
  expect_equal(slice(x, 0, 2, last, last), Shape{1}, {2});
  expect_equal(slice(x, 0, std::numeric_limits<std::int64_t>::min(), 1), Shape{1}, {0});
  expect_equal(slice(counted(Shape{2, 4}), 1, 1, 4, 2), Shape{2, 2}, {1, 3, 5, 7});
  expect_equal(slice(counted(Shape{4, 2}), 0, 0, 4, 2), Shape{2, 2}, {0, 1, 4, 5});
}

TEST(Slice, RefusesBadSteps) {
  EXPECT_THAT(error_of([] { slice(varied(Shape{3}), 0, 0, 3, 0); }),
              HasSubstr("slice step must be positive"));
  EXPECT_THAT(error_of([] { slice(varied(Shape{3}), 0, 0, 3, -1); }),
              HasSubstr("slice step must be positive"));
  EXPECT_THAT(error_of([] { slice(D(1.0), 0, 0, 1); }),
              HasSubstr("slice() cannot be applied to a 0-dim tensor."));
  EXPECT_THAT(error_of([] { slice(varied(Shape{3}), 1, 0, 3); }),
              HasSubstr("slice: Dimension out of range"));
}

TEST(Selection, DerivativesMatchDifferencesInEveryForm) {
  const D x = varied(Shape{3, 4});
  const std::vector<TensorFunction> functions = {
      [](const Tensors& at) { return select(at[0], 0, 2); },
      [](const Tensors& at) { return select(at[0], -1, -3); },
      [](const Tensors& at) { return slice(at[0], 0, 1, 3); },
      [](const Tensors& at) { return slice(at[0], 1, 0, 4, 3); },
      [](const Tensors& at) { return slice(at[0], -1, -3, -1, 2); },
      [](const Tensors& at) { return slice(at[0], 0, 2, 2); },
      [](const Tensors& at) { return select(slice(at[0], 1, 1, 4, 2), 0, 1); },
  };
  for (const TensorFunction& f : functions) expect_derivatives(f, {x});
}

TEST(Selection, TransposesAreDifferentiableAgain) {
  const D g = varied(Shape{4});
  expect_derivatives(
      [](const Tensors& at) {
        return apply<double>(*find_operation("select_backward"), {at[0]},
                             make_attributes({Integers{3, 4}, std::int64_t{0}, std::int64_t{-1}}));
      },
      {g});
  expect_derivatives(
      [](const Tensors& at) {
        return apply<double>(*find_operation("slice_backward"), {at[0]},
                             make_attributes({Integers{9}, std::int64_t{0}, std::int64_t{1},
                                              std::int64_t{8}, std::int64_t{2}}));
      },
      {g});
}

}  // namespace
}  // namespace verigrad
