#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/operation.hpp"
#include "engine/shape.hpp"

namespace verigrad {

/// How far apart, in entries, neighbours along each dim lie.
using Steps = std::array<std::int64_t, Shape::max_rank>;

/// Walks `shape` in row-major order and calls f(dense, strided, length, step) for each innermost
/// run: entry k of the run has row-major index dense + k and lies at strided + k * step. Dims along
/// which the steps continue evenly are merged, so that a plain copy is one run.
template <class F>
void for_each_run(const Shape& shape, const Steps& steps, F&& f) {
  const std::int64_t numel = shape.numel();
  if (numel == 0) return;
  Steps sizes{}, merged{}, counter{};
  std::size_t rank = 0;
  for (std::size_t d = 0; d < shape.rank(); ++d) {
    if (shape[d] == 1) continue;
    if (rank > 0 && merged[rank - 1] == steps[d] * shape[d]) {
      sizes[rank - 1] *= shape[d];
      merged[rank - 1] = steps[d];
    } else {
      sizes[rank] = shape[d];
      merged[rank++] = steps[d];
    }
  }
  if (rank == 0) {
    f(std::int64_t{0}, std::int64_t{0}, std::int64_t{1}, std::int64_t{1});
    return;
  }
  const std::int64_t length = sizes[rank - 1];
  std::int64_t strided = 0;
  for (std::int64_t dense = 0; dense < numel; dense += length) {
    f(dense, strided, length, merged[rank - 1]);
    for (std::size_t d = rank - 1; d-- > 0;) {
      strided += merged[d];
      if (++counter[d] < sizes[d]) break;
      strided -= merged[d] * sizes[d];
      counter[d] = 0;
    }
  }
}

/// out[row-major] = in[strided].
template <class T>
void gather(T* out, const T* in, const Shape& shape, const Steps& steps) {
  for_each_run(shape, steps, [&](auto dense, auto strided, auto length, auto step) {
    T* to = out + dense;
    const T* from = in + strided;
    if (step == 1) {
      std::copy_n(from, length, to);
    } else if (step == 0) {
      std::fill_n(to, length, *from);
    } else {
      for (std::int64_t k = 0; k < length; ++k) to[k] = from[k * step];
    }
  });
}

/// out[strided] = in[row-major].
template <class T>
void scatter(T* out, const T* in, const Shape& shape, const Steps& steps) {
  for_each_run(shape, steps, [&](auto dense, auto strided, auto length, auto step) {
    T* to = out + strided;
    const T* from = in + dense;
    for (std::int64_t k = 0; k < length; ++k) to[k * step] = from[k];
  });
}

/// The entries with dims in the given order, each dim once.
template <class T>
Tensor<T> permuted(const Tensor<T>& x, const std::array<std::size_t, Shape::max_rank>& order) {
  const Steps from = strides(x.shape());
  Shape shape = x.shape();
  Steps steps{};
  for (std::size_t d = 0; d < x.shape().rank(); ++d) {
    shape = shape.with(d, x.shape()[order[d]]);
    steps[d] = from[order[d]];
  }
  Tensor<T> out = Tensor<T>::uninitialised(shape);
  gather(out.mutable_data(), x.data(), shape, steps);
  return out;
}

}  // namespace verigrad
