// Sums and largest of many terms, on whole vector registers.
#pragma once

#include <array>
#include <cstddef>

#include "engine/pack.hpp"

namespace verigrad::gradcheck::detail {

/// combine(start, term 0, term 1, …) in any order, for `combine` of two numbers or packs with the
/// neutral element `start`. `term` is called with a function `load` that reads an array at the
/// place of the term, as a number or as a pack: [&](auto load) { return abs(load(x)) * load(y); }.
template <class Combine, class Term>
double fold(std::size_t count, double start, Combine combine, Term term) {
  constexpr auto width = static_cast<std::size_t>(Pack<double>::size);
  double result = start;
  std::size_t i = 0;
  if (count >= width) {
    // Two packs, so that terms need not wait for one another.
    Pack<double> parts(start), others(start);
    const auto packs = [&](std::size_t at) {
      return term([at](const double* x) { return Pack<double>::load(x + at); });
    };
    for (; i + 2 * width <= count; i += 2 * width) {
      parts = combine(parts, packs(i));
      others = combine(others, packs(i + width));
    }
    if (i + width <= count) {
      parts = combine(parts, packs(i));
      i += width;
    }
    parts = combine(parts, others);
    std::array<double, width> lanes;
    parts.store(lanes.data());
    for (std::size_t half = width / 2; half > 0; half /= 2)
      for (std::size_t k = 0; k < half; ++k) lanes[k] = combine(lanes[k], lanes[k + half]);
    result = lanes[0];
  }
  for (; i < count; ++i) result = combine(result, term([i](const double* x) { return x[i]; }));
  return result;
}

template <class Term>
double sum_of(std::size_t count, Term term) {
  return fold(
      count, 0.0, [](auto a, auto b) { return a + b; }, term);
}

/// NaN where a term is; 0 where all are negative.
template <class Term>
double largest_of(std::size_t count, Term term) {
  return fold(
      count, 0.0, [](auto a, auto b) { return maximum(a, b); }, term);
}

}  // namespace verigrad::gradcheck::detail
