#pragma once

#include <span>

#include "benchmarks/problems.hpp"

// The floors: value and gradient of every workload as a hand-written program computes them, for
// these functions and no others. One pass over the data where one suffices, no graph, workspace
// allocated once, SLEEF's vector functions of 1 ulp, Eigen for the product of matrices.

namespace verigrad::benchmarks::floors {

/// Returns the value and writes its gradient.
double pointwise(std::span<const double> x, std::span<double> gradient);

/// The value alone, as a plain loop over the standard library's functions.
double plain_pointwise(std::span<const double> x);

double logistic(const Logistic& problem, std::span<double> gradient);

/// Keeps its workspace between calls.
class Perceptron {
 public:
  double operator()(const benchmarks::Perceptron& problem, std::span<double> gradient);

 private:
  static constexpr std::size_t batch = benchmarks::Perceptron::batch;
  static constexpr std::size_t hidden = benchmarks::Perceptron::hidden;

  Numbers z_ = Numbers(batch * hidden), activation_ = Numbers(batch * hidden);
  Numbers logit_ = Numbers(batch);
};

double product(std::span<const double> x, std::span<double> gradient);

/// Writes the last y and the gradient of its sum.
void chain(const Chain& problem, std::span<double> y, std::span<double> gradient);

double euler(const Euler& problem, double& gradient);

}  // namespace verigrad::benchmarks::floors
