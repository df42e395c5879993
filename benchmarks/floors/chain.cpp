#include <cmath>

#include "benchmarks/floors/floors.hpp"
#include "benchmarks/floors/vector_math.hpp"

namespace verigrad::benchmarks::floors {
namespace {

void advance(Pack& y, Pack& slope) {
  const PackPair trigonometric = sincos(y);
  y = trigonometric.x;
  slope *= trigonometric.y;
}

void advance(double& y, double& slope) {
  slope *= std::cos(y);
  y = std::sin(y);
}

/// One input a chain: its slope is carried along, and nothing is stored on the way. `width` chains
/// side by side, so that multiplications overlap.
template <Link link, std::size_t width, class V>
void follow(V (&y)[width], V (&slope)[width], const V (&c)[width], std::size_t length) {
  for (V& each : slope) each = V{} + 1;
  for (std::size_t i = 0; i < length; ++i)
    for (std::size_t k = 0; k < width; ++k) {
      if constexpr (link == Link::sine) {
        advance(y[k], slope[k]);
      } else {
        y[k] *= c[k];
        slope[k] *= c[k];
      }
    }
}

template <Link link>
void all(const Chain& problem, std::span<double> y, std::span<double> gradient) {
  constexpr std::size_t width = 4, stride = width * lanes;
  const std::size_t size = problem.x.size(), whole = size - size % stride;
  for (std::size_t i = 0; i < whole; i += stride) {
    Pack value[width], slope[width], c[width];
    for (std::size_t k = 0; k < width; ++k) {
      value[k] = load(&problem.x[i + k * lanes]);
      c[k] = load(&problem.c[i + k * lanes]);
    }
    follow<link>(value, slope, c, problem.length);
    for (std::size_t k = 0; k < width; ++k) {
      store(&y[i + k * lanes], value[k]);
      store(&gradient[i + k * lanes], slope[k]);
    }
  }
  for (std::size_t i = whole; i < size; ++i) {
    double value[] = {problem.x[i]}, slope[1];
    const double c[] = {problem.c[i]};
    follow<link>(value, slope, c, problem.length);
    y[i] = value[0];
    gradient[i] = slope[0];
  }
}

}  // namespace

void chain(const Chain& problem, std::span<double> y, std::span<double> gradient) {
  if (problem.link == Link::multiplication)
    all<Link::multiplication>(problem, y, gradient);
  else
    all<Link::sine>(problem, y, gradient);
}

}  // namespace verigrad::benchmarks::floors
