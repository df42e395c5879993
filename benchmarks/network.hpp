#pragma once

#include <cstddef>

#include "benchmarks/problems.hpp"
#include "engine/program.hpp"

// What the checks of gradients are measured on.

namespace verigrad::benchmarks {

/// (g) The mean of BCE(sigmoid(tanh(X W1 + b1) W2 + b2), y), inputs-hidden-1 units, batch of 16, as
/// a Program; what is checked are its derivatives by W1, b1, W2 and b2.
struct Network {
  static constexpr std::size_t batch = 16;

  Network(std::size_t inputs, std::size_t hidden);

  std::size_t inputs, hidden;
  Program program;
  ValueId loss;
  /// Several points, so that a check meets new numbers every time: X, y, W1, b1, W2, b2 of each.
  std::vector<Point> points;
};

/// The sizes that are measured: 49, 501 and 4993 parameters.
struct NetworkSize {
  const char* parameters;
  std::size_t inputs, hidden;
};
inline constexpr NetworkSize network_sizes[] = {{"49", 4, 8}, {"501", 8, 50}, {"4993", 30, 156}};

}  // namespace verigrad::benchmarks
