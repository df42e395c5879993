#include <algorithm>
#include <cmath>

#include "gradcheck/classical_differences.hpp"
#include "tests/detection/function.hpp"
#include "tests/detection/peers.hpp"

namespace verigrad::detection {
namespace {

// NumericDiffOptions and Solver::Options.
constexpr double relative_initial_step = 1e-2, epsilon = 1e-12, shrink_factor = 2;
constexpr int extrapolations = 10;
constexpr double relative_precision = 1e-8;

bool is_close(double x, double y) {
  const double error = std::abs(x - y);
  const bool by_itself = x == 0 || y == 0;
  return (by_itself ? error : error / std::max(std::abs(x), std::abs(y))) < relative_precision;
}

class GradientChecker : public Checker {
 public:
  explicit GradientChecker(const Subject& subject) {
    if (subject.dtype() == DType::f32) {
      differentiate(Function<float>(subject));
    } else {
      differentiate(Function<double>(subject));
    }
  }

  Answer judge(const Gradient& gradient) override {
    for (std::size_t i = 0; i < numeric_.size(); ++i)
      if (!is_close(gradient.tested[i], numeric_[i])) return Answer::rejected;
    return Answer::accepted;
  }

 private:
  template <class T>
  void differentiate(const Function<T>& f) {
    for (std::size_t i = 0; i < f.coordinates().size(); ++i)
      numeric_.push_back(ridders_derivative(
          [slice = f.along(i)](double x) mutable {
            return static_cast<double>(slice(static_cast<T>(x)));
          },
          static_cast<double>(f.coordinates()[i])));
  }

  std::vector<double> numeric_;
};

}  // namespace

double ridders_derivative(const std::function<double(double)>& f, double x) {
  const double first = std::max(relative_initial_step, relative_initial_step * std::abs(x)) *
                       std::pow(shrink_factor, extrapolations / 2);
  const auto quotient = [&](double step) { return (f(x + step) - f(x - step)) / (2 * step); };
  return gradcheck::ridders_extrapolation(
             quotient,
             {.first = first, .ratio = shrink_factor, .levels = extrapolations, .enough = epsilon})
      .value;
}

std::unique_ptr<Checker> ceres_gradient_checker(const Subject& subject, Random) {
  return std::make_unique<GradientChecker>(subject);
}

}  // namespace verigrad::detection
