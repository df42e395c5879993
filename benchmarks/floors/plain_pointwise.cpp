#include <cmath>

#include "benchmarks/floors/floors.hpp"

namespace verigrad::benchmarks::floors {

double plain_pointwise(std::span<const double> x) {
  double sum = 0;
  for (const double each : x)
    sum += std::sin(each) / (1 + std::exp(-each * each)) + std::log1p(std::exp(each));
  return sum;
}

}  // namespace verigrad::benchmarks::floors
