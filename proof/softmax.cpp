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

/// Whether both are one node or the same exact constant.
bool same(const Series& a, const Series& b) {
  if (a.same_as(b)) return true;
  return a.ok() && b.ok() && a.is_constant() && b.is_constant() && a.value().exact() &&
         arb_equal(a.first(), b.first());
}

/// f(1 / softmax_i) at every place.
template <class F>
std::vector<Series> of_denominators(std::span<const Series> x, F f) {
  const std::size_t n = x.size();
  const Series shift = shift_of(x);
  std::vector<std::size_t> first(n), count(n, 0);
  std::vector<Series> terms(n, Series(0)), others(n, Series(0)), result;
  for (std::size_t i = 0; i < n; ++i) {
    while (!same(x[first[i]], x[i])) ++first[i];
    ++count[first[i]];
  }
  for (std::size_t i = 0; i < n; ++i)
    if (first[i] == i) terms[i] = Series(count[i]) * exp(x[i] - shift);
  for (std::size_t i = 1; i < n; ++i) others[i] = others[i - 1] + terms[i - 1];
  Series after = 0;
  for (std::size_t i = n; i-- > 0;) {
    others[i] = others[i] + after;
    after = after + terms[i];
  }
  for (std::size_t i = 0; i < n; ++i)
    result.push_back(first[i] < i ? result[first[i]]
                                  : f(Series(count[i]) + others[i] * exp(shift - x[i])));
  return result;
}

}  // namespace

Series logsumexp(std::span<const Series> x) {
  const Series shift = shift_of(x);
  return shift + log(sum_of_exponentials(x, shift));
}

std::vector<Series> softmax(std::span<const Series> x) {
  return of_denominators(x, [](const Series& denominator) { return 1 / denominator; });
}

std::vector<Series> log_softmax(std::span<const Series> x) {
  return of_denominators(x, [](const Series& denominator) { return -log(denominator); });
}

}  // namespace verigrad::proof
