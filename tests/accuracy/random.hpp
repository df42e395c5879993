#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

namespace verigrad::accuracy {

/// SplitMix64, seeded by a text, so that each row of the table has the same points on every
/// machine and in every order.
class Random {
 public:
  explicit Random(std::string_view seed) {
    for (const char c : seed) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  }

  std::uint64_t bits() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  /// In [0, 1).
  double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  double uniform(double lower, double upper) { return lower + (upper - lower) * unit(); }
  /// 0, …, n - 1.
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(n));
  }
  bool one_in(std::int64_t n) { return below(n) == 0; }
  double sign() { return bits() & 1 ? 1 : -1; }
  /// A positive number whose logarithm to base 2 is even in [lower, upper).
  double log_uniform(double lower, double upper) {
    const double exponent = uniform(lower, upper), whole = std::floor(exponent);
    // Built from its bits, so that it does not depend on how the machine's libm rounds exp2.
    return std::ldexp(1 + unit(), static_cast<int>(whole));
  }

 private:
  std::uint64_t state_ = 0xCBF29CE484222325u;
};

}  // namespace verigrad::accuracy
