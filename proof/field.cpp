#include "proof/field.hpp"

namespace verigrad::proof {

Index unravel(std::int64_t position, const Shape& shape) {
  Index index{};
  for (std::size_t d = shape.rank(); d-- > 0;) {
    index[d] = position % shape[d];
    position /= shape[d];
  }
  return index;
}

std::int64_t ravel(const Index& index, const Shape& shape) {
  std::int64_t position = 0;
  for (std::size_t d = 0; d < shape.rank(); ++d) position = position * shape[d] + index[d];
  return position;
}

Shape common_shape(const Shape& a, const Shape& b) {
  if (a.rank() < b.rank()) return common_shape(b, a);
  Shape result = a;
  const std::size_t added = a.rank() - b.rank();
  for (std::size_t d = 0; d < b.rank(); ++d)
    if (a[d + added] == 1) result = result.with(d + added, b[d]);
  return result;
}

std::int64_t broadcast_position(const Index& index, const Shape& from, const Shape& to) {
  const std::size_t added = to.rank() - from.rank();
  Index inner{};
  for (std::size_t d = 0; d < from.rank(); ++d) inner[d] = from[d] == 1 ? 0 : index[d + added];
  return ravel(inner, from);
}

std::size_t dim_of(std::int64_t dim, const Shape& shape) {
  if (shape.rank() == 0) return 0;
  return static_cast<std::size_t>(dim < 0 ? dim + static_cast<std::int64_t>(shape.rank()) : dim);
}

std::array<bool, Shape::max_rank> dims_of(const AttributeValue& dims, const Shape& shape) {
  std::array<bool, Shape::max_rank> named{};
  if (const auto* one = std::get_if<std::int64_t>(&dims)) {
    named[dim_of(*one, shape)] = true;
    return named;
  }
  const auto* list = std::get_if<Integers>(&dims);
  if (list == nullptr || list->empty()) {
    named.fill(true);
    return named;
  }
  for (const std::int64_t dim : *list) named[dim_of(dim, shape)] = true;
  return named;
}

std::vector<std::vector<std::int64_t>> groups(const Shape& shape,
                                              const std::array<bool, Shape::max_rank>& reduced) {
  Shape kept = shape;
  for (std::size_t d = 0; d < shape.rank(); ++d)
    if (reduced[d]) kept = kept.with(d, 1);
  std::vector<std::vector<std::int64_t>> result(static_cast<std::size_t>(kept.numel()));
  for (std::int64_t i = 0; i < shape.numel(); ++i)
    result[static_cast<std::size_t>(broadcast_position(unravel(i, shape), kept, shape))].push_back(
        i);
  return result;
}

}  // namespace verigrad::proof
