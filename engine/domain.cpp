#include "engine/domain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace verigrad {
namespace {

constexpr double largest_magnitude = 1e8;
constexpr double smallest_magnitude = 1e-8;

/// Log-uniform magnitudes on the unbounded side; near a finite end the distance to it is drawn so.
double draw_unbounded(const Domain& domain, Random& random) {
  const double magnitude = random.log_uniform(smallest_magnitude, largest_magnitude);
  if (std::isfinite(domain.a)) return domain.a + magnitude;
  if (std::isfinite(domain.b)) return domain.b - magnitude;
  return random.uniform() < 0.5 ? -magnitude : magnitude;
}

double draw_interval(const Domain& domain, Random& random) {
  constexpr int attempts = 64;
  for (int i = 0; i < attempts; ++i) {
    const double x = std::isfinite(domain.a) && std::isfinite(domain.b)
                         ? random.uniform(domain.a, domain.b)
                         : draw_unbounded(domain, random);
    if (domain.contains(x)) return x;
  }
  // Hardly wider than rounding: the first number inside, from an end that is finite.
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (!std::isfinite(domain.a))
    return domain.b_open ? std::nextafter(domain.b, -infinity) : domain.b;
  return domain.a_open ? std::nextafter(domain.a, infinity) : domain.a;
}

}  // namespace

bool Domain::contains(double x) const {
  switch (kind) {
    case Kind::interval:
      return (a_open ? x > a : x >= a) && (b_open ? x < b : x <= b);
    case Kind::choices:
      return std::find(choices.begin(), choices.end(), x) != choices.end();
    case Kind::normal:
      return !std::isnan(x);
    case Kind::logrange:
      return x >= a && x <= b;
    case Kind::signed_logrange:
      return std::abs(x) >= a && std::abs(x) <= b;
  }
  return false;
}

double Domain::draw(Random& random) const {
  switch (kind) {
    case Kind::interval:
      return draw_interval(*this, random);
    case Kind::choices:
      return choices[static_cast<std::size_t>(
          random.integer(0, static_cast<std::int64_t>(choices.size()) - 1))];
    case Kind::normal:
      return a + b * random.normal();
    case Kind::logrange:
      return std::clamp(random.log_uniform(a, b), a, b);
    case Kind::signed_logrange: {
      const double magnitude = std::clamp(random.log_uniform(a, b), a, b);
      return random.uniform() < 0.5 ? -magnitude : magnitude;
    }
  }
  return 0;
}

std::vector<double> Domain::special_points() const {
  if (kind == Kind::choices) return choices;
  std::vector<double> candidates;
  if (kind != Kind::normal) candidates = {a, b};
  if (kind == Kind::signed_logrange) candidates.insert(candidates.end(), {-a, -b});
  candidates.insert(candidates.end(), {0.0, 1.0, -1.0});
  std::vector<double> points;
  for (double x : candidates)
    if (std::isfinite(x) && contains(x) &&
        std::find(points.begin(), points.end(), x) == points.end())
      points.push_back(x);
  return points;
}

std::string Domain::to_string() const {
  switch (kind) {
    case Kind::interval:
      return fmt::format("{}{}, {}{}", a_open ? '(' : '[', a, b, b_open ? ')' : ']');
    case Kind::choices:
      return fmt::format("{{{}}}", fmt::join(choices, ", "));
    case Kind::normal:
      return fmt::format("normal({}, {})", a, b);
    case Kind::logrange:
      return fmt::format("logrange({}, {})", a, b);
    case Kind::signed_logrange:
      return fmt::format("signed_logrange({}, {})", a, b);
  }
  return {};
}

}  // namespace verigrad
