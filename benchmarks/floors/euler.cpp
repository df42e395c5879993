#include <cmath>

#include "benchmarks/floors/floors.hpp"

namespace verigrad::benchmarks::floors {

double euler(const Euler& problem, double& gradient) {
  double y = problem.start, slope = 1;
  for (std::size_t i = 0; i < problem.steps; ++i) {
    slope *= 1 + problem.h * std::cos(y);
    y += problem.h * std::sin(y);
  }
  gradient = slope;
  return y;
}

}  // namespace verigrad::benchmarks::floors
