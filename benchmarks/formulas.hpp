#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "benchmarks/problems.hpp"

// The workloads as their users write them, once for every contestant that overloads the functions:
// on whole tensors (Verigrad, LibTorch), and on scalars in loops (ADOL-C, Sacado). The functions
// are found in the namespace of the argument's type.

namespace verigrad::benchmarks {

namespace tensors {

template <class Tensor>
Tensor pointwise(const Tensor& x) {
  return sum(sin(x) * sigmoid(x * x) + log(1.0 + exp(x)));
}

/// The probabilities; the loss has a name of its own in each library.
template <class Tensor>
Tensor perceptron(const Tensor& X, const Tensor& W1, const Tensor& b1, const Tensor& W2,
                  const Tensor& b2) {
  return sigmoid(matmul(tanh(matmul(X, W1) + b1), W2) + b2);
}

template <class Tensor>
Tensor product(const std::vector<Tensor>& factors) {
  Tensor result = factors[0];
  for (std::size_t i = 1; i < factors.size(); ++i) result = result * factors[i];
  return result;
}

template <class Tensor>
Tensor chain(Link link, const Tensor& x, const Tensor& c, std::size_t length) {
  Tensor y = x;
  for (std::size_t i = 0; i < length; ++i) y = link == Link::sine ? sin(y) : y * c;
  return y;
}

template <class Tensor>
Tensor euler(const Tensor& start, double h, std::size_t steps) {
  Tensor y = start;
  for (std::size_t i = 0; i < steps; ++i) y = y + h * sin(y);
  return y;
}

}  // namespace tensors

namespace scalars {

template <class Scalar>
Scalar pointwise(const std::vector<Scalar>& x) {
  Scalar sum = 0;
  for (const Scalar& each : x) sum += sin(each) / (1.0 + exp(-each * each)) + log(1.0 + exp(each));
  return sum;
}

/// log(1 + exp(z)) - y z is BCE-with-logits.
template <class Scalar>
Scalar logistic(const Logistic& problem, const std::vector<Scalar>& w) {
  Scalar loss = 0;
  for (std::size_t i = 0; i < Logistic::rows; ++i) {
    Scalar z = 0;
    for (std::size_t k = 0; k < Logistic::columns; ++k)
      z += problem.X[i * Logistic::columns + k] * w[k];
    loss += log(1.0 + exp(z)) - problem.y[i] * z;
  }
  return loss / static_cast<double>(Logistic::rows);
}

/// Parameters in the order of Perceptron's gradient.
template <class Scalar>
Scalar perceptron(const Perceptron& problem, const std::vector<Scalar>& parameters) {
  constexpr std::size_t inputs = Perceptron::inputs, hidden = Perceptron::hidden;
  const Scalar* const W1 = parameters.data();
  const Scalar* const b1 = W1 + inputs * hidden;
  const Scalar* const W2 = b1 + hidden;
  const Scalar& b2 = W2[hidden];
  Scalar loss = 0;
  for (std::size_t i = 0; i < Perceptron::batch; ++i) {
    Scalar logit = b2;
    for (std::size_t j = 0; j < hidden; ++j) {
      Scalar z = b1[j];
      for (std::size_t k = 0; k < inputs; ++k) z += problem.X[i * inputs + k] * W1[k * hidden + j];
      logit += tanh(z) * W2[j];
    }
    loss += log(1.0 + exp(logit)) - problem.y[i] * logit;
  }
  return loss / static_cast<double>(Perceptron::batch);
}

template <class Scalar>
Scalar product(const std::vector<Scalar>& x) {
  Scalar result = x[0];
  for (std::size_t i = 1; i < x.size(); ++i) result *= x[i];
  return result;
}

/// The sum over the entries.
template <class Scalar>
Scalar chain(const Chain& problem, const std::vector<Scalar>& x) {
  Scalar sum = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    Scalar y = x[k];
    for (std::size_t i = 0; i < problem.length; ++i) {
      if (problem.link == Link::sine)
        y = sin(y);
      else
        y *= problem.c[k];
    }
    sum += y;
  }
  return sum;
}

template <class Scalar>
Scalar euler(const Euler& problem, const std::vector<Scalar>& start) {
  Scalar y = start[0];
  for (std::size_t i = 0; i < problem.steps; ++i) y += problem.h * sin(y);
  return y;
}

}  // namespace scalars

}  // namespace verigrad::benchmarks
