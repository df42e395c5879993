// Optimisers against the published formulas, evaluated step by step in long double: the rules of
// torch.optim.SGD and torch.optim.Adam as the documentation of PyTorch 1.13 states them (Adam:
// Kingma and Ba 2015, algorithm 1; AMSGrad: Reddi, Kale and Kumar 2018, algorithm 2).
#include <gtest/gtest.h>

#include <limits>
#include <optional>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using Real = long double;

constexpr int steps = 12;
constexpr double start[] = {1.5, -0.25, 3, 1e-3};

/// Any sequence serves; this one has both signs and magnitudes from 1e-3 to 8.
double gradient(int step, int entry) {
  return std::sin(1.7 * step + entry) * std::pow(2.0, (step * 5 + entry * 3) % 14 - 10) * 8;
}

/// The parameter after each step, for gradients that do not depend on it.
template <class T>
std::vector<std::vector<T>> run(Optimizer<T>& optimiser, Tensor<T> parameter,
                                void (*between)(Optimizer<T>&, int) = nullptr) {
  std::vector<std::vector<T>> path;
  for (int t = 0; t < steps; ++t) {
    Tensor<T> g = Tensor<T>::uninitialised(parameter.shape());
    for (int i = 0; i < 4; ++i) g.mutable_data()[i] = static_cast<T>(gradient(t, i));
    parameter.set_grad(g);
    if (between != nullptr) between(optimiser, t);
    optimiser.step();
    path.emplace_back(parameter.entries().begin(), parameter.entries().end());
  }
  return path;
}

template <class T>
Tensor<T> parameter() {
  std::vector<T> entries;
  for (const double entry : start) entries.push_back(static_cast<T>(entry));
  return Tensor<T>(Shape{2, 2}, entries).requires_grad_();
}

/// `rule(entry)` gives a function that maps (p, g, step) to the next p and keeps its own state.
/// A step rounds a dozen times, relative to the largest magnitude that takes part.
template <class T, class Rule>
void expect_path(const std::vector<std::vector<T>>& path, Rule rule) {
  for (int i = 0; i < 4; ++i) {
    auto next = rule();
    Real p = static_cast<T>(start[i]), scale = std::abs(p);
    for (int t = 0; t < steps; ++t) {
      const Real before = p;
      p = next(p, static_cast<Real>(static_cast<T>(gradient(t, i))), t);
      scale = std::max({scale, std::abs(p), std::abs(p - before)});
      const Real got = path[static_cast<std::size_t>(t)][static_cast<std::size_t>(i)];
      ASSERT_LE(std::abs(got - p), 16 * (t + 1) * scale * std::numeric_limits<T>::epsilon())
          << "step " << t << ", entry " << i << ": " << got << " for " << p;
    }
  }
}

template <class T>
class OptimiserRules : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(OptimiserRules, Types);

/// The formulas of engine/optim/sgd.hpp, in the words of PyTorch's documentation.
auto sgd_rule(double lr, SGDOptions o) {
  return [=] {
    return [=, b = std::optional<Real>()](Real p, Real g, int) mutable {
      if (o.weight_decay != 0) g = g + o.weight_decay * p;
      if (o.momentum != 0) {
        b = b ? o.momentum * *b + (1 - static_cast<Real>(o.dampening)) * g : g;
        g = o.nesterov ? g + o.momentum * *b : *b;
      }
      return p - lr * g;
    };
  };
}

TYPED_TEST(OptimiserRules, SgdWithEveryOption) {
  for (const SGDOptions options :
       {SGDOptions{}, SGDOptions{.momentum = 0.9}, SGDOptions{.weight_decay = 0.25},
        SGDOptions{.momentum = 0.9, .dampening = 0.5}, SGDOptions{.dampening = 0.5},
        SGDOptions{.momentum = 0.75, .nesterov = true},
        SGDOptions{.momentum = 0.75, .weight_decay = 0.125, .nesterov = true},
        SGDOptions{.momentum = 1.5, .dampening = -1, .weight_decay = 0.0625}}) {
    const Tensor<TypeParam> w = parameter<TypeParam>();
    SGD<TypeParam> optimiser({w}, 0.0625, options);
    expect_path(run<TypeParam>(optimiser, w), sgd_rule(0.0625, options));
  }
}

