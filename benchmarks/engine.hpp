#pragma once

#include <initializer_list>

#include "benchmarks/formulas.hpp"
#include "benchmarks/measure.hpp"
#include "engine/verigrad.hpp"

// Verigrad's side of the workloads, by its public C++ interface.

namespace verigrad::benchmarks {

inline Tensor<double> constant(const Numbers& entries, const Shape& shape) {
  return Tensor<double>(shape, std::span(entries));
}

inline Tensor<double> leaf(const Numbers& entries, const Shape& shape) {
  return constant(entries, shape).requires_grad_();
}

/// The gradients of the leaves, one after the other.
inline Numbers gradients(std::initializer_list<Tensor<double>> leaves) {
  Numbers all;
  for (const Tensor<double>& each : leaves) {
    const Tensor<double> gradient = each.grad();
    all.insert(all.end(), gradient.entries().begin(), gradient.entries().end());
  }
  return all;
}

}  // namespace verigrad::benchmarks
