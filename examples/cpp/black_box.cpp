// Numeric derivatives with error bars of functions that are known by their values only.
#include <fmt/core.h>

#include <cmath>

#include "gradcheck/judge.hpp"
#include "gradcheck/numeric.hpp"

using namespace verigrad;
using namespace verigrad::gradcheck;

static void one_derivative() {
  const Path path = [](double t, std::span<double> values) {
    values[0] = std::exp(std::sin(t));
    return PathPoint{};
  };
  const Estimate estimate = differentiate(path, 1.0, 1)[0];
  const double exact = std::cos(1.0) * std::exp(std::sin(1.0));
  fmt::print("{:.8f}, {}, the bar covers the error: {}\n", estimate.value,
             to_string(estimate.status), std::abs(estimate.value - exact) <= estimate.error_bar);
}

static void domains_and_kinks() {
  const Path root = [](double t, std::span<double> values) {
    values[0] = std::sqrt(t);
    return PathPoint{.defined = t >= 0};
  };
  fmt::print("sqrt at 0: {}\n", to_string(differentiate(root, 0, 1, {.lower = 0})[0].status));

  const Path bent = [](double t, std::span<double> values) {
    values[0] = std::abs(t);
    return PathPoint{.branch = t > 0 ? 1U : t < 0 ? 2U : 0U};
  };
  const Estimate kink = differentiate(bent, 0, 1)[0];
  fmt::print("abs at 0: {} from {:.0f} to {:.0f}\n", to_string(kink.status), kink.left, kink.right);
}

static void a_gradient_of_ones_own() {
  // The value and the hand-written gradient of f(a, b) = a exp(b), a black box.
  const double a = 2, b = 0.5;
  const double gradient[] = {std::exp(b), a * std::exp(b)};
  for (int i = 0; i < 2; ++i) {
    const Path along = [&](double t, std::span<double> values) {
      values[0] = i == 0 ? t * std::exp(b) : a * std::exp(t);
      return PathPoint{};
    };
    const Truth truth{.estimate = differentiate(along, i == 0 ? a : b, 1)[0]};
    const EntryVerdict verdict = judge({.value = gradient[i], .in_double = gradient[i]}, truth,
                                       Tolerance::standard(DType::f64), DType::f64);
    fmt::print("entry {}: {}, more than 8 digits: {}\n", i, to_string(verdict.verdict),
               verdict.digits > 8);
  }
}

int main() {
  one_derivative();
  domains_and_kinks();
  a_gradient_of_ones_own();
}
