// gradcheck accuracy where errors have no size in ulps: overflows, and numbers where the truth is
// 0.
#include <cmath>

#include "tests/runner/accuracy_rows.hpp"

namespace verigrad::runner {
namespace {

using reports::AccuracyRow;
using reports::AccuracyVerdict;

/// exp overflows at 710, where atan'(exp(x)) exp'(x) = 0 inf, in truth about 5e-309.
TEST(Accuracy, CountsOverflowsAndWrongZeros) {
  const AccuracyRow overflow = row_of("input x = 710\ny = atan(exp(x))\n");
  EXPECT_EQ(overflow.overflow, 1);
  EXPECT_EQ(overflow.verdict, AccuracyVerdict::unstable);
  EXPECT_EQ(overflow.ulps.n, 1);
  EXPECT_EQ(overflow.ulps.median, INFINITY);
  EXPECT_EQ(overflow.ulps.mean_bits, 64);
  EXPECT_THAT(overflow.reason, testing::HasSubstr("at 1 of 1 entries"));
  const AccuracyRow zero = row_of("input x = 0.1\ny = 0.1 * x * x - 0.1 * (x * x)\n");
  EXPECT_EQ(zero.wrong_zeros + zero.ulps.n, 1);
}

/// sin(a x) + sin(2 a x) has the slope 1e350 (cos 1 + 2 cos 2) < 0 here, of terms that overflow to
/// infinities of either sign.
TEST(Accuracy, CountsANanWhereTheTruthOverflowsToo) {
  const AccuracyRow row =
      row_of("input x = 1e-200\ny = sin(x * 1e200) * 1e150 + sin(2 * x * 1e200) * 1e150\n");
  EXPECT_EQ(row.overflow, 1);
  EXPECT_EQ(row.ulps.max, INFINITY);
  EXPECT_EQ(row.verdict, AccuracyVerdict::unstable);
  ASSERT_TRUE(row.worst);
  EXPECT_EQ(row.worst->truth, -INFINITY);
  EXPECT_EQ(row.worst->ulps, INFINITY);
}

/// 2 x / x^2 - 2 / x is 0 for every x, which an enclosure of x^2 cannot tell.
TEST(Accuracy, CountsNumbersWhereTheTruthCannotBeToldFromZero) {
  const AccuracyRow row = row_of("input x in [1, 2]\ny = log(x ** 2) - 2 * log(x)\n");
  EXPECT_GT(row.wrong_zeros, 0);
  EXPECT_EQ(row.wrong_zeros + row.ulps.correctly_rounded, default_accuracy_samples);
  EXPECT_EQ(row.ulps.max, 0);
  EXPECT_EQ(row.verdict, AccuracyVerdict::ill_conditioned);
  ASSERT_TRUE(row.worst);
  EXPECT_NE(row.worst->computed, 0);
}

/// 64 u A (docs/verdicts.md), A being the sum of the terms' sizes. exp(2000 t) and exp(t) ** 2000
/// are equal, and rounding of exp(t) puts the second off by up to 1000 u of its size, half of A.
TEST(Accuracy, ForgivesRoundingOfCancellingTermsWhereACheckDoes) {
  for (const char* text : {"input x in [1, 2]\ny = 0.1 * x + 0.2 * x - 0.3 * x\n",
                           "input x in [1, 2]\ny = 1234567.1 * (0.1 * x + 0.2 * x - 0.3 * x)\n",
                           "dtype f32\ninput x in [1, 2]\ny = log(x ** 2) - 2 * log(x)\n"}) {
    const AccuracyRow row = row_of(text);
    EXPECT_EQ(row.verdict, AccuracyVerdict::ill_conditioned) << text << row.reason;
    EXPECT_EQ(check_text(text).summary.pass, 1) << text;
  }
  const char* const farther =
      "input x in [1, 2]\ninput t in [0.1, 0.2]\ny = x * exp(2000 * t) - x * exp(t) ** 2000\n"
      "check y wrt x\n";
  const AccuracyRow row = row_of(farther);
  EXPECT_EQ(row.verdict, AccuracyVerdict::unstable) << row.reason;
  EXPECT_GT(row.wrong_zeros, 0);
  EXPECT_EQ(row.overflow, 0);
  EXPECT_EQ(check_text(farther).summary.inaccurate, 1);
}

}  // namespace
}  // namespace verigrad::runner
