// From single comparisons to a row: statistics and what its verdict speaks of.
#include "runner/accuracy_row.hpp"

#include <gmock/gmock.h>

#include <limits>

#include "expressions/document.hpp"
#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using reports::AccuracyRow;
using reports::AccuracyVerdict;

/// By hand: sorted 0, 0.25, 0.5, 0.5, 0.75, 1, 3, 4, 5, 100.
TEST(UlpStatistics, CountsAndRanksErrors) {
  const auto all = ulp_statistics({5, 0.5, 0, 1, 0.25, 0.75, 3, 0.5, 100, 4}, 4, 64);
  EXPECT_EQ(all.n, 10);
  EXPECT_EQ(all.median, 0.75);
  EXPECT_EQ(all.p90, 5);
  EXPECT_EQ(all.p99, 100);
  EXPECT_EQ(all.max, 100);
  EXPECT_EQ(all.correctly_rounded, 4);
  EXPECT_EQ(all.within_1, 6);
  EXPECT_EQ(all.within_4, 8);
  // Correctly rounded 4; up to 1: 2 others; up to 2: none; up to 4: 3 and 4; up to 8: 5; 128: 100.
  EXPECT_EQ(all.histogram, (std::vector<std::int64_t>{4, 2, 0, 2, 1, 0, 0, 0, 1}));
  EXPECT_NEAR(ulp_statistics({1, 3}, 0, 64).mean_bits, 1.5, 1e-15);
  EXPECT_EQ(ulp_statistics({}, 0, 64).n, 0);
}

TEST(UlpStatistics, CountResultsThatAreNotFiniteAsInfinitelyWrong) {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto all = ulp_statistics({infinity, 1, infinity, 3}, 0, 64);
  EXPECT_EQ(all.n, 4);
  EXPECT_EQ(all.median, 3);
  EXPECT_EQ(all.p90, infinity);
  EXPECT_EQ(all.max, infinity);
  EXPECT_EQ(all.within_4, 2);
  EXPECT_EQ(all.mean_bits, (1 + 2 + 64 + 64) / 4.0);
  EXPECT_EQ(all.histogram, (std::vector<std::int64_t>{0, 1, 0, 1}));
  EXPECT_TRUE(ulp_statistics({infinity}, 0, 32).histogram.empty());
}

EntryAccuracy entry(double ulps, double relative_error, double condition) {
  EntryAccuracy made;
  made.computed = made.truth = 1;
  made.ulps = ulps;
  made.relative_error = relative_error;
  made.condition = condition;
  return made;
}

/// 7 ulp where the inputs' rounding causes a tenth of it are fine; 30 ulp where it causes 2.5 times
/// as much are ill-conditioned, by 40 u / ((1 + 99) u) = 0.4.
TEST(AccuracyRow, SpeaksOfErrorsAboveEightUlpAlone) {
  constexpr double u = 0x1p-53;
  Sample sample{.index = 0,
                .instance = expressions::elaborate("input x in [1, 2]\ny = x * x\ncheck y\n"),
                .point = {{1.5}},
                .rejected = 0,
                .no_point = {},
                .overflowed = {}};
  const std::vector<MeasuredSample> measured{{&sample, {entry(7, 10 * u, 0)}},
                                             {&sample, {entry(30, 40 * u, 99)}}};
  const AccuracyRow row = accuracy_row("t.grad", {0, 0}, measured).row;
  EXPECT_EQ(row.verdict, AccuracyVerdict::ill_conditioned);
  EXPECT_THAT(row.reason, testing::StartsWith("errors of up to 0.4 times"));
  EXPECT_EQ(row.instability, 10);
}

}  // namespace
}  // namespace verigrad::runner
