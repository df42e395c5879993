// Shapes, broadcasting, dims and strides.
#include <functional>

#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using structural::error_of;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Shape, CountsItsEntries) {
  EXPECT_EQ(Shape{}.numel(), 1);
  EXPECT_EQ(Shape{}.rank(), 0U);
  EXPECT_EQ((Shape{2, 3}).numel(), 6);
  EXPECT_EQ((Shape{2, 0, 3}).numel(), 0);
  EXPECT_EQ((Shape{1, 1, 1, 1, 1, 1, 1, 1}).rank(), 8U);
}

TEST(Shape, RefusesNineDimsNegativeSizesAndTooManyEntries) {
  EXPECT_THAT(error_of([] { Shape{1, 1, 1, 1, 1, 1, 1, 1, 1}; }), HasSubstr("at most 8 dims"));
  EXPECT_THAT(error_of([] { Shape{2, -1}; }), HasSubstr("negative"));
  EXPECT_THAT(error_of([] { Shape{1LL << 31, 1LL << 31, 2}; }), HasSubstr("too many entries"));
  EXPECT_THAT(error_of([] { Shape{1LL << 62, 0, 1LL << 62}; }), HasSubstr("too many entries"));
  EXPECT_EQ((Shape{1LL << 31, 1LL << 31}).numel(), 1LL << 62);
}

TEST(Shape, Prints) {
  EXPECT_EQ(to_string(Shape{}), "[]");
  EXPECT_EQ(to_string(Shape{3}), "[3]");
  EXPECT_EQ(to_string(Shape{2, 0}), "[2, 0]");
  EXPECT_EQ(times_string(Shape{2, 3}), "2x3");
}

TEST(Shape, ReplacesInsertsAndRemovesSizes) {
  const Shape shape{2, 3, 4};
  EXPECT_EQ(shape.with(1, 7), (Shape{2, 7, 4}));
  EXPECT_EQ(shape.inserted(0, 9), (Shape{9, 2, 3, 4}));
  EXPECT_EQ(shape.inserted(3, 9), (Shape{2, 3, 4, 9}));
  EXPECT_EQ(shape.removed(0), (Shape{3, 4}));
  EXPECT_EQ(shape.removed(2), (Shape{2, 3}));
  EXPECT_EQ((Shape{5}).removed(0), Shape{});
  EXPECT_EQ(Shape{}.inserted(0, 5), (Shape{5}));
  EXPECT_THAT(error_of([] { Shape{1, 1, 1, 1, 1, 1, 1, 1}.inserted(0, 1); }),
              HasSubstr("at most 8 dims"));
}

TEST(Shape, EqualityIgnoresWhatLiesBeyondItsRank) {
  EXPECT_EQ((Shape{2, 3, 4}).removed(2), (Shape{2, 3}));
  EXPECT_FALSE((Shape{2, 3}) == (Shape{2}));
  EXPECT_FALSE((Shape{2, 1}) == (Shape{2}));
  EXPECT_FALSE((Shape{0}) == Shape{});
}

TEST(Shape, BroadcastsByNumPysRules) {
  const auto both = [](const Shape& a, const Shape& b) {
    EXPECT_EQ(broadcast(a, b, "f"), broadcast(b, a, "f"));
    return broadcast(a, b, "f");
  };
  EXPECT_EQ(both(Shape{}, Shape{2, 3}), (Shape{2, 3}));
  EXPECT_EQ(both(Shape{3}, Shape{2, 1}), (Shape{2, 3}));
  EXPECT_EQ(both(Shape{2, 1, 4}, Shape{3, 1}), (Shape{2, 3, 4}));
  EXPECT_EQ(both(Shape{1}, Shape{0}), (Shape{0}));
  EXPECT_EQ(both(Shape{0, 3}, Shape{1, 3}), (Shape{0, 3}));
  EXPECT_EQ(both(Shape{5}, Shape{5}), (Shape{5}));
}

