// Which entries of a value move, and where they stand.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/shape.hpp"

namespace verigrad::gradcheck::detail {

/// Some entries of a value: those whose index in each dim is any, or the same as the index of the
/// leaf's moving entry in one of the leaf's dims.
struct Region {
  static constexpr std::int8_t any = -1;
  std::array<std::int8_t, Shape::max_rank> follows{};  ///< for each dim: `any`, or the leaf's dim
  bool operator==(const Region&) const = default;
};

/// Where entries of a value stand: at first(index) + offsets[i], where `index` is that of the
/// leaf's moving entry.
struct Places {
  std::vector<std::int32_t> offsets;
  std::array<std::int32_t, Shape::max_rank> strides{};  ///< by which the leaf's index moves them
  bool follow = false;                                  ///< whether any of these is not 0
  bool dense = false;                                   ///< the offsets are 0, 1, 2, …

  std::size_t count() const { return offsets.size(); }
  std::int64_t first(std::span<const std::int64_t> index) const {
    std::int64_t position = 0;
    for (std::size_t d = 0; d < index.size(); ++d) position += strides[d] * index[d];
    return position;
  }
};

using Strides = std::array<std::int64_t, Shape::max_rank>;

/// An operand's strides for the dims of the result that it is broadcast to; 0 where it is repeated.
Strides aligned(const Strides& own, std::size_t rank, const Shape& result);

/// Strides among the entries of a region.
Strides compact_strides(const Shape& shape, const Region& region);

/// The places that `steps` lead to from the entries of a region of a result.
Places places(const Shape& result, const Region& region, const Strides& steps);

}  // namespace verigrad::gradcheck::detail
