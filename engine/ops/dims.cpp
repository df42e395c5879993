#include "engine/ops/dims.hpp"

#include <fmt/format.h>

#include "engine/error.hpp"

namespace verigrad {

std::size_t checked_dim(std::string_view operation, std::int64_t dim, const Shape& shape) {
  try {
    return normalise_dim(dim, shape.rank());
  } catch (const IndexError& error) {
    throw IndexError(
        fmt::format("{}: {} for a tensor of shape {}", operation, error.what(), to_string(shape)));
  }
}

DimSet dim_set(std::string_view operation, const Attributes& attributes, std::size_t position,
               const Shape& shape) {
  if (attributes.is_none(position) || attributes.integers(position).empty()) return all_dims(shape);
  DimSet dims;
  for (std::int64_t dim : attributes.integers(position)) {
    const std::size_t d = checked_dim(operation, dim, shape);
    if (dims[d])
      throw Error(
          fmt::format("{}: dim {} appears multiple times in the list of dims", operation, d));
    dims.set(d);
  }
  if (shape.rank() == 0) dims.reset();
  return dims;
}

DimSet all_dims(const Shape& shape) {
  DimSet dims;
  for (std::size_t d = 0; d < shape.rank(); ++d) dims.set(d);
  return dims;
}

DimSet repeated_dims(const Shape& from, const Shape& to) {
  DimSet dims;
  const std::size_t offset = to.rank() - from.rank();
  for (std::size_t d = 0; d < to.rank(); ++d)
    if (d < offset || (from[d - offset] == 1 && to[d] != 1)) dims.set(d);
  return dims;
}

Shape reduced(const Shape& shape, const DimSet& dims, bool keepdim) {
  Shape result = shape;
  for (std::size_t d = shape.rank(); d-- > 0;)
    if (dims[d]) result = keepdim ? result.with(d, 1) : result.removed(d);
  return result;
}

}  // namespace verigrad
