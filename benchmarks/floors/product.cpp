#include "benchmarks/floors/floors.hpp"
#include "benchmarks/floors/vector_math.hpp"

namespace verigrad::benchmarks::floors {
namespace {

constexpr std::size_t width = 4;  // packs side by side, so that multiplications overlap
constexpr std::size_t stride = width * lanes;

/// Replaces numbers by the products of all the others; returns the product of all.
double products_of_others(std::span<double> numbers) {
  double others[stride];
  double before = 1, after = 1;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    others[i] = before;
    before *= numbers[i];
  }
  for (std::size_t i = numbers.size(); i-- > 0;) {
    others[i] *= after;
    after *= numbers[i];
    numbers[i] = others[i];
  }
  return before;
}

}  // namespace

/// Each lane multiplies its own numbers, leaving the products so far in `gradient`; the way back
/// starts from the product of all other lanes and of the rest.
double product(std::span<const double> x, std::span<double> gradient) {
  const std::size_t size = x.size(), whole = size - size % stride;
  Pack running[width];
  for (Pack& each : running) each = broadcast(1);
  for (std::size_t i = 0; i < whole; i += stride)
    for (std::size_t k = 0; k < width; ++k) {
      store(&gradient[i + k * lanes], running[k]);
      running[k] *= load(&x[i + k * lanes]);
    }

  Pack all = running[0];
  for (std::size_t k = 1; k < width; ++k) all *= running[k];
  double lane[lanes];
  store(lane, all);
  const double body = products_of_others({lane, lanes});

  double rest = 1;
  for (std::size_t i = whole; i < size; ++i) {
    gradient[i] = body * rest;
    rest *= x[i];
  }
  double after = 1;
  for (std::size_t i = size; i-- > whole;) {
    gradient[i] *= after;
    after *= x[i];
  }

  Pack back[width], outside = load(lane) * rest;
  for (std::size_t k = 0; k < width; ++k) {
    back[k] = outside;
    for (std::size_t other = 0; other < width; ++other)
      if (other != k) back[k] *= running[other];
  }
  for (std::size_t i = whole; i > 0; i -= stride)
    for (std::size_t k = 0; k < width; ++k) {
      double* const place = &gradient[i - stride + k * lanes];
      store(place, load(place) * back[k]);
      back[k] *= load(&x[i - stride + k * lanes]);
    }
  return body * rest;
}

}  // namespace verigrad::benchmarks::floors
