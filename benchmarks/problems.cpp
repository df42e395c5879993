#include "benchmarks/problems.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "benchmarks/floors/floors.hpp"

namespace verigrad::benchmarks {

Numbers spread(std::size_t count, double low, double high, double phase) {
  Numbers numbers(count);
  double place = phase;
  for (double& number : numbers) {
    place += 0.6180339887498949;  // the golden ratio's fraction, whose multiples are spread best
    place -= std::floor(place);
    number = low + (high - low) * place;
  }
  return numbers;
}

bool agree(std::span<const double> a, std::span<const double> b, double roundings) {
  if (a.size() != b.size() || a.empty()) return false;
  double largest = 0, difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) return false;
    largest = std::max(largest, std::abs(b[i]));
    difference = std::max(difference, std::abs(a[i] - b[i]));
  }
  return difference <= roundings * std::numeric_limits<double>::epsilon() / 2 * largest;
}

Numbers Pointwise::gradient() const {
  Numbers g(x.size());
  floors::pointwise(x, g);
  return g;
}

Numbers Logistic::gradient() const {
  Numbers g(w.size());
  floors::logistic(*this, g);
  return g;
}

Numbers Perceptron::gradient() const {
  Numbers g(parameters);
  floors::Perceptron()(*this, g);
  return g;
}

Numbers Product::gradient() const {
  Numbers g(x.size());
  floors::product(x, g);
  return g;
}

Numbers Chain::gradient() const {
  Numbers y(x.size()), g(x.size());
  floors::chain(*this, y, g);
  return g;
}

Numbers Euler::gradient() const {
  Numbers g(1);
  floors::euler(*this, g[0]);
  return g;
}

}  // namespace verigrad::benchmarks
