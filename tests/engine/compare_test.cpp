// The relations that expectations state.
#include "engine/compare.hpp"

#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using structural::D;
using structural::inf;
using structural::nan;
using structural::vector;

using Violation = std::optional<std::int64_t>;

Violation violation(Relation relation, const D& a, const D& b, double tolerance = 1e-4) {
  return first_violation(relation, a, b, tolerance);
}

TEST(Compare, EveryRelationNamesItsFirstViolation) {
  const D a = vector({1, 2, 3}), b = vector({1, 3, 2});
  EXPECT_EQ(violation(Relation::equal, a, b), Violation(1));
  EXPECT_EQ(violation(Relation::equal, a, a), std::nullopt);
  EXPECT_EQ(violation(Relation::less, a, b), Violation(0));
  EXPECT_EQ(violation(Relation::less_equal, a, b), Violation(2));
  EXPECT_EQ(violation(Relation::greater, a, b), Violation(0));
  EXPECT_EQ(violation(Relation::greater_equal, a, b), Violation(1));
  EXPECT_EQ(violation(Relation::less, a, a + D(1.0)), std::nullopt);
  EXPECT_EQ(violation(Relation::greater_equal, a, a), std::nullopt);
}

TEST(Compare, NotEqualAsksForOneDifference) {
  const D a = vector({1, 2, 3});
  EXPECT_EQ(violation(Relation::not_equal, a, vector({1, 2, 4})), std::nullopt);
  EXPECT_EQ(violation(Relation::not_equal, a, vector({1, 2, 3})), Violation(0));
  EXPECT_EQ(violation(Relation::not_equal, a, vector({1, 2})), std::nullopt);
  EXPECT_EQ(violation(Relation::not_equal, D(nan), D(nan)), Violation(0));
}

TEST(Compare, NaNEqualsNaNAndNothingElse) {
  EXPECT_EQ(violation(Relation::equal, D(nan), D(nan)), std::nullopt);
  EXPECT_EQ(violation(Relation::equal, D(nan), D(1.0)), Violation(0));
  EXPECT_EQ(violation(Relation::close, D(nan), D(nan)), std::nullopt);
  EXPECT_EQ(violation(Relation::close, D(nan), D(1.0)), Violation(0));
  EXPECT_EQ(violation(Relation::close, D(1.0), D(nan)), Violation(0));
  EXPECT_EQ(violation(Relation::less_equal, D(nan), D(1.0)), Violation(0));
  EXPECT_EQ(violation(Relation::equal, D(0.0), D(-0.0)), std::nullopt);
}

TEST(Compare, ClosenessIsAbsoluteBelowOneAndRelativeAbove) {
  EXPECT_EQ(violation(Relation::close, D(0.0), D(1e-4)), std::nullopt);
  EXPECT_EQ(violation(Relation::close, D(0.0), D(1.01e-4)), Violation(0));
  EXPECT_EQ(violation(Relation::close, D(1e6), D(1e6 + 99)), std::nullopt);
  EXPECT_EQ(violation(Relation::close, D(1e6), D(1e6 + 101)), Violation(0));
  EXPECT_EQ(violation(Relation::close, D(-1e6), D(1e6)), Violation(0));
  EXPECT_EQ(violation(Relation::close, D(1.0), D(1.5), 0.5), std::nullopt);
  EXPECT_EQ(violation(Relation::close, D(1.0), D(1.0), 0), std::nullopt);
  EXPECT_EQ(violation(Relation::close, D(1.0), D(1 + 1e-15), 0), Violation(0));
}

TEST(Compare, InfinitiesAreCloseToThemselvesOnly) {
  EXPECT_EQ(violation(Relation::close, D(inf), D(inf)), std::nullopt);
  EXPECT_EQ(violation(Relation::close, D(inf), D(-inf)), Violation(0));
  EXPECT_EQ(violation(Relation::close, D(inf), D(1e308)), Violation(0));
  EXPECT_EQ(violation(Relation::close, D(1e308), D(-1e308), 1), Violation(0));
}

TEST(Compare, BroadcastsButForEquality) {
  EXPECT_TRUE(comparable(Relation::less, Shape{2, 3}, Shape{}));
  EXPECT_TRUE(comparable(Relation::close, Shape{3}, Shape{2, 1}));
  EXPECT_FALSE(comparable(Relation::close, Shape{3}, Shape{2}));
  EXPECT_FALSE(comparable(Relation::less, Shape{0}, Shape{2}));
  EXPECT_FALSE(comparable(Relation::equal, Shape{1}, Shape{}));
  EXPECT_TRUE(comparable(Relation::equal, Shape{2}, Shape{2}));
  EXPECT_TRUE(comparable(Relation::not_equal, Shape{2}, Shape{3}));

  const D row = vector({1, 2, 3}), column(Shape{2, 1}, {4, 3});
  EXPECT_EQ(violation(Relation::less, row, column), Violation(5));
  EXPECT_EQ(violation(Relation::greater, column, row), Violation(5));
  EXPECT_EQ(violation(Relation::close, D(Shape{2, 2}, {1, 1, 1, 2}), D(1.0)), Violation(3));
  EXPECT_EQ(violation(Relation::less, D::uninitialised(Shape{0}), vector({1})), std::nullopt);
}

TEST(Compare, IntegersAreComparedExactly) {
  const Tensor<std::int64_t> a(Shape{}, {(1LL << 60) + 1}), b(Shape{}, {1LL << 60});
  EXPECT_EQ(first_violation(Relation::equal, a, b), Violation(0));
  EXPECT_EQ(first_violation(Relation::greater, a, b), std::nullopt);
  EXPECT_EQ(first_violation(Relation::close, a, b), std::nullopt);
}

}  // namespace
}  // namespace verigrad
