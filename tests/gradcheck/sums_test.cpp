// Sums and largest of every number of terms, about those that fill vector registers.
#include "gradcheck/sums.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace verigrad::gradcheck::detail {
namespace {

constexpr std::size_t most = 70;

TEST(Sums, CountEveryTermOnce) {
  std::vector<double> x, y;
  double expected = 0;
  for (std::size_t count = 0; count < most; ++count) {
    EXPECT_EQ(sum_of(count, [&](auto load) { return load(x.data()) * load(y.data()); }), expected);
    const auto n = static_cast<double>(count);
    x.push_back(n + 1);
    y.push_back(2 - n);
    expected += (n + 1) * (2 - n);  // integers: exact in any order
  }
}

TEST(Sums, FindTheLargestWhereverItStands) {
  for (std::size_t count = 1; count < most; ++count)
    for (std::size_t place = 0; place < count; ++place) {
      std::vector<double> x(count, 1);
      const auto largest = [&] {
        return largest_of(count, [&](auto load) { return abs(load(x.data())); });
      };
      x[place] = -3;
      EXPECT_EQ(largest(), 3) << place << " of " << count;
      x[place] = std::numeric_limits<double>::quiet_NaN();
      EXPECT_TRUE(std::isnan(largest())) << place << " of " << count;
    }
}

TEST(Sums, AreZeroWithoutATerm) {
  const std::vector<double> negative(most, -1);
  EXPECT_EQ(largest_of(most, [&](auto load) { return load(negative.data()); }), 0);
  EXPECT_EQ(largest_of(0, [&](auto load) { return load(negative.data()); }), 0);
}

}  // namespace
}  // namespace verigrad::gradcheck::detail
