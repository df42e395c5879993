#include "proof/ball.hpp"

#include <gtest/gtest.h>

#include "engine/error.hpp"

namespace verigrad::proof {
namespace {

TEST(Ball, TakesDoublesExactly) {
  EXPECT_TRUE(Ball(0.1).exact());
  EXPECT_EQ(Ball(0.1).midpoint(), 0.1);
}

TEST(Ball, ReadsLiteralsAsRealNumbers) {
  const Ball tenth = Ball::literal("0.1");
  EXPECT_TRUE((tenth * Ball(10) - Ball(1)).contains_zero());
  EXPECT_FALSE(tenth.overlaps(Ball(0.1)));
  EXPECT_TRUE(Ball::literal("-2.5").exact());
  EXPECT_EQ(Ball::literal("-2.5").midpoint(), -2.5);
  EXPECT_TRUE(Ball::literal("1e3").is(1000));
  EXPECT_TRUE(Ball::literal("pi").overlaps(Ball::pi()));
  EXPECT_EQ(Ball::literal("-inf").sign(), -1);
  EXPECT_FALSE(Ball::literal("inf").finite());
}

TEST(Ball, RefusesOtherText) { EXPECT_THROW(Ball::literal("one"), Error); }

TEST(Ball, ComputesAtTheScopesPrecision) {
  slong narrow = 0;
  {
    const Precision precision(64);
    narrow = (Ball(1) / Ball(3)).relative_bits();
  }
  EXPECT_LE(narrow, 66);
  EXPECT_GE((Ball(1) / Ball(3)).relative_bits(), 120);
}

TEST(Ball, HasASignOnlyWhenItIsCertain) {
  EXPECT_EQ(Ball(3).sign(), 1);
  EXPECT_EQ(Ball(-0.0).sign(), 0);
  const Ball third = Ball(1) / Ball(3);
  EXPECT_EQ((third - third).sign(), std::nullopt);
}

TEST(Ball, PrintsTheDigitsThatAreCertain) {
  EXPECT_EQ(to_string(Ball(0.5)), "0.5000000000000000000000000");
}

}  // namespace
}  // namespace verigrad::proof
