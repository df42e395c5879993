#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/ops/dims.hpp"
#include "engine/ops/strided.hpp"
#include "engine/pairwise.hpp"

namespace verigrad {

/// A tensor seen as [outer, size, inner], each lane along the middle being what a reduction
/// combines. Reduced dims that do not lie together are brought to the end in a copy.
template <class T>
class Lanes {
 public:
  Lanes(const Tensor<T>& x, const DimSet& dims) : x_(x) {
    const Shape& shape = x.shape();
    for (std::size_t d = 0; d < shape.rank(); ++d) {
      if (dims[d]) {
        size *= shape[d];
      } else {
        outer *= shape[d];
      }
    }
    if (together(shape, dims)) {
      outer = 1;
      std::size_t d = 0;
      for (; d < shape.rank() && !(dims[d] && shape[d] != 1); ++d) outer *= shape[d];
      for (std::size_t e = shape.rank(); e-- > d && !(dims[e] && shape[e] != 1);) inner *= shape[e];
    } else {
      std::size_t place = 0;
      for (bool reduce : {false, true})
        for (std::size_t d = 0; d < shape.rank(); ++d)
          if (dims[d] == reduce) order_[place++] = d;
      x_ = permuted(x, order_);
      moved_ = true;
    }
    data = x_.data();
  }

  /// Calls f(lane, first): lane counts in row-major order of the result; the entries of the lane
  /// are data[first + k * inner] for k < size.
  template <class F>
  void each(F&& f) const {
    for (std::int64_t o = 0, lane = 0; o < outer; ++o)
      for (std::int64_t i = 0; i < inner; ++i, ++lane) f(lane, o * size * inner + i);
  }

  /// Entries for these places, as a tensor of the original's shape and order.
  Tensor<T> restored(std::span<const T> entries) const {
    const Tensor<T> placed(x_.shape(), entries);
    if (!moved_) return placed;
    std::array<std::size_t, Shape::max_rank> inverse{};
    for (std::size_t d = 0; d < x_.shape().rank(); ++d) inverse[order_[d]] = d;
    return permuted(placed, inverse);
  }

  const T* data = nullptr;
  std::int64_t outer = 1, size = 1, inner = 1;

 private:
  static bool together(const Shape& shape, const DimSet& dims) {
    int runs = 0;
    bool inside = false;
    for (std::size_t d = 0; d < shape.rank(); ++d) {
      if (shape[d] == 1) continue;
      if (dims[d] && !inside) ++runs;
      inside = dims[d];
    }
    return runs <= 1;
  }

  Tensor<T> x_;
  std::array<std::size_t, Shape::max_rank> order_{};  ///< of the copy's dims, when there is one
  bool moved_ = false;
};

/// The pairwise sum of n rows of `width` entries, entry by entry.
template <class T>
void pairwise_sum_rows(const T* x, std::int64_t n, std::int64_t width, double* sum) {
  constexpr std::int64_t block = 64;
  if (n > block) {
    const Ref<Storage<double>> scratch = Storage<double>::allocate(width);
    double* rest = scratch->fresh_data();
    pairwise_sum_rows(x, n / 2, width, sum);
    pairwise_sum_rows(x + n / 2 * width, n - n / 2, width, rest);
    for (std::int64_t i = 0; i < width; ++i) sum[i] += rest[i];
    return;
  }
  std::fill_n(sum, width, 0.0);
  for (std::int64_t k = 0; k < n; ++k)
    for (std::int64_t i = 0; i < width; ++i) sum[i] += static_cast<double>(x[k * width + i]);
}

/// A running sum that carries its rounding errors along (Neumaier, ZAMM 54, 1974): accurate to a
/// few ulp of the sum of magnitudes whatever the number of terms.
class CompensatedSum {
 public:
  void add(double term) {
    const double next = sum_ + term;
    carry_ += std::abs(sum_) >= std::abs(term) ? (sum_ - next) + term : (term - next) + sum_;
    sum_ = next;
  }
  double value() const { return std::isfinite(sum_) ? sum_ + carry_ : sum_; }

 private:
  double sum_ = 0, carry_ = 0;
};

}  // namespace verigrad
