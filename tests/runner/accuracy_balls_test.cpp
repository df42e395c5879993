// What the accuracy report says of ball arithmetic: how sharply it encloses, and how many bits
// truths take.
#include <cmath>

#include "tests/runner/accuracy_rows.hpp"

namespace verigrad::runner {
namespace {

using reports::AccuracyRow;

// With a = 2^30 + 1 and c = 2^60 + 2^31, d/dx (a a x - c x) = 1 is the difference of a a, which has
// 61 bits, and c: at p < 61 bits a a has a radius of 2^(61 - p), an ulp of its last place.
TEST(AccuracyBalls, TellsWhatBallsOfEachPrecisionEnclose) {
  const std::string text =
      "input x = 1\nconst a = 1073741825\nconst c = 1152921506754330624\ny = a * a * x - c * x\n";
  const AccuracyRow row = row_of(text);
  EXPECT_EQ(row.truth_bits, 128);
  ASSERT_TRUE(row.ball_ulps);
  EXPECT_EQ(row.balls.front().bits, 24);
  EXPECT_EQ(row.balls.back().bits, 128);
  for (const auto& [bits, ulps] : row.balls) {
    if (bits == 53) {
      EXPECT_EQ(ulps, *row.ball_ulps);
    }
    const double expected = bits < 61 ? std::ldexp(1, 61 - static_cast<int>(bits) + 52) : 0;
    EXPECT_GE(ulps, expected / 2) << bits;
    EXPECT_LE(ulps, expected * 4) << bits;
  }
}

TEST(AccuracyBalls, GivesTheBallInThePrecisionOfTheDtype) {
  // 3 x^2 at 0.1f: x x has 48 bits, and is rounded to 24 in each of three terms.
  const AccuracyRow row = row_of("dtype f32\ninput x = 0.1\ny = x * x * x\n");
  ASSERT_TRUE(row.ball_ulps);
  EXPECT_EQ(*row.ball_ulps, row.balls.front().ulps);
  EXPECT_GT(*row.ball_ulps, 0.25);
  EXPECT_LT(*row.ball_ulps, 16);
}

TEST(AccuracyBalls, TellsHowManyBitsATruthTakes) {
  // The derivative of sin(x) - x at 1e-20 is -x^2 / 2 = -5e-41, of which 134 bits cancel: with
  // fewer, cos(x) is a ball around 1 of at least that radius, 2^52 to 2^53 ulps.
  const AccuracyRow cancelled = row_of("input x = 1e-20\ny = sin(x) - x\n");
  EXPECT_EQ(cancelled.truth_bits, 256);
  EXPECT_EQ(cancelled.balls.back().bits, 256);
  ASSERT_TRUE(cancelled.ball_ulps);
  EXPECT_GT(*cancelled.ball_ulps, 0x1p52);
  EXPECT_LT(*cancelled.ball_ulps, 0x1p55);
}

}  // namespace
}  // namespace verigrad::runner
