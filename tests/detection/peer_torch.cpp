#include <cmath>
#include <numeric>

#include "tests/detection/function.hpp"
#include "tests/detection/peers.hpp"

namespace verigrad::detection {
namespace {

constexpr double eps = 1e-6, atol = 1e-5, rtol = 1e-3;

template <class T>
std::vector<T> moved(const std::vector<T>& x, const std::vector<T>& direction, T step) {
  std::vector<T> result(x);
  for (std::size_t i = 0; i < x.size(); ++i) result[i] += step * direction[i];
  return result;
}

template <class T>
T central_difference(const Function<T>& f, const std::vector<T>& direction) {
  const std::vector<T>& x = f.coordinates();
  const T h = static_cast<T>(eps);
  return (f(moved(x, direction, h)) - f(moved(x, direction, -h))) / (2 * h);
}

/// torch.allclose for one pair; equal infinities are close, NaN is not.
bool close(double actual, double expected, double absolute) {
  return actual == expected ||
         (std::isfinite(expected) &&
          std::abs(actual - expected) <= absolute + rtol * std::abs(expected));
}

template <class T>
class Slow : public Checker {
 public:
  explicit Slow(const Subject& subject) {
    const Function<T> f(subject);
    std::vector<T> unit(f.coordinates().size());
    for (T& entry : unit) {
      entry = 1;
      numeric_.push_back(central_difference(f, unit));
      entry = 0;
    }
  }

  Answer judge(const Gradient& gradient) override {
    for (std::size_t i = 0; i < numeric_.size(); ++i)
      if (!close(gradient.tested[i], static_cast<double>(numeric_[i]), atol))
        return Answer::rejected;
    return Answer::accepted;
  }

 private:
  std::vector<T> numeric_;
};

template <class T>
class Fast : public Checker {
 public:
  Fast(const Subject& subject, Random random) {
    const Function<T> f(subject);
    for (std::size_t i = 0; i < f.coordinates().size(); ++i)
      direction_.push_back(static_cast<T>(random.uniform()));
    const T norm = std::sqrt(
        std::inner_product(direction_.begin(), direction_.end(), direction_.begin(), T(0)));
    for (T& entry : direction_) entry /= norm;
    numeric_ = central_difference(f, direction_);
  }

  Answer judge(const Gradient& gradient) override {
    T product = 0, sum = 0;
    for (std::size_t i = 0; i < direction_.size(); ++i) {
      product += static_cast<T>(gradient.tested[i]) * direction_[i];
      sum += direction_[i];
    }
    const double absolute = atol * static_cast<double>(sum);
    return close(static_cast<double>(product), static_cast<double>(numeric_), absolute)
               ? Answer::accepted
               : Answer::rejected;
  }

 private:
  std::vector<T> direction_;
  T numeric_;
};

}  // namespace

std::unique_ptr<Checker> torch_gradcheck(const Subject& subject, Random) {
  if (subject.dtype() == DType::f32) return std::make_unique<Slow<float>>(subject);
  return std::make_unique<Slow<double>>(subject);
}

std::unique_ptr<Checker> torch_fast_gradcheck(const Subject& subject, Random random) {
  if (subject.dtype() == DType::f32) return std::make_unique<Fast<float>>(subject, random);
  return std::make_unique<Fast<double>>(subject, random);
}

}  // namespace verigrad::detection