TEST(Shape, BroadcastErrorsNameTheOperationBothShapesAndTheDim) {
  const std::string text = error_of([] { broadcast(Shape{2, 3}, Shape{4, 1, 2}, "mul"); });
  EXPECT_THAT(text, HasSubstr("mul: shapes [2, 3] and [4, 1, 2]"));
  EXPECT_THAT(text, HasSubstr("at dim 2 the sizes 3 and 2 differ"));
  EXPECT_THAT(error_of([] { broadcast(Shape{0}, Shape{2}, "mul"); }), HasSubstr("mul"));
  EXPECT_THAT(error_of([] { broadcast(Shape{2}, Shape{3}, "mul"); }),
              HasSubstr("sizes 2 and 3 differ"));
}

TEST(Shape, BroadcastsToIsOneSided) {
  EXPECT_TRUE(broadcasts_to(Shape{}, Shape{2, 3}));
  EXPECT_TRUE(broadcasts_to(Shape{1, 3}, Shape{2, 3}));
  EXPECT_TRUE(broadcasts_to(Shape{1}, Shape{0}));
  EXPECT_FALSE(broadcasts_to(Shape{2, 3}, Shape{3}));
  EXPECT_FALSE(broadcasts_to(Shape{3}, Shape{1}));
  EXPECT_FALSE(broadcasts_to(Shape{0}, Shape{1}));
  EXPECT_FALSE(broadcasts_to(Shape{1, 3}, Shape{3}));
}

TEST(Shape, ABroadcastEntryKnowsWhereItComesFrom) {
  EXPECT_EQ(broadcast_source(Shape{2, 1}, Shape{3, 2, 4}, 0), 0);
  EXPECT_EQ(broadcast_source(Shape{2, 1}, Shape{3, 2, 4}, 7), 1);
  EXPECT_EQ(broadcast_source(Shape{2, 1}, Shape{3, 2, 4}, 11), 0);
  EXPECT_EQ(broadcast_source(Shape{4}, Shape{2, 4}, 6), 2);
  EXPECT_EQ(broadcast_source(Shape{}, Shape{2, 4}, 6), 0);
  EXPECT_EQ(broadcast_source(Shape{2, 4}, Shape{2, 4}, 6), 6);
}

TEST(Shape, JoinedShapesAreThoseOfJacobians) {
  EXPECT_EQ(joined(Shape{2, 3}, Shape{4}), (Shape{2, 3, 4}));
  EXPECT_EQ(joined(Shape{}, Shape{4}), (Shape{4}));
  EXPECT_EQ(joined(Shape{}, Shape{}), (Shape{}));
}

TEST(Shape, PositionsReadAsIndices) {
  EXPECT_EQ(index_text(5, Shape{2, 3}), "[1, 2]");
  EXPECT_EQ(index_text(2, Shape{3}), "[2]");
  EXPECT_EQ(index_text(0, Shape{}), "");
}

TEST(Shape, DimsCountFromBothEnds) {
  EXPECT_EQ(normalise_dim(0, 2), 0U);
  EXPECT_EQ(normalise_dim(1, 2), 1U);
  EXPECT_EQ(normalise_dim(-1, 2), 1U);
  EXPECT_EQ(normalise_dim(-2, 2), 0U);
  EXPECT_EQ(normalise_dim(0, 0), 0U);
  EXPECT_EQ(normalise_dim(-1, 0), 0U);
  EXPECT_THAT(error_of([] { normalise_dim(2, 2); }),
              HasSubstr("Dimension out of range (expected to be in range of [-2, 1], but got 2)"));
  EXPECT_THAT(error_of([] { normalise_dim(-3, 2); }), HasSubstr("but got -3"));
  EXPECT_THAT(error_of([] { normalise_dim(1, 0); }), HasSubstr("[-1, 0], but got 1"));
}

TEST(Shape, StridesAreRowMajorAndZeroWhereRepeated) {
  const auto plain = strides(Shape{2, 3, 4});
  EXPECT_THAT(std::vector<std::int64_t>(plain.begin(), plain.begin() + 3), ElementsAre(12, 4, 1));
  const auto repeated = strides(Shape{2, 1, 4}, true);
  EXPECT_THAT(std::vector<std::int64_t>(repeated.begin(), repeated.begin() + 3),
              ElementsAre(4, 0, 1));
}

}  // namespace
}  // namespace verigrad
