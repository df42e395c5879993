#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>

namespace verigrad {

/// A stream of random numbers that a seed decides to the bit, on every machine and compiler: only
/// integer arithmetic and the correctly rounded floating operations + - * / and sqrt are used, and
/// none of the standard library's distributions.
///
/// The generator is xoshiro256++ 1.0, its state filled by SplitMix64 (D. Blackman and S. Vigna,
/// "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021); both algorithms as
/// published at prng.di.unimi.it).
class Random {
 public:
  explicit Random(std::uint64_t seed);

  /// The independent stream that belongs to `seed` and a path of indices, such as (point, leaf).
  /// Different paths, and paths of different length, give unrelated streams, so that what one part
  /// draws does not depend on the order or the thread in which the parts are run.
  template <std::integral... Index>
  static Random stream(std::uint64_t seed, Index... path) {
    return Random(derive(seed, {static_cast<std::uint64_t>(path)...}));
  }

  /// 64 uniformly random bits.
  std::uint64_t next();
  /// Uniform on [0, 1): a multiple of 2^-53.
  double uniform();
  /// Uniform on [lower, upper) for finite lower <= upper; `lower` when they are equal.
  double uniform(double lower, double upper);
  /// Standard normal, by Marsaglia's polar method.
  double normal();
  /// exp of a uniform number on [log lower, log upper], for 0 < lower <= upper, both finite: every
  /// decade between is equally likely.
  double log_uniform(double lower, double upper);
  /// Uniform among the integers lower … upper, both included; lower <= upper.
  std::int64_t integer(std::int64_t lower, std::int64_t upper);

 private:
  static std::uint64_t derive(std::uint64_t seed, std::initializer_list<std::uint64_t> path);

  std::array<std::uint64_t, 4> state_;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace verigrad
