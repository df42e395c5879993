#include "engine/random.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace verigrad {
namespace {

std::uint64_t split_mix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// The mathematical library's log and exp may differ in the last bit between machines, even between
// two processors that run one binary; these use exactly specified operations only.

/// log x for finite x > 0, to about 1 ulp: with x = m 2^e and m in [sqrt(1/2), sqrt(2)), it is
/// e log 2 + 2 artanh((m - 1) / (m + 1)), whose series converges by a factor 34 a term.
double reproducible_log(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < std::numbers::sqrt2 / 2) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1), square = s * s;
  double series = 0;
  for (int k = 23; k >= 1; k -= 2) series = series * square + 1.0 / k;
  return exponent * std::numbers::ln2 + 2 * s * series;
}

/// exp x for |x| < 745, to a few ulp: with x = k log 2 + r and |r| <= log(2) / 2, it is 2^k times
/// the Taylor series of exp r.
double reproducible_exp(double x) {
  // log 2 in two parts, the first with trailing zeros enough that its products with k are exact.
  constexpr double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;
  const double k = std::nearbyint(x / std::numbers::ln2);
  const double r = (x - k * ln2_high) - k * ln2_low;
  double series = 1;
  for (int n = 15; n >= 1; --n) series = 1 + series * r / n;
  return std::ldexp(series, static_cast<int>(k));
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) word = split_mix(seed);
}

std::uint64_t Random::derive(std::uint64_t seed, std::initializer_list<std::uint64_t> path) {
  std::uint64_t state = seed;
  std::uint64_t key = split_mix(state);
  for (std::uint64_t index : path) {
    state = key ^ (index * 0xD1342543DE82EF95u + 1);
    key = split_mix(state) ^ std::rotl(key, 23);
  }
  return key;
}

std::uint64_t Random::next() {
  auto& [a, b, c, d] = state_;
  const std::uint64_t out = std::rotl(a + d, 23) + a;
  const std::uint64_t t = b << 17;
  c ^= a;
  d ^= b;
  b ^= c;
  a ^= d;
  c ^= t;
  d = std::rotl(d, 45);
  return out;
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

double Random::uniform(double lower, double upper) {
  if (!(lower < upper)) return lower;
  const double u = uniform();
  const double width = upper - lower;
  const double x = std::isfinite(width) ? lower + u * width : lower * (1 - u) + upper * u;
  return std::clamp(x, lower, std::nextafter(upper, lower));
}

double Random::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  double x = 0, y = 0, square = 0;
  do {
    x = 2 * uniform() - 1;
    y = 2 * uniform() - 1;
    square = x * x + y * y;
  } while (square >= 1 || square == 0);
  const double scale = std::sqrt(-2 * reproducible_log(square) / square);
  spare_ = y * scale;
  has_spare_ = true;
  return x * scale;
}

double Random::log_uniform(double lower, double upper) {
  if (!(lower < upper)) return lower;
  const double low = reproducible_log(lower), high = reproducible_log(upper);
  return std::clamp(reproducible_exp(low + uniform() * (high - low)), lower, upper);
}

std::int64_t Random::integer(std::int64_t lower, std::int64_t upper) {
  const std::uint64_t base = static_cast<std::uint64_t>(lower);
  const std::uint64_t count = static_cast<std::uint64_t>(upper) - base + 1;
  if (count == 0) return static_cast<std::int64_t>(next());
  // Numbers below 2^64 mod count are drawn again, so that every remainder is equally likely.
  const std::uint64_t rejected = (0 - count) % count;
  std::uint64_t bits = next();
  while (bits < rejected) bits = next();
  return static_cast<std::int64_t>(base + bits % count);
}

}  // namespace verigrad
