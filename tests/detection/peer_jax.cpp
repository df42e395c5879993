#include <cmath>

#include "tests/detection/function.hpp"
#include "tests/detection/peers.hpp"

namespace verigrad::detection {
namespace {

constexpr double eps = 1e-4;

template <class T>
class CheckGrads : public Checker {
 public:
  CheckGrads(const Subject& subject, Random random) {
    const Function<T> f(subject);
    std::vector<T> above(f.coordinates()), below(f.coordinates());
    for (std::size_t i = 0; i < above.size(); ++i) {
      direction_.push_back(static_cast<T>(random.normal()));
      const T step = direction_[i] * static_cast<T>(eps);
      above[i] += step;
      below[i] -= step;
    }
    cotangent_ = static_cast<T>(random.normal());
    const T high = f(above), low = f(below);
    const T change = high == low ? T(0) : high - low;
    numeric_ = change * static_cast<T>(0.5 / eps);
  }

  Answer judge(const Gradient& gradient) override {
    T forward = 0, backward = 0;
    for (std::size_t i = 0; i < direction_.size(); ++i) {
      const T entry = static_cast<T>(gradient.tested[i]);
      forward += entry * direction_[i];
      backward += (cotangent_ * entry) * direction_[i];
    }
    return close(forward, numeric_) && close(backward, cotangent_ * numeric_) ? Answer::accepted
                                                                              : Answer::rejected;
  }

 private:
  /// numpy.testing.assert_allclose, where NaN equals NaN and an infinity itself.
  static bool close(T actual, T expected) {
    constexpr double tolerance = std::is_same_v<T, float> ? 2e-3 : 1e-5;
    const auto a = static_cast<double>(actual), b = static_cast<double>(expected);
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
    if (std::isinf(a) || std::isinf(b)) return a == b;
    return std::abs(a - b) <= tolerance + tolerance * std::abs(b);
  }

  std::vector<T> direction_;
  T cotangent_, numeric_;
};

}  // namespace

std::unique_ptr<Checker> jax_check_grads(const Subject& subject, Random random) {
  if (subject.dtype() == DType::f32) return std::make_unique<CheckGrads<float>>(subject, random);
  return std::make_unique<CheckGrads<double>>(subject, random);
}

}  // namespace verigrad::detection