auto adam_rule(double lr, AdamOptions o) {
  return [=] {
    return [=, m = Real(0), v = Real(0), v_max = Real(0)](Real p, Real g, int step) mutable {
      const Real beta1 = o.betas[0], beta2 = o.betas[1];
      g = g + o.weight_decay * p;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      v_max = std::max(v_max, v);
      const Real corrected_m = m / (1 - std::pow(beta1, step + 1));
      const Real corrected_v = (o.amsgrad ? v_max : v) / (1 - std::pow(beta2, step + 1));
      return p - lr * corrected_m / (std::sqrt(corrected_v) + static_cast<Real>(o.eps));
    };
  };
}

TYPED_TEST(OptimiserRules, AdamWithEveryOption) {
  for (const AdamOptions options :
       {AdamOptions{}, AdamOptions{.betas = {0.5, 0.75}}, AdamOptions{.betas = {0, 0}},
        AdamOptions{.eps = 0.5}, AdamOptions{.weight_decay = 0.25},
        AdamOptions{.betas = {0.25, 0.5}, .amsgrad = true},
        AdamOptions{.betas = {0.9, 0.99}, .eps = 1e-3, .weight_decay = 0.5, .amsgrad = true}}) {
    const Tensor<TypeParam> w = parameter<TypeParam>();
    Adam<TypeParam> optimiser({w}, 0.0625, options);
    expect_path(run<TypeParam>(optimiser, w), adam_rule(0.0625, options));
  }
}

TYPED_TEST(OptimiserRules, ARateSetInBetweenRulesTheStepsAfterIt) {
  const auto halve = [](Optimizer<TypeParam>& optimiser, int t) {
    if (t % 3 == 1) optimiser.set_lr(optimiser.lr() / 2);
  };
  const auto rate = [](int t) { return std::ldexp(0.5, -(t + 2) / 3); };  // halved at 1, 4, 7, …
  const SGDOptions sgd{.momentum = 0.5};
  const AdamOptions adam{.betas = {0.5, 0.5}};
  const Tensor<TypeParam> w = parameter<TypeParam>(), v = parameter<TypeParam>();
  SGD<TypeParam> first({w}, 0.5, sgd);
  Adam<TypeParam> second({v}, 0.5, adam);
  expect_path(run<TypeParam>(first, w, halve), [&] {
    return [=, unit = sgd_rule(1, sgd)()](Real p, Real g, int t) mutable {
      return p + rate(t) * (unit(p, g, t) - p);  // no weight decay: a step is linear in the rate
    };
  });
  expect_path(run<TypeParam>(second, v, halve), [&] {
    return [=, unit = adam_rule(1, adam)()](Real p, Real g, int t) mutable {
      return p + rate(t) * (unit(p, g, t) - p);
    };
  });
}

/// The first step has length lr whatever the gradient's size: m/(1 - β₁) = g, √(v/(1 - β₂)) = |g|.
TEST(Adam, ItsFirstStepHasTheLengthOfTheRate) {
  for (const double g : {1e-3, -5.0, 1e10}) {
    Tensor<double> w = tensor<double>(1).requires_grad_();
    Adam<double> optimiser({w}, 0.25, {.eps = 0});
    w.set_grad(tensor<double>(g));
    optimiser.step();
    EXPECT_NEAR(w.item(), g > 0 ? 0.75 : 1.25, 1e-15);
  }
}

/// ε keeps 0 / 0 away, and without it PyTorch gives NaN as well.
TEST(Adam, AZeroGradientMovesNothing) {
  Tensor<double> w = tensor<double>(1).requires_grad_();
  w.set_grad(tensor<double>(0));
  Adam<double>({w}, 0.25).step();
  EXPECT_EQ(w.item(), 1);
  Adam<double>({w}, 0.25, {.eps = 0}).step();
  EXPECT_TRUE(std::isnan(w.item()));
}

TEST(Adam, AmsgradKeepsTheLargestSecondMomentAndSoTheSmallerStep) {
  Tensor<double> w = tensor<double>(0).requires_grad_();
  Adam<double> optimiser({w}, 1, {.betas = {0, 0.5}, .eps = 0, .amsgrad = true});
  w.set_grad(tensor<double>(4));
  optimiser.step();
  // v = 8, √(8 / (1 - 1/2)) = 4: a step of 4 / 4.
  EXPECT_DOUBLE_EQ(w.item(), -1);
  w.set_grad(tensor<double>(1));
  optimiser.step();
  // v = 4.5 is below 8; √8 / √(1 - 1/4).
  EXPECT_DOUBLE_EQ(w.item(), -1 - 1 / std::sqrt(8 / 0.75));
}

}  // namespace
}  // namespace verigrad
