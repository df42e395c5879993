#include <cmath>

#include "benchmarks/floors/floors.hpp"
#include "benchmarks/floors/vector_math.hpp"

namespace verigrad::benchmarks::floors {
namespace {

struct Term {
  Pack value, slope;
};

/// With e = exp(x), d = exp(-x²) and q = sigmoid(x²) = 1 / (1 + d): the value is
/// sin(x) q + log(1 + e), its slope cos(x) q + 2 x sin(x) q² d + e / (1 + e). One division serves
/// both quotients.
inline Term term(Pack x) {
  const Pack e = exp(x), d = exp(-x * x);
  const PackPair trigonometric = sincos(x);
  const Pack a = 1 + e, b = 1 + d, both = 1 / (a * b);
  const Pack q = both * a;
  const Pack wave = trigonometric.x * q;
  return {.value = wave + log(a),
          .slope = trigonometric.y * q + 2 * x * wave * (q * d) + e * (both * b)};
}

}  // namespace

double pointwise(std::span<const double> x, std::span<double> gradient) {
  const std::size_t size = x.size(), whole = size - size % lanes;
  Pack sum{};
  for (std::size_t i = 0; i < whole; i += lanes) {
    const Term each = term(load(&x[i]));
    sum += each.value;
    store(&gradient[i], each.slope);
  }
  double value = total(sum);
  if (whole < size) {
    const Term rest = term(load_part(&x[whole], size - whole));
    store_part(&gradient[whole], size - whole, rest.slope);
    double values[lanes];
    store(values, rest.value);
    for (std::size_t i = 0; i < size - whole; ++i) value += values[i];
  }
  return value;
}

}  // namespace verigrad::benchmarks::floors
