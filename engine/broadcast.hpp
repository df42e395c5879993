#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "engine/operation.hpp"

namespace verigrad {

/// How to read N operands, each broadcast to one shape, entry by entry in row-major order. Adjacent
/// dims along which every operand advances evenly are merged, so that equal shapes are one loop.
template <class T, std::size_t N>
class BroadcastPlan {
 public:
  BroadcastPlan(const Shape& shape, Operands<T> operands) {
    for (std::size_t k = 0; k < N; ++k) data_[k] = operands[k].data();
    numel_ = shape.numel();
    for (std::size_t d = 0; d < shape.rank(); ++d) {
      if (shape[d] == 1) continue;
      std::array<std::int64_t, N> step{};
      for (std::size_t k = 0; k < N; ++k) step[k] = step_of(operands[k].shape(), shape.rank(), d);
      if (rank_ > 0 && merges(step, shape[d])) {
        sizes_[rank_ - 1] *= shape[d];
        steps_[rank_ - 1] = step;
      } else {
        sizes_[rank_] = shape[d];
        steps_[rank_++] = step;
      }
    }
  }

  /// Calls f(index, x_0, …, x_{N-1}) for every entry.
  template <class F>
  void run(F&& f) const {
    run(std::forward<F>(f), std::make_index_sequence<N>());
  }

 private:
  static std::int64_t step_of(const Shape& operand, std::size_t rank, std::size_t d) {
    const std::size_t offset = rank - operand.rank();
    if (d < offset || operand[d - offset] == 1) return 0;
    std::int64_t step = 1;
    for (std::size_t e = d - offset + 1; e < operand.rank(); ++e) step *= operand[e];
    return step;
  }

  bool merges(const std::array<std::int64_t, N>& inner, std::int64_t size) const {
    for (std::size_t k = 0; k < N; ++k)
      if (steps_[rank_ - 1][k] != inner[k] * size) return false;
    return true;
  }

  template <class F, std::size_t... k>
  void run(F&& f, std::index_sequence<k...>) const {
    if (numel_ == 0) return;
    if (rank_ == 0) {
      f(std::int64_t{0}, (*data_[k])...);
      return;
    }
    const std::int64_t inner = sizes_[rank_ - 1];
    const auto& step = steps_[rank_ - 1];
    const bool dense = ((step[k] == 1) && ...);
    std::array<std::int64_t, Shape::max_rank> counter{};
    std::array<const T*, N> at = data_;
    for (std::int64_t index = 0; index < numel_; index += inner) {
      if (dense) {
        for (std::int64_t i = 0; i < inner; ++i) f(index + i, at[k][i]...);
      } else {
        for (std::int64_t i = 0; i < inner; ++i) f(index + i, at[k][i * step[k]]...);
      }
      advance(counter, at);
    }
  }

  void advance(std::array<std::int64_t, Shape::max_rank>& counter,
               std::array<const T*, N>& at) const {
    for (std::size_t d = rank_ - 1; d-- > 0;) {
      for (std::size_t k = 0; k < N; ++k) at[k] += steps_[d][k];
      if (++counter[d] < sizes_[d]) return;
      for (std::size_t k = 0; k < N; ++k) at[k] -= steps_[d][k] * sizes_[d];
      counter[d] = 0;
    }
  }

  std::array<const T*, N> data_{};
  std::int64_t numel_ = 0;
  std::size_t rank_ = 0;
  std::array<std::int64_t, Shape::max_rank> sizes_{};
  std::array<std::array<std::int64_t, N>, Shape::max_rank> steps_{};
};

template <class T, std::size_t N>
BroadcastPlan<T, N> make_plan(const Shape& shape, Operands<T> operands) {
  return BroadcastPlan<T, N>(shape, operands);
}

}  // namespace verigrad
