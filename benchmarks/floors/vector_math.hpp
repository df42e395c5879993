#pragma once

#include <immintrin.h>
#include <sleef.h>

#include <algorithm>
#include <cstddef>
#include <span>

// The widest vector of doubles that the compiler may use, with SLEEF's functions of 1 ulp. The
// compilers' own operators work on it.

namespace verigrad::benchmarks::floors {

#if defined(__AVX512F__)
using Pack = __m512d;
using PackPair = Sleef___m512d_2;
#define VERIGRAD_SLEEF(function) Sleef_##function##d8_u10avx512f
#elif defined(__AVX2__) && defined(__FMA__)
using Pack = __m256d;
using PackPair = Sleef___m256d_2;
#define VERIGRAD_SLEEF(function) Sleef_##function##d4_u10avx2
#else
using Pack = __m128d;
using PackPair = Sleef___m128d_2;
#define VERIGRAD_SLEEF(function) Sleef_##function##d2_u10
#endif

inline Pack exp(Pack x) { return VERIGRAD_SLEEF(exp)(x); }
inline Pack log(Pack x) { return VERIGRAD_SLEEF(log)(x); }
inline Pack tanh(Pack x) { return VERIGRAD_SLEEF(tanh)(x); }
/// x is sin, y is cos.
inline PackPair sincos(Pack x) { return VERIGRAD_SLEEF(sincos)(x); }
#undef VERIGRAD_SLEEF

constexpr std::size_t lanes = sizeof(Pack) / sizeof(double);

/// May alias doubles, and begin anywhere.
struct [[gnu::packed, gnu::may_alias]] Unaligned {
  Pack pack;
};
inline Pack load(const double* from) { return reinterpret_cast<const Unaligned*>(from)->pack; }
inline void store(double* to, Pack pack) { reinterpret_cast<Unaligned*>(to)->pack = pack; }
inline Pack broadcast(double x) { return Pack{} + x; }

inline double total(__m128d pair) { return pair[0] + pair[1]; }
#if defined(__AVX2__)
inline double total(__m256d four) {
  return total(__builtin_shufflevector(four, four, 0, 1) +
               __builtin_shufflevector(four, four, 2, 3));
}
#endif
#if defined(__AVX512F__)
inline double total(__m512d eight) {
  return total(__builtin_shufflevector(eight, eight, 0, 1, 2, 3) +
               __builtin_shufflevector(eight, eight, 4, 5, 6, 7));
}
#endif

/// The first `count` entries, then zeros; and the first `count` lanes back.
inline Pack load_part(const double* from, std::size_t count) {
  double padded[lanes] = {};
  std::copy_n(from, count, padded);
  return load(padded);
}
inline void store_part(double* to, std::size_t count, Pack pack) {
  double padded[lanes];
  store(padded, pack);
  std::copy_n(padded, count, to);
}

}  // namespace verigrad::benchmarks::floors
