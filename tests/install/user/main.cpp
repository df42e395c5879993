#include <fmt/core.h>

#include "engine/functions.hpp"
#include "engine/tensor.hpp"

/// Prints the value and the gradient of x.x at (1, 2, 3).
int main() {
  verigrad::Tensor<double> x({3}, {1, 2, 3});
  x.requires_grad_();
  const verigrad::Tensor<double> y = verigrad::sum(x * x);
  y.backward();

  fmt::print("value {}\ngradient", y.item());
  for (const double entry : x.grad().entries()) fmt::print(" {}", entry);
  fmt::print("\n");
}
