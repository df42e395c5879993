#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/ops/lanes.hpp"
#include "engine/tensor.hpp"

namespace verigrad {

/// A rearrangement that acts on each dim by itself: result[i, j, …] is input[t0[i], t1[j], …] with
/// one table of places a dim, or a fill value where a table says `outside`. Flips, rolls,
/// repetition, padding and index_select are of this kind.
class DimTables {
 public:
  static constexpr std::int64_t outside = -1;

  /// Every dim as it is.
  explicit DimTables(const Shape& input) : input_(input), tables_(input.rank()) {
    for (std::size_t d = 0; d < input.rank(); ++d)
      for (std::int64_t i = 0; i < input[d]; ++i) tables_[d].push_back(i);
  }

  std::vector<std::int64_t>& operator[](std::size_t dim) { return tables_[dim]; }

  Shape shape() const {
    std::array<std::int64_t, Shape::max_rank> sizes{};
    for (std::size_t d = 0; d < tables_.size(); ++d)
      sizes[d] = static_cast<std::int64_t>(tables_[d].size());
    return Shape(std::span<const std::int64_t>(sizes.data(), tables_.size()));
  }

  /// Calls f(entry, place) for the entries of the result in row-major order.
  template <class F>
  void each(F&& f) const {
    const Shape result = shape();
    const std::int64_t numel = result.numel();
    if (numel == 0) return;
    if (tables_.empty()) {
      f(std::int64_t{0}, std::int64_t{0});
      return;
    }
    const std::size_t last = tables_.size() - 1;
    const auto steps = strides(input_);
    std::array<std::size_t, Shape::max_rank> at{};
    for (std::int64_t entry = 0; entry < numel;) {
      std::int64_t base = 0;
      bool inside = true;
      for (std::size_t d = 0; d < last; ++d) {
        inside = inside && tables_[d][at[d]] != outside;
        base += tables_[d][at[d]] * steps[d];
      }
      for (std::int64_t place : tables_[last])
        f(entry++, inside && place != outside ? base + place : outside);
      for (std::size_t d = last; d-- > 0;) {
        if (++at[d] < tables_[d].size()) break;
        at[d] = 0;
      }
    }
  }

  /// The rearranged entries.
  template <class T>
  Tensor<T> take(const Tensor<T>& x, T fill = 0) const {
    Tensor<T> out = Tensor<T>::uninitialised(shape());
    T* y = out.mutable_data();
    const T* from = x.data();
    each([&](std::int64_t entry, std::int64_t place) {
      y[entry] = place == outside ? fill : from[place];
    });
    return out;
  }

  /// The transpose of `take`: entries that were taken from one place add up there.
  template <class T>
  Tensor<T> give_back(const Tensor<T>& g) const;

 private:
  Shape input_;
  std::vector<std::vector<std::int64_t>> tables_;
};

/// Sums that arrive in any order, one for each entry of a tensor.
template <class T>
class ScatteredSums {
 public:
  explicit ScatteredSums(const Shape& shape)
      : shape_(shape), sums_(static_cast<std::size_t>(shape.numel())) {}

  void add(std::int64_t place, T term) {
    sums_[static_cast<std::size_t>(place)].add(static_cast<double>(term));
  }
  Tensor<T> tensor() const {
    Tensor<T> out = Tensor<T>::uninitialised(shape_);
    T* y = out.mutable_data();
    for (std::size_t i = 0; i < sums_.size(); ++i) y[i] = static_cast<T>(sums_[i].value());
    return out;
  }

 private:
  Shape shape_;
  std::vector<CompensatedSum> sums_;
};

template <class T>
Tensor<T> DimTables::give_back(const Tensor<T>& g) const {
  ScatteredSums<T> sums(input_);
  const T* v = g.data();
  each([&](std::int64_t entry, std::int64_t place) {
    if (place != outside) sums.add(place, v[entry]);
  });
  return sums.tensor();
}

}  // namespace verigrad
