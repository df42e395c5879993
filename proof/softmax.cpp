#include "proof/softmax.hpp"

#include <cmath>
#include <limits>

#include "proof/elementary.hpp"

namespace verigrad::proof {
namespace {

/// The greatest midpoint: an exact number by which exponents are kept small.
Series shift_of(std::span<const Series> x) {
  double greatest = -std::numeric_limits<double>::infinity();
  for (const Series& entry : x)
    if (entry.ok()) greatest = std::max(greatest, entry.value().midpoint());
  return Ball(std::isfinite(greatest) ? greatest : 0.0);
}

Series sum_of_exponentials(std::span<const Series> x, const Series& shift) {
  Series total = 0;
  for (const Series& entry : x) total = total + exp(entry - shift);
  return total;
}

}  // namespace

Series logsumexp(std::span<const Series> x) {
  const Series shift = shift_of(x);
  return shift + log(sum_of_exponentials(x, shift));
}

Series softmax(std::span<const Series> x, std::size_t i) {
  return 1 / sum_of_exponentials(x, x[i]);
}

}  // namespace verigrad::proof
