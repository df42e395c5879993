#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "engine/ops/lanes.hpp"

namespace verigrad::detail {

/// The greatest entry of a lane and the sum of exp(x[i] - greatest) over the others.
struct Peak {
  std::int64_t index = 0;
  double greatest = -std::numeric_limits<double>::infinity();
  double rest = 0;
};

template <class T>
std::int64_t first_greatest(const T* x, std::int64_t n, std::int64_t step) {
  std::int64_t best = 0;
  for (std::int64_t k = 1; k < n; ++k)
    if (x[k * step] > x[best * step]) best = k;
  return best;
}

template <class T>
Peak peak_of(const T* x, std::int64_t n, std::int64_t step) {
  Peak peak;
  if (n == 0) return peak;
  peak.index = first_greatest(x, n, step);
  peak.greatest = static_cast<double>(x[peak.index * step]);
  CompensatedSum rest;
  for (std::int64_t k = 0; k < n; ++k)
    if (k != peak.index) rest.add(std::exp(static_cast<double>(x[k * step]) - peak.greatest));
  peak.rest = rest.value();
  return peak;
}

/// vᵀJ of log_softmax over the dims of the set, given its result and y, the softmax: g_i - y_i
/// sum_j g_j. At the greatest entry this is g_i (1 - y_i) - y_i (sum of the other g), where 1 - y_i
/// = -expm1(log y_i) keeps its digits when y_i is almost 1. Recorded when grad mode is on.
template <class T>
Tensor<T> log_softmax_backward(const Tensor<T>& log_y, const Tensor<T>& y, const Tensor<T>& g,
                               const DimSet& dims);

}  // namespace verigrad::detail
