#include <Eigen/Dense>
#include <array>
#include <cmath>
#include <limits>

#include "tests/detection/function.hpp"
#include "tests/detection/peers.hpp"

namespace verigrad::detection {
namespace {

constexpr double rtol = 1e-9, atol = 1e-9;
/// FiniteDifferences' DEFAULT_CONDITION, and how many default steps the step may be large.
constexpr double condition = 10, most_default_steps = 1000;

using Weights = std::vector<double>;

double factorial(std::size_t n) { return std::tgamma(static_cast<double>(n) + 1); }

/// The weights w with Σ w_k g_k^i = q! [i = q] for i < p on the grid -p/2 + shift … p/2 + shift.
Weights weights(std::size_t p, std::size_t q, int shift) {
  using Matrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
  const auto n = static_cast<Eigen::Index>(p);
  Matrix powers(n, n);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index k = 0; k < n; ++k)
      powers(i, k) = std::pow(static_cast<long double>(k - n / 2 + shift), i);
  Matrix right = Matrix::Zero(n, 1);
  right(static_cast<Eigen::Index>(q), 0) = factorial(q);
  const Matrix solved = powers.fullPivLu().solve(right);
  Weights result;
  for (Eigen::Index k = 0; k < n; ++k) result.push_back(static_cast<double>(solved(k, 0)));
  return result;
}

/// A central rule of p (odd) points for the q-th derivative.
struct Rule {
  Rule(std::size_t points, std::size_t order)
      : p(points),
        q(order),
        central(weights(p, q, 0)),
        nearby{weights(p, q, -1), central, weights(p, q, 1)} {
    for (std::size_t k = 0; k < p; ++k) {
      truncation += std::abs(central[k] * std::pow(at(k), p)) / factorial(p);
      rounding += std::abs(central[k]);
    }
  }

  double at(std::size_t k) const { return static_cast<double>(k) - static_cast<double>(p / 2); }

  template <class T, class F>
  std::vector<T> evaluate(const F& f, T x, double step) const {
    std::vector<T> values;
    for (std::size_t k = 0; k < p; ++k)
      values.push_back(f(x + static_cast<T>(step) * static_cast<T>(at(k))));
    return values;
  }

  template <class T>
  T estimate(const std::vector<T>& values, double step, const Weights& w) const {
    T sum = 0;
    for (std::size_t k = 0; k < p; ++k) sum += values[k] * static_cast<T>(w[k]);
    return sum / std::pow(static_cast<T>(step), static_cast<T>(q));
  }

  /// The step that minimises C1 / h^q + C2 h^(p - q), for f's error and its p-th derivative.
  Step step(double derivative, double error) const {
    const double c1 = error * rounding, c2 = derivative * truncation;
    const auto order = static_cast<double>(q), rest = static_cast<double>(p - q);
    const double h = std::pow(order / rest * (c1 / c2), 1.0 / static_cast<double>(p));
    return {h, c1 * std::pow(h, -order) + c2 * std::pow(h, rest)};
  }
  template <class T>
  Step default_step() const {
    return step(condition, std::numeric_limits<T>::epsilon());
  }

  std::size_t p, q;
  Weights central;
  std::array<Weights, 3> nearby;
  double truncation = 0, rounding = 0;
};

const Rule& first_derivative() {
  static const Rule rule(5, 1);
  return rule;
}

const Rule& fifth_derivative() {
  static const Rule rule(7, 5);
  return rule;
}

/// Julia's maximum of absolute values, which hands a NaN on.
template <class T>
T largest(std::span<const T> values) {
  T result = 0;
  for (const T value : values)
    if (std::isnan(value) || std::abs(value) > result) result = std::abs(value);
  return result;
}

/// Julia's eps(x).
template <class T>
double spacing(T x) {
  return static_cast<double>(std::nextafter(x, std::numeric_limits<T>::infinity()) - x);
}

template <class T>
class TestRrule : public Checker {
 public:
  TestRrule(const Subject& subject, Random random)
      : cotangent_(std::is_same_v<T, float>
                       ? static_cast<T>(std::round(9 * random.normal() * 32) / 32)
                       : static_cast<T>(static_cast<double>(random.integer(-900, 900)) / 100)) {
    for (const std::size_t leaf : subject.leaves)
      sizes_.push_back(subject.sample.point[leaf].size());
    const Function<T> f(subject);
    for (std::size_t i = 0; i < f.coordinates().size(); ++i) {
      const T x = f.coordinates()[i];
      numeric_.push_back(central_fdm<T>(
          [x, slice = f.along(i)](T offset) mutable { return slice(x + offset); }, T(0)));
    }
  }

  Answer judge(const Gradient& gradient) override {
    std::size_t first = 0;
    for (const std::size_t size : sizes_) {
      if (!close(gradient, first, first + size)) return Answer::rejected;
      first += size;
    }
    return Answer::accepted;
  }

 private:
  bool close(const Gradient& gradient, std::size_t first, std::size_t last) const {
    double distance = 0, actual = 0, expected = 0;
    for (std::size_t i = first; i < last; ++i) {
      const auto a = static_cast<double>(cotangent_ * static_cast<T>(gradient.tested[i]));
      const auto b = static_cast<double>(cotangent_ * numeric_[i]);
      distance = std::hypot(distance, a - b);
      actual = std::hypot(actual, a);
      expected = std::hypot(expected, b);
    }
    return std::isfinite(distance) && distance <= std::max(atol, rtol * std::max(actual, expected));
  }

  T cotangent_;
  std::vector<std::size_t> sizes_;
  std::vector<T> numeric_;
};

}  // namespace

template <class T>
Step central_fdm_step(const std::function<T(T)>& f, T x) {
  const Rule &rule = first_derivative(), &bound = fifth_derivative();
  const double wide = bound.default_step<T>().size;
  const std::vector<T> values = bound.evaluate(f, x, wide);
  std::array<T, 3> derivatives;
  for (std::size_t i = 0; i < 3; ++i)
    derivatives[i] = bound.estimate(values, wide, bound.nearby[i]);
  const T derivative = largest<T>(derivatives), size = largest<T>(values);
  const Step usual = rule.default_step<T>();
  Step step = derivative == 0 || size == 0
                  ? usual
                  : rule.step(static_cast<double>(derivative), spacing(size));
  if (step.size > most_default_steps * usual.size)
    step = {most_default_steps * usual.size, std::numeric_limits<double>::quiet_NaN()};
  return step;
}

template <class T>
T central_fdm(const std::function<T(T)>& f, T x) {
  const Rule& rule = first_derivative();
  const double step = central_fdm_step(f, x).size;
  return rule.estimate(rule.evaluate(f, x, step), step, rule.central);
}

template Step central_fdm_step(const std::function<float(float)>&, float);
template Step central_fdm_step(const std::function<double(double)>&, double);
template float central_fdm(const std::function<float(float)>&, float);
template double central_fdm(const std::function<double(double)>&, double);

std::unique_ptr<Checker> chainrules_test_rrule(const Subject& subject, Random random) {
  if (subject.dtype() == DType::f32) return std::make_unique<TestRrule<float>>(subject, random);
  return std::make_unique<TestRrule<double>>(subject, random);
}

}  // namespace verigrad::detection
