#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/attributes.hpp"
#include "engine/shape.hpp"
#include "proof/series.hpp"

namespace verigrad::proof {

/// A tensor of germs, row-major.
struct Field {
  Shape shape;
  std::vector<Series> entries;
};

/// A position in each dim.
using Index = std::array<std::int64_t, Shape::max_rank>;

Index unravel(std::int64_t position, const Shape& shape);
std::int64_t ravel(const Index& index, const Shape& shape);

/// The shape to which both are broadcast: aligned at the last dim, a size of 1 repeated.
Shape common_shape(const Shape& a, const Shape& b);

/// The position in a `from` of what its broadcast to `to` has at `index`: aligned at the last dim,
/// a dim of size 1 repeated.
std::int64_t broadcast_position(const Index& index, const Shape& from, const Shape& to);

/// A dim counted from the end when it is negative; 0 of a scalar's -1 and 0.
std::size_t dim_of(std::int64_t dim, const Shape& shape);

/// Which dims of a shape an attribute names: an integer, a list, or None and an empty list for all.
std::array<bool, Shape::max_rank> dims_of(const AttributeValue& dims, const Shape& shape);

/// For every entry that remains when dims are reduced away, in row-major order: the positions that
/// are reduced to it, in row-major order.
std::vector<std::vector<std::int64_t>> groups(const Shape& shape,
                                              const std::array<bool, Shape::max_rank>& reduced);

/// The field of a shape whose entry at each Index is `entry(index)`.
template <class F>
Field filled(const Shape& shape, F entry) {
  Field result{shape, {}};
  result.entries.reserve(static_cast<std::size_t>(shape.numel()));
  for (std::int64_t i = 0; i < shape.numel(); ++i)
    result.entries.push_back(entry(unravel(i, shape)));
  return result;
}

inline Field zeros(const Shape& shape) {
  return {shape, std::vector<Series>(static_cast<std::size_t>(shape.numel()), Series(0))};
}

inline const Series& at(const Field& field, std::int64_t position) {
  return field.entries[static_cast<std::size_t>(position)];
}
inline const Series& at(const Field& field, const Index& index) {
  return at(field, ravel(index, field.shape));
}

}  // namespace verigrad::proof
