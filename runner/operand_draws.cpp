#include "runner/operand_draws.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "runner/ordinals.hpp"

namespace verigrad::runner {
namespace {

constexpr int farthest = -3, usually_tiny = -60;

bool one_in(Random& random, std::int64_t n) { return random.integer(0, n - 1) == 0; }

double greatest(DType dtype) {
  return dtype == DType::f64 ? std::numeric_limits<double>::max()
                             : static_cast<double>(std::numeric_limits<float>::max());
}

/// The number nearest to x on the side of `step` that the domain contains.
double first_contained(DType dtype, const Interval& domain, double x, int step) {
  const double bounded = std::clamp(x, -greatest(dtype), greatest(dtype));
  std::int64_t ordinal = ordinal_of(dtype, round_to(dtype, bounded));
  while (!domain.contains(number_at(dtype, ordinal))) ordinal += step;
  return number_at(dtype, ordinal);
}

}  // namespace

Format format_of(DType dtype) {
  return dtype == DType::f64 ? Format{-1074, 1024, 53} : Format{-149, 128, 24};
}

double log_uniform(Random& random, int lower, int upper) {
  const auto exponent = static_cast<int>(random.integer(lower, std::max(lower, upper - 1)));
  return std::ldexp(1 + random.uniform(), exponent);
}

double signed_in(Random& random, const Interval& domain, double size) {
  if (domain.lower >= 0) return size;
  if (domain.upper <= 0) return -size;
  return one_in(random, 2) ? -size : size;
}

double typical(Random& random, const Interval& range) {
  if (one_in(random, 2)) return random.uniform(range.lower, range.upper);
  const double end = std::max(std::abs(range.lower), std::abs(range.upper));
  const int top = std::ilogb(end) + 1;
  for (int tries = 0; tries < 64; ++tries) {
    const double x = signed_in(random, range, log_uniform(random, top - 20, top));
    if (range.contains(x)) return x;
  }
  return random.uniform(range.lower, range.upper);
}

double mixed(Random& random, double from, double to) {
  if (one_in(random, 2)) return random.uniform(from, to);
  return std::clamp(log_uniform(random, std::ilogb(from), std::ilogb(to) + 1), from, to);
}

double nearby(Random& random, DType dtype, double x) {
  const double d = log_uniform(random, -format_of(dtype).digits, farthest);
  return x * (1 + signed_in(random, reals, d));
}

double inside_end(Random& random, DType dtype, const Interval& domain, double end) {
  const double width = std::min(1.0, domain.upper - domain.lower);
  const double distance = width * log_uniform(random, -format_of(dtype).digits, farthest);
  return end == domain.lower ? end + distance : end - distance;
}

double tiny(Random& random, DType dtype, const Interval& domain) {
  if (one_in(random, 32)) return 0;
  const int lower = one_in(random, 2) ? format_of(dtype).least : usually_tiny;
  return signed_in(random, domain, log_uniform(random, lower, farthest));
}

double any_magnitude(Random& random, DType dtype, const Interval& domain) {
  const double end = std::max(std::abs(domain.lower), std::abs(domain.upper));
  const Format format = format_of(dtype);
  const int top = std::isfinite(end) && end > 0 ? std::ilogb(end) + 1 : format.top;
  return signed_in(random, domain, log_uniform(random, format.least + format.digits - 1, top));
}

double near_special(Random& random, DType dtype, std::span<const double> special,
                    const Interval& domain) {
  std::vector<double> points{0};
  for (const double end : {domain.lower, domain.upper})
    if (std::isfinite(end)) points.push_back(end);
  points.insert(points.end(), special.begin(), special.end());
  const auto chosen = static_cast<std::size_t>(random.integer(0, std::ssize(points) - 1));
  const double point = points[chosen];
  if (point == 0) return tiny(random, dtype, domain);
  if (one_in(random, 8)) return point;
  return point == domain.lower || point == domain.upper ? inside_end(random, dtype, domain, point)
                                                        : nearby(random, dtype, point);
}

double first_in(DType dtype, const Interval& domain) {
  return first_contained(dtype, domain, domain.lower, 1);
}

double last_in(DType dtype, const Interval& domain) {
  return first_contained(dtype, domain, domain.upper, -1);
}

}  // namespace verigrad::runner
