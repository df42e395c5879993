#include "tests/accuracy/sampler.hpp"

#include <cmath>
#include <limits>
#include <string>

namespace verigrad::accuracy {
namespace {

template <class T>
double rounded(double x) {
  return static_cast<double>(static_cast<T>(x));
}

const Interval& domain_of(const Formula& formula, std::size_t operand) {
  if (formula.domain[operand]) return *formula.domain[operand];
  return find_operation(formula.operation)->info.domain[operand];
}

std::size_t arity_of(const Formula& formula) {
  return find_operation(formula.operation)->signature.operand_count();
}

/// Log-uniform in magnitude over the normal numbers that the domain's bounds allow.
template <class T>
double any_magnitude(Random& random, const Interval& domain) {
  using Limits = std::numeric_limits<T>;
  const double bound = std::max(std::abs(domain.lower), std::abs(domain.upper));
  const double top = std::isfinite(bound) ? std::ceil(std::log2(bound)) : Limits::max_exponent;
  const double size = random.log_uniform(Limits::min_exponent - 1, top);
  if (domain.lower >= 0) return size;
  return domain.upper <= 0 ? -size : random.sign() * size;
}

double near_special(Random& random, const OperationInfo& info, const Interval& domain) {
  const auto points = info.special.span();
  if (points.empty()) return random.log_uniform(-20, 4);
  const double point = points[static_cast<std::size_t>(random.below(std::ssize(points)))];
  if (random.one_in(4)) return point;
  if (point == 0) return random.sign() * random.log_uniform(-60, 0);
  const double moved = point * (1 + random.sign() * random.log_uniform(-53, -1));
  return domain.contains(moved) ? moved : point;
}

double near_end(Random& random, const Interval& domain) {
  const bool lower = std::isfinite(domain.lower), upper = std::isfinite(domain.upper);
  if (!lower && !upper) return random.sign() * random.log_uniform(-20, 10);
  const double distance = random.log_uniform(-60, random.one_in(2) ? 0 : 20);
  if (lower && (!upper || random.one_in(2))) return domain.lower + distance;
  return domain.upper - distance;
}

double evenly(Random& random, const std::vector<Interval>& ranges) {
  const Interval& range = ranges[static_cast<std::size_t>(random.below(std::ssize(ranges)))];
  return random.uniform(range.lower, range.upper) * (random.one_in(3) ? 0.125 : 1);
}

template <class T>
double operand(Random& random, const Formula& formula, std::size_t i) {
  const OperationInfo& info = find_operation(formula.operation)->info;
  const Interval& domain = domain_of(formula, i);
  const std::int64_t kind = random.below(20);
  if (kind < 8) return any_magnitude<T>(random, domain);
  if (kind < 11) return near_special(random, info, domain);
  if (kind < 13) return near_end(random, domain);
  if (kind < 17 && !formula.uniform[i].empty()) return evenly(random, formula.uniform[i]);
  return random.uniform(info.typical[i].lower, info.typical[i].upper);
}

}  // namespace

template <class T>
bool admissible(const Formula& formula, const Point& x) {
  for (std::size_t i = 0; i < arity_of(formula); ++i)
    if (!(x[i] == 0 || std::isnormal(static_cast<T>(x[i]))) ||
        !domain_of(formula, i).contains(x[i]))
      return false;
  return !formula.defined || formula.defined(x, 0);
}

template <class T>
std::vector<Point> sample(const Formula& formula, std::size_t count, std::string_view seed) {
  Random random(label(formula) + std::string(seed));
  const std::size_t arity = arity_of(formula);
  std::vector<Point> points;
  while (points.size() < count) {
    Point x{};
    for (std::size_t i = 0; i < arity; ++i) x[i] = operand<T>(random, formula, i);
    if (formula.together && random.one_in(3)) {
      formula.together(random, x);
    } else if (arity == 2 && random.one_in(8)) {
      x[1] = x[0] * (1 + random.sign() * random.log_uniform(-54, 0));
    }
    for (double& entry : x) entry = rounded<T>(entry);
    if (admissible<T>(formula, x)) points.push_back(x);
  }
  return points;
}

template <class T>
std::vector<Point> around(const Formula& formula, const Point& centre, std::size_t count,
                          std::string_view seed) {
  Random random(label(formula) + std::string(seed));
  const std::size_t arity = arity_of(formula);
  std::vector<Point> points;
  for (std::size_t k = 0; k < count; ++k) {
    Point x = centre;
    for (std::size_t i = 0; i < arity; ++i)
      if (arity == 1 || random.one_in(2))
        x[i] = rounded<T>(x[i] * (1 + random.sign() * random.log_uniform(-53, -3)));
    if (admissible<T>(formula, x)) points.push_back(x);
  }
  return points;
}

template bool admissible<float>(const Formula&, const Point&);
template bool admissible<double>(const Formula&, const Point&);
template std::vector<Point> sample<float>(const Formula&, std::size_t, std::string_view);
template std::vector<Point> sample<double>(const Formula&, std::size_t, std::string_view);
template std::vector<Point> around<float>(const Formula&, const Point&, std::size_t,
                                          std::string_view);
template std::vector<Point> around<double>(const Formula&, const Point&, std::size_t,
                                           std::string_view);

}  // namespace verigrad::accuracy
