// Sums of many terms.
#pragma once

#include <cstddef>

namespace verigrad::gradcheck::detail {

/// The sum of term(0) … term(count - 1), in eight interleaved parts, so that compilers use vectors.
template <class Term>
double sum_of(std::size_t count, Term term) {
  constexpr std::size_t width = 8;
  double parts[width] = {};
  std::size_t i = 0;
  for (; i + width <= count; i += width)
    for (std::size_t k = 0; k < width; ++k) parts[k] += term(i + k);
  for (std::size_t k = 0; i < count; ++i, ++k) parts[k] += term(i);
  return ((parts[0] + parts[1]) + (parts[2] + parts[3])) +
         ((parts[4] + parts[5]) + (parts[6] + parts[7]));
}

}  // namespace verigrad::gradcheck::detail
