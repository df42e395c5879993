#pragma once

#include <immintrin.h>
#include <sleef.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "engine/scalar.hpp"

namespace verigrad {

// As many numbers as a vector register holds, with the operators and functions of plain numbers, so
// that a definition's `value` and `vjp` run on whole registers. The elementary functions are
// SLEEF's, with error bounds of 1 ulp; where SLEEF gives up digits or range that libm keeps, lanes
// outside the good range are computed by libm.

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define VERIGRAD_PACK_BYTES 64
#define VERIGRAD_SLEEF_F64(name, accuracy) Sleef_##name##d8_##accuracy##avx512f
#define VERIGRAD_SLEEF_F32(name, accuracy) Sleef_##name##f16_##accuracy##avx512f
inline namespace pack_avx512 {
using Register64 = __m512d;
using Register32 = __m512;
#define VERIGRAD_REGISTER_SQRT(precision) _mm512_sqrt_##precision
#elif defined(__AVX2__) && defined(__FMA__)
#define VERIGRAD_PACK_BYTES 32
#define VERIGRAD_SLEEF_F64(name, accuracy) Sleef_##name##d4_##accuracy##avx2
#define VERIGRAD_SLEEF_F32(name, accuracy) Sleef_##name##f8_##accuracy##avx2
inline namespace pack_avx2 {
using Register64 = __m256d;
using Register32 = __m256;
#define VERIGRAD_REGISTER_SQRT(precision) _mm256_sqrt_##precision
#else
#define VERIGRAD_PACK_BYTES 16
#define VERIGRAD_SLEEF_F64(name, accuracy) Sleef_##name##d2_##accuracy##sse2
#define VERIGRAD_SLEEF_F32(name, accuracy) Sleef_##name##f4_##accuracy##sse2
inline namespace pack_sse2 {
using Register64 = __m128d;
using Register32 = __m128;
#define VERIGRAD_REGISTER_SQRT(precision) _mm_sqrt_##precision
#endif

template <class T>
struct PackTypes;
template <>
struct PackTypes<double> {
  typedef double Vector __attribute__((vector_size(VERIGRAD_PACK_BYTES)));
  using Bits = decltype(Vector{} < Vector{});
};
template <>
struct PackTypes<float> {
  typedef float Vector __attribute__((vector_size(VERIGRAD_PACK_BYTES)));
  using Bits = decltype(Vector{} < Vector{});
};

/// A truth value for each lane.
template <class T>
struct PackMask {
  typename PackTypes<T>::Bits v;

  bool any() const {
#if VERIGRAD_PACK_BYTES == 64
    return _mm512_test_epi64_mask(__m512i(v), __m512i(v)) != 0;
#elif VERIGRAD_PACK_BYTES == 32
    return _mm256_testz_si256(__m256i(v), __m256i(v)) == 0;
#else
    return _mm_movemask_epi8(__m128i(v)) != 0;
#endif
  }
  friend PackMask operator&(PackMask a, PackMask b) { return {a.v & b.v}; }
  friend PackMask operator|(PackMask a, PackMask b) { return {a.v | b.v}; }
  friend PackMask operator!(PackMask a) { return {~a.v}; }
};

template <class T>
struct Pack {
  using Vector = typename PackTypes<T>::Vector;
  using Mask = PackMask<T>;
  static constexpr std::int64_t size = VERIGRAD_PACK_BYTES / sizeof(T);
  Vector v;

  Pack() = default;
  Pack(Vector lanes) : v(lanes) {}
  Pack(T x) : v(x - Vector{}) {}  // x - 0 is x also for -0

  static Pack load(const T* from) {
    Pack p;
    __builtin_memcpy(&p.v, from, sizeof(Vector));
    return p;
  }
  void store(T* to) const { __builtin_memcpy(to, &v, sizeof(Vector)); }

  friend Pack operator+(Pack a, Pack b) { return a.v + b.v; }
  friend Pack operator-(Pack a, Pack b) { return a.v - b.v; }
  friend Pack operator*(Pack a, Pack b) { return a.v * b.v; }
  friend Pack operator/(Pack a, Pack b) { return a.v / b.v; }
  friend Pack operator-(Pack a) { return -a.v; }
  friend Mask operator<(Pack a, Pack b) { return {a.v < b.v}; }
  friend Mask operator<=(Pack a, Pack b) { return {a.v <= b.v}; }
  friend Mask operator>(Pack a, Pack b) { return {a.v > b.v}; }
  friend Mask operator>=(Pack a, Pack b) { return {a.v >= b.v}; }
  friend Mask operator==(Pack a, Pack b) { return {a.v == b.v}; }
  friend Mask operator!=(Pack a, Pack b) { return {a.v != b.v}; }
};

/// f of every lane, one after the other.
template <class T, class F, class... P>
Pack<T> by_lane(F f, Pack<T> a, P... rest) {
  Pack<T> result;
  for (std::size_t i = 0; i < static_cast<std::size_t>(Pack<T>::size); ++i)
    result.v[i] = f(a.v[i], rest.v[i]...);
  return result;
}

template <class T>
Pack<T> where(PackMask<T> condition, Pack<T> a, std::type_identity_t<Pack<T>> b) {
  return condition.v ? a.v : b.v;
}
template <class T>
Pack<T> where(PackMask<T> condition, T a, Pack<T> b) {
  return condition.v ? Pack<T>(a).v : b.v;
}

template <class T, class F>
Pack<T> where_else(PackMask<T> condition, Pack<T> a, F f) {
  return (!condition).any() ? where(condition, a, f()) : a;
}

/// `result` with the lanes under `bad` replaced by f of them.
template <class T, class F, class... P>
Pack<T> mended(PackMask<T> bad, Pack<T> result, F f, P... operands) {
  if (bad.any()) [[unlikely]]
    for (std::size_t i = 0; i < static_cast<std::size_t>(Pack<T>::size); ++i)
      if (bad.v[i] != 0) result.v[i] = f(operands.v[i]...);
  return result;
}

template <class T>
Pack<T> abs(Pack<T> x) {
  return where(x < Pack<T>(T(0)), -x, x + T(0));
}
template <class T>
Pack<T> sign(Pack<T> x) {
  return where(x > Pack<T>(T(0)), Pack<T>(T(1)), where(x < Pack<T>(T(0)), Pack<T>(T(-1)), x));
}
template <class T>
Pack<T> maximum(Pack<T> a, Pack<T> b) {
  return where((a != a) | (a > b), a, b);
}
template <class T>
Pack<T> minimum(Pack<T> a, Pack<T> b) {
  return where((a != a) | (a < b), a, b);
}
template <class T>
Pack<T> zeros_like(Pack<T>) {
  return Pack<T>(T(0));
}

/// Each f with SLEEF's function of the stated accuracy for both precisions.
#define VERIGRAD_PACK_FUNCTION(f, sleef, accuracy)                                     \
  inline Pack<double> f(Pack<double> x) {                                              \
    return Pack<double>::Vector(VERIGRAD_SLEEF_F64(sleef, accuracy)(Register64(x.v))); \
  }                                                                                    \
  inline Pack<float> f(Pack<float> x) {                                                \
    return Pack<float>::Vector(VERIGRAD_SLEEF_F32(sleef, accuracy)(Register32(x.v)));  \
  }
VERIGRAD_PACK_FUNCTION(sin, sin, u10)
VERIGRAD_PACK_FUNCTION(cos, cos, u10)
VERIGRAD_PACK_FUNCTION(tan, tan, u10)
VERIGRAD_PACK_FUNCTION(asin, asin, u10)
VERIGRAD_PACK_FUNCTION(acos, acos, u10)
VERIGRAD_PACK_FUNCTION(atan, atan, u10)
VERIGRAD_PACK_FUNCTION(exp, exp, u10)
VERIGRAD_PACK_FUNCTION(exp2, exp2, u10)
VERIGRAD_PACK_FUNCTION(expm1, expm1, u10)
VERIGRAD_PACK_FUNCTION(log, log, u10)
VERIGRAD_PACK_FUNCTION(log2, log2, u10)
VERIGRAD_PACK_FUNCTION(log10, log10, u10)
VERIGRAD_PACK_FUNCTION(tanh, tanh, u10)
VERIGRAD_PACK_FUNCTION(atanh, atanh, u10)
VERIGRAD_PACK_FUNCTION(erf, erf, u10)
VERIGRAD_PACK_FUNCTION(erfc, erfc, u15)
VERIGRAD_PACK_FUNCTION(cbrt, cbrt, u10)

/// What a function of one variable and its derivative give at the same place.
template <class T>
struct ValueAndSlope {
  Pack<T> value, slope;
};

inline ValueAndSlope<double> sin_and_cos(Pack<double> x) {
  const auto pair = VERIGRAD_SLEEF_F64(sincos, u10)(Register64(x.v));
  return {Pack<double>::Vector(pair.x), Pack<double>::Vector(pair.y)};
}
inline ValueAndSlope<float> sin_and_cos(Pack<float> x) {
  const auto pair = VERIGRAD_SLEEF_F32(sincos, u10)(Register32(x.v));
  return {Pack<float>::Vector(pair.x), Pack<float>::Vector(pair.y)};
}

namespace sleef {
VERIGRAD_PACK_FUNCTION(sleef_log1p, log1p, u10)
VERIGRAD_PACK_FUNCTION(sleef_sinh, sinh, u10)
VERIGRAD_PACK_FUNCTION(sleef_cosh, cosh, u10)
VERIGRAD_PACK_FUNCTION(sleef_asinh, asinh, u10)
VERIGRAD_PACK_FUNCTION(sleef_acosh, acosh, u10)
}  // namespace sleef
#undef VERIGRAD_PACK_FUNCTION

// SLEEF gives infinities where these are finite but near the end of the range.
#define VERIGRAD_PACK_BOUNDED(f, bound64, bound32)                                             \
  template <class T>                                                                           \
  Pack<T> f(Pack<T> x) {                                                                       \
    constexpr T bound = sizeof(T) == 8 ? T(bound64) : T(bound32);                              \
    return mended(                                                                             \
        abs(x) > Pack<T>(bound), sleef::sleef_##f(x), [](T lane) { return std::f(lane); }, x); \
  }
VERIGRAD_PACK_BOUNDED(log1p, 1e300, 1e30)
VERIGRAD_PACK_BOUNDED(sinh, 700, 80)
VERIGRAD_PACK_BOUNDED(cosh, 700, 80)
VERIGRAD_PACK_BOUNDED(asinh, 1e150, 1e15)
VERIGRAD_PACK_BOUNDED(acosh, 1e150, 1e15)
#undef VERIGRAD_PACK_BOUNDED

#define VERIGRAD_PACK_FUNCTION2(f, accuracy)                                                       \
  inline Pack<double> f(Pack<double> a, Pack<double> b) {                                          \
    return Pack<double>::Vector(                                                                   \
        VERIGRAD_SLEEF_F64(f, accuracy)(Register64(a.v), Register64(b.v)));                        \
  }                                                                                                \
  inline Pack<float> f(Pack<float> a, Pack<float> b) {                                             \
    return Pack<float>::Vector(VERIGRAD_SLEEF_F32(f, accuracy)(Register32(a.v), Register32(b.v))); \
  }
VERIGRAD_PACK_FUNCTION2(atan2, u10)
VERIGRAD_PACK_FUNCTION2(hypot, u05)
namespace sleef {
VERIGRAD_PACK_FUNCTION2(pow, u10)
}  // namespace sleef
#undef VERIGRAD_PACK_FUNCTION2

/// SLEEF's overflows a little early: every infinity and NaN is left to libm.
template <class T>
Pack<T> pow(Pack<T> x, Pack<T> p) {
  const Pack<T> result = sleef::pow(x, p);
  return mended(
      !(abs(result) <= Pack<T>(std::numeric_limits<T>::max())), result,
      [](T base, T exponent) { return std::pow(base, exponent); }, x, p);
}

inline Pack<double> sqrt(Pack<double> x) {
  return Pack<double>::Vector(VERIGRAD_REGISTER_SQRT(pd)(Register64(x.v)));
}
inline Pack<float> sqrt(Pack<float> x) {
  return Pack<float>::Vector(VERIGRAD_REGISTER_SQRT(ps)(Register32(x.v)));
}

// Rounding to integers: one instruction where the machine has it, in loops that compilers see.
#define VERIGRAD_PACK_BY_LANE(f)                               \
  template <class T>                                           \
  Pack<T> f(Pack<T> x) {                                       \
    return by_lane<T>([](T lane) { return std::f(lane); }, x); \
  }
VERIGRAD_PACK_BY_LANE(trunc)
VERIGRAD_PACK_BY_LANE(floor)
VERIGRAD_PACK_BY_LANE(ceil)
VERIGRAD_PACK_BY_LANE(nearbyint)
#undef VERIGRAD_PACK_BY_LANE

template <class T>
Pack<T> power(Pack<T> x, Pack<T> p) {
  const PackMask<T> square = p == Pack<T>(T(2));
  return (!square).any() ? where(square, x * x, pow(x, p)) : x * x;
}
template <class T>
Pack<T> sigmoid(Pack<T> x) {
  const Pack<T> e = exp(-abs(x));
  return where(x >= Pack<T>(T(0)), Pack<T>(T(1)), e) / (T(1) + e);
}
template <class T>
Pack<T> softplus(Pack<T> x) {
  return where(x > Pack<T>(T(0)), x, Pack<T>(T(0))) + log1p(exp(-abs(x)));
}
template <class T>
Pack<T> mul_residual(Pack<T> a, Pack<T> b) {
  return by_lane<T>([](T x, T y) { return verigrad::mul_residual(x, y); }, a, b);
}

}  // inline namespace
}  // namespace verigrad
