// Which mathematical library computes: vector functions for whole registers, libm on demand.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/blocks.hpp"
#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using D = Tensor<double>;

D points(std::int64_t n) {
  Random random(3);
  return rand<double>({n}, random) * 10 - 5;
}

TEST(StrictMath, ComputesByLibmAlone) {
  const StrictMathScope strict;
  D x = points(5000).detach().requires_grad_();
  const D y = exp(sin(x));
  sum(y).backward();
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    ASSERT_EQ(y[i], std::exp(std::sin(x[i])));
    ASSERT_EQ(x.grad()[i], std::exp(std::sin(x[i])) * std::cos(x[i]));
  }
}

TEST(StrictMath, NestsAndEnds) {
  EXPECT_FALSE(strict_math());
  {
    const StrictMathScope outer;
    {
      const StrictMathScope inner(false);
      EXPECT_FALSE(strict_math());
    }
    EXPECT_TRUE(strict_math());
  }
  EXPECT_FALSE(strict_math());
}

TEST(VectorMath, EqualEntriesHaveEqualResultsWhereverTheyStand) {
  for (const std::int64_t n : {8, 9, 13, 100, 1001, 20'000}) {
    const D x = full<double>({n}, 0.7);
    const D y = sin(x) + log1p(x) * tanh(x) + pow(x, x);
    for (std::int64_t i = 1; i < n; ++i) ASSERT_EQ(y[i], y[0]) << n << " entries, at " << i;
  }
}

TEST(VectorMath, StaysWithinTwoUlpsOfLibm) {
  const D x = points(5000);
  const D y = sin(x);
  for (std::int64_t i = 0; i < x.numel(); ++i)
    ASSERT_NEAR(y[i], std::sin(x[i]), 2 * 0x1p-53 * std::abs(y[i]) * 2) << x[i];
}

TEST(VectorMath, FewEntriesAreLibms) {
  for (const std::int64_t n : {1, 7}) {
    const D x = points(n);
    const D y = tanh(x);
    for (std::int64_t i = 0; i < n; ++i) EXPECT_EQ(y[i], std::tanh(x[i]));
  }
}

}  // namespace
}  // namespace verigrad
