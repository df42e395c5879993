// Functions of packs against libm in a wider type, over all magnitudes and at special values.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "engine/pack.hpp"
#include "engine/random.hpp"

namespace verigrad {
namespace {

/// The distance of `got` from `truth` in units in the last place of the truth's binade.
template <class T>
double ulps(T got, long double truth) {
  int exponent = 0;
  std::frexp(std::abs(truth), &exponent);
  const int digits = std::numeric_limits<T>::digits;
  const int last = std::numeric_limits<T>::min_exponent - digits;
  const long double unit = std::ldexp(1.0L, std::max(exponent - digits, last));
  return static_cast<double>(std::abs(static_cast<long double>(got) - truth) / unit);
}

template <class T>
std::vector<T> sample(std::uint64_t seed) {
  using limits = std::numeric_limits<T>;
  std::vector<T> points{T(0),
                        T(-0.0),
                        limits::infinity(),
                        -limits::infinity(),
                        limits::quiet_NaN(),
                        T(1),
                        T(-1),
                        T(2),
                        T(-2),
                        T(0.5),
                        T(-0.5),
                        T(3),
                        limits::denorm_min(),
                        -limits::denorm_min(),
                        limits::min(),
                        limits::max(),
                        limits::lowest(),
                        T(5),
                        T(-3),
                        T(1.5)};
  Random random(seed);
  const double low = limits::min_exponent - limits::digits, high = limits::max_exponent;
  while (points.size() < 20'000) {
    const double size = random.uniform() < 0.5 ? std::exp2(low + (high - low) * random.uniform())
                                               : std::exp2(-20 + 30 * random.uniform());
    points.push_back(static_cast<T>(random.uniform() < 0.5 ? size : -size));
  }
  return points;
}

template <class T>
bool same_kind(T a, T b) {
  if (std::isnan(b) || std::isinf(b) || b == 0)
    return std::isnan(b) ? std::isnan(a) : a == b && std::signbit(a) == std::signbit(b);
  return std::isfinite(a);
}

/// The packed function must be within one ulp of the truth more than libm is.
template <class T, class Packed, class Plain, class Wide>
void expect_accurate(const char* name, Packed packed, Plain plain, Wide wide) {
  constexpr std::size_t width = static_cast<std::size_t>(Pack<T>::size);
  const std::vector<T> points = sample<T>(11);
  for (std::size_t i = 0; i + width <= points.size(); i += width) {
    T results[width];
    packed(Pack<T>::load(&points[i])).store(results);
    for (std::size_t k = 0; k < width; ++k) {
      const T x = points[i + k], libm = plain(x);
      ASSERT_TRUE(same_kind(results[k], libm)) << name << " of " << x << ": " << results[k];
      if (!std::isfinite(libm)) continue;
      const long double truth = wide(static_cast<long double>(x));
      ASSERT_LE(ulps(results[k], truth), ulps(libm, truth) + 1) << name << " of " << x;
    }
  }
}

template <class T, class Packed, class Plain, class Wide>
void expect_accurate2(const char* name, Packed packed, Plain plain, Wide wide) {
  constexpr std::size_t width = static_cast<std::size_t>(Pack<T>::size);
  const std::vector<T> points = sample<T>(11);
  for (std::size_t shift = 0; shift < 20; ++shift)
    for (std::size_t i = 0; i + 2 * width + 20 <= points.size(); i += width) {
      const T *x = &points[i], *y = &points[shift < 19 && i < 40 ? shift : i + width + shift];
      T results[width];
      packed(Pack<T>::load(x), Pack<T>::load(y)).store(results);
      for (std::size_t k = 0; k < width; ++k) {
        const T libm = plain(x[k], y[k]);
        ASSERT_TRUE(same_kind(results[k], libm))
            << name << " of " << x[k] << ", " << y[k] << ": " << results[k];
        if (!std::isfinite(libm)) continue;
        const long double truth =
            wide(static_cast<long double>(x[k]), static_cast<long double>(y[k]));
        ASSERT_LE(ulps(results[k], truth), ulps(libm, truth) + 1.5)
            << name << " of " << x[k] << ", " << y[k];
      }
    }
}

#define VERIGRAD_UNARY(f)                                                          \
  expect_accurate<T>(                                                              \
      #f, [](Pack<T> x) { return verigrad::f(x); }, [](T x) { return std::f(x); }, \
      [](long double x) { return std::f(x); });
#define VERIGRAD_BINARY(f)                                        \
  expect_accurate2<T>(                                            \
      #f, [](Pack<T> x, Pack<T> y) { return verigrad::f(x, y); }, \
      [](T x, T y) { return std::f(x, y); },                      \
      [](long double x, long double y) { return std::f(x, y); });

template <class T>
class PackFunctions : public testing::Test {};
using Types = testing::Types<double, float>;
TYPED_TEST_SUITE(PackFunctions, Types);

TYPED_TEST(PackFunctions, OfOneArgumentAreWithinAnUlpOfLibm) {
  using T = TypeParam;
  VERIGRAD_UNARY(sin)
  VERIGRAD_UNARY(cos)
  VERIGRAD_UNARY(tan)
  VERIGRAD_UNARY(asin)
  VERIGRAD_UNARY(acos)
  VERIGRAD_UNARY(atan)
  VERIGRAD_UNARY(exp)
  VERIGRAD_UNARY(exp2)
  VERIGRAD_UNARY(expm1)
  VERIGRAD_UNARY(log)
  VERIGRAD_UNARY(log2)
  VERIGRAD_UNARY(log10)
  VERIGRAD_UNARY(log1p)
  VERIGRAD_UNARY(sinh)
  VERIGRAD_UNARY(cosh)
  VERIGRAD_UNARY(tanh)
  VERIGRAD_UNARY(asinh)
  VERIGRAD_UNARY(acosh)
  VERIGRAD_UNARY(atanh)
  VERIGRAD_UNARY(erf)
  VERIGRAD_UNARY(erfc)
  VERIGRAD_UNARY(cbrt)
  VERIGRAD_UNARY(sqrt)
  VERIGRAD_UNARY(trunc)
  VERIGRAD_UNARY(floor)
  VERIGRAD_UNARY(ceil)
  VERIGRAD_UNARY(nearbyint)
  VERIGRAD_UNARY(abs)
}

TYPED_TEST(PackFunctions, OfTwoArgumentsAreWithinOneAndAHalfUlpsOfLibm) {
  using T = TypeParam;
  VERIGRAD_BINARY(atan2)
  VERIGRAD_BINARY(pow)
  VERIGRAD_BINARY(hypot)
}

/// The helpers of rules agree with their versions for numbers.
TYPED_TEST(PackFunctions, HelpersAgreeWithThoseOfNumbers) {
  using T = TypeParam;
  constexpr std::size_t width = static_cast<std::size_t>(Pack<T>::size);
  const std::vector<T> points = sample<T>(5);
  for (std::size_t i = 0; i + width <= points.size(); i += width) {
    const Pack<T> x = Pack<T>::load(&points[i]);
    const std::vector<std::pair<Pack<T>, T (*)(T)>> cases{
        {sigmoid(x), [](T v) { return sigmoid(v); }},
        {softplus(x), [](T v) { return softplus(v); }},
        {sign(x), [](T v) { return sign(v); }},
        {power(x, Pack<T>(T(2))), [](T v) { return power(v, T(2)); }}};
    for (const auto& [packed, plain] : cases)
      for (std::size_t k = 0; k < width; ++k) {
        const T expected = plain(points[i + k]), got = packed.v[k];
        ASSERT_TRUE(same_kind(got, expected)) << points[i + k];
        if (!std::isfinite(expected)) continue;
        ASSERT_LE(ulps(got, static_cast<long double>(expected)), 4) << points[i + k];
      }
  }
}

}  // namespace
}  // namespace verigrad
