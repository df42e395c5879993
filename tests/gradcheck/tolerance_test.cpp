#include "gradcheck/tolerance.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace verigrad::gradcheck {
namespace {

/// The distance to the number below, which in all of a binade but at its first number is its ulp.
template <class T>
double to_the_number_below(T x) {
  return static_cast<double>(x) - static_cast<double>(std::nextafter(x, T(0)));
}

template <class T>
void expect_ulps_of_every_binade(DType dtype) {
  using Limits = std::numeric_limits<T>;
  for (int e = Limits::min_exponent - 1; e < Limits::max_exponent; ++e) {
    const T first = std::ldexp(T(1), e);
    const T last = first + (first - first * Limits::epsilon());
    for (const T x : {first + first / 2, last})
      EXPECT_EQ(ulp(dtype, static_cast<double>(x)), to_the_number_below(x)) << x;
    EXPECT_EQ(ulp(dtype, static_cast<double>(first)), to_the_number_below(first + first / 2));
    EXPECT_EQ(ulp(dtype, -static_cast<double>(last)), to_the_number_below(last));
  }
}

TEST(Ulp, IsTheDistanceOfNeighboursInEveryBinade) {
  expect_ulps_of_every_binade<double>(DType::f64);
  expect_ulps_of_every_binade<float>(DType::f32);
}

TEST(Ulp, IsTheLeastNumberBelowTheNormalOnes) {
  for (const double x : {0.0, 0x1p-1074, 0x1p-1023}) EXPECT_EQ(ulp(DType::f64, x), 0x1p-1074);
  for (const double x : {0.0, 0x1p-149, 0x1p-127}) EXPECT_EQ(ulp(DType::f32, x), 0x1p-149);
}

}  // namespace
}  // namespace verigrad::gradcheck
