#include "tests/engine/differences.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace verigrad {
namespace {

using Tensors = std::vector<Tensor<double>>;

/// A plain loop, so that no operation under test takes part in the measure.
double inner(const Tensor<double>& a, const Tensor<double>& b) {
  double sum = 0;
  for (std::int64_t i = 0; i < a.numel(); ++i) sum += a[i] * b[i];
  return sum;
}

Tensors leaves(const Tensors& inputs) {
  Tensors copies;
  for (const Tensor<double>& input : inputs)
    copies.push_back(input.clone_entries().requires_grad_());
  return copies;
}

Tensors gradients(const Tensor<double>& output, const Tensors& inputs, const Tensor<double>& v,
                  BackwardOptions options) {
  return grad<double>(std::span<const Tensor<double>>(&output, 1), inputs,
                      std::span<const Tensor<double>>(&v, 1), options, true);
}

/// (g(x + h) - g(x - h)) / 2h for one entry of one input.
template <class G>
double difference(const G& g, const Tensors& inputs, std::size_t input, std::int64_t entry) {
  const double h = 2e-5;
  auto at = [&](double step) {
    Tensors moved = inputs;
    moved[input] = inputs[input].clone_entries();
    moved[input].mutable_data()[entry] += step;
    return g(moved);
  };
  return (at(h) - at(-h)) / (2 * h);
}

template <class G>
void compare(const G& g, const Tensors& inputs, const Tensors& computed, const char* what) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!computed[i].defined()) {
      for (std::int64_t k = 0; k < inputs[i].numel(); ++k)
        EXPECT_NEAR(difference(g, inputs, i, k), 0, 1e-8) << what << ", unused input " << i;
      continue;
    }
    ASSERT_EQ(to_string(computed[i].shape()), to_string(inputs[i].shape())) << what;
    for (std::int64_t k = 0; k < inputs[i].numel(); ++k) {
      const double expected = difference(g, inputs, i, k);
      EXPECT_NEAR(computed[i][k], expected, 3e-8 * std::max(1.0, std::abs(expected)))
          << what << ", input " << i << ", entry " << k;
    }
  }
}

}  // namespace

Tensor<double> varied(const Shape& shape, double phase) {
  Tensor<double> result = Tensor<double>::uninitialised(shape);
  for (std::int64_t i = 0; i < result.numel(); ++i)
    result.mutable_data()[i] = 0.3 + std::sin(1.7 * static_cast<double>(i) + phase);
  return result;
}

void expect_vjp_matches_differences(const TensorFunction& f, const Tensors& inputs) {
  const Tensors x = leaves(inputs);
  const Tensor<double> y = f(x);
  const Tensor<double> v = varied(y.shape(), 0.4);
  auto g = [&](const Tensors& at) { return inner(f(at), v); };
  compare(g, inputs, gradients(y, x, v, {.retain_graph = true}), "first order");
  compare(g, inputs, gradients(y, x, v, {.create_graph = true}), "first order, recorded");
}

void expect_second_order_matches_differences(const TensorFunction& f, const Tensors& inputs) {
  Tensors all = inputs;
  all.push_back(varied(f(inputs).shape(), 0.4));
  Tensors weights;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    weights.push_back(varied(inputs[i].shape(), 2.1 + static_cast<double>(i)));

  auto products = [&](const Tensors& at) {
    const Tensors x(at.begin(), at.end() - 1);
    return gradients(f(x), x, at.back(), {.create_graph = true});
  };
  auto g = [&](const Tensors& at) {
    double sum = 0;
    const Tensors first_order = products(leaves(at));
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (first_order[i].defined()) sum += inner(first_order[i], weights[i]);
    return sum;
  };

  const Tensors x = leaves(all);
  Tensors first_order = products(x), recorded, cotangents;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (first_order[i].defined() && first_order[i].requires_grad()) {
      recorded.push_back(first_order[i]);
      cotangents.push_back(weights[i]);
    }
  ASSERT_FALSE(recorded.empty());
  compare(g, all, grad<double>(recorded, x, cotangents, {.create_graph = true}, true),
          "second order, recorded");
  compare(g, all, grad<double>(recorded, x, cotangents, {}, true), "second order");
}

void expect_derivatives(const TensorFunction& f, const Tensors& inputs) {
  expect_vjp_matches_differences(f, inputs);
  expect_second_order_matches_differences(f, inputs);
}

}  // namespace verigrad
