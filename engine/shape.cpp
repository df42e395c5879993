#include "engine/shape.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "engine/error.hpp"

namespace verigrad {

Shape::Shape(std::span<const std::int64_t> sizes) : rank_(sizes.size()) {
  if (sizes.size() > max_rank)
    throw ShapeError(fmt::format("a tensor has at most {} dims, not {}", max_rank, sizes.size()));
  std::int64_t entries = 1;
  for (std::size_t d = 0; d < rank_; ++d) {
    if (sizes[d] < 0) throw ShapeError(fmt::format("a size cannot be negative: {}", sizes[d]));
    sizes_[d] = sizes[d];
    if (sizes[d] > 1 && entries > (std::int64_t{1} << 62) / sizes[d])
      throw ShapeError(fmt::format("a tensor of shape [{}] has too many entries",
                                   fmt::join(sizes.begin(), sizes.end(), ", ")));
    entries *= std::max<std::int64_t>(sizes[d], 1);
  }
  count_entries();
}

void Shape::count_entries() {
  numel_ = 1;
  for (std::int64_t size : *this) numel_ *= size;
}

Shape Shape::with(std::size_t dim, std::int64_t size) const {
  Shape result = *this;
  result.sizes_[dim] = size;
  result.count_entries();
  return result;
}

Shape Shape::inserted(std::size_t dim, std::int64_t size) const {
  if (rank_ == max_rank)
    throw ShapeError(fmt::format("a tensor has at most {} dims, not {}", max_rank, rank_ + 1));
  Shape result = *this;
  std::copy_backward(sizes_.begin() + static_cast<std::ptrdiff_t>(dim),
                     sizes_.begin() + static_cast<std::ptrdiff_t>(rank_),
                     result.sizes_.begin() + static_cast<std::ptrdiff_t>(rank_ + 1));
  result.sizes_[dim] = size;
  ++result.rank_;
  result.count_entries();
  return result;
}

Shape Shape::removed(std::size_t dim) const {
  Shape result = *this;
  std::copy(sizes_.begin() + static_cast<std::ptrdiff_t>(dim + 1),
            sizes_.begin() + static_cast<std::ptrdiff_t>(rank_),
            result.sizes_.begin() + static_cast<std::ptrdiff_t>(dim));
  --result.rank_;
  result.count_entries();
  return result;
}

std::string to_string(const Shape& shape) {
  return fmt::format("[{}]", fmt::join(shape.begin(), shape.end(), ", "));
}

std::string times_string(const Shape& shape) {
  return fmt::format("{}", fmt::join(shape.begin(), shape.end(), "x"));
}

Shape joined(const Shape& a, const Shape& b) {
  std::vector<std::int64_t> sizes(a.begin(), a.end());
  sizes.insert(sizes.end(), b.begin(), b.end());
  return Shape(sizes);
}

std::string index_text(std::int64_t position, const Shape& shape) {
  if (shape.rank() == 0) return "";
  std::array<std::int64_t, Shape::max_rank> index{};
  for (std::size_t d = shape.rank(); d-- > 0; position /= shape[d]) index[d] = position % shape[d];
  return fmt::format("[{}]", fmt::join(index.begin(), index.begin() + shape.rank(), ", "));
}

bool broadcasts_to(const Shape& from, const Shape& to) {
  if (from.rank() > to.rank()) return false;
  const std::size_t offset = to.rank() - from.rank();
  for (std::size_t d = 0; d < from.rank(); ++d)
    if (from[d] != to[d + offset] && from[d] != 1) return false;
  return true;
}

Shape broadcast(const Shape& a, const Shape& b, const char* operation) {
  const Shape& longer = a.rank() >= b.rank() ? a : b;
  const Shape& shorter = a.rank() >= b.rank() ? b : a;
  const std::size_t offset = longer.rank() - shorter.rank();
  Shape result = longer;
  for (std::size_t d = 0; d < shorter.rank(); ++d) {
    const std::int64_t size = shorter[d];
    if (size == longer[d + offset] || size == 1) continue;
    if (longer[d + offset] != 1)
      throw ShapeError(fmt::format(
          "{}: shapes {} and {} do not broadcast together: at dim {} the "
          "sizes {} and {} differ and neither is 1",
          operation, to_string(a), to_string(b), d + offset,
          &longer == &a ? longer[d + offset] : size, &longer == &a ? size : longer[d + offset]));
    result = result.with(d + offset, size);
  }
  return result;
}

std::int64_t broadcast_source(const Shape& from, const Shape& to, std::int64_t position) {
  std::int64_t source = 0, step = 1;
  for (std::size_t d = to.rank(), e = from.rank(); e-- > 0;) {
    const std::int64_t size = to[--d];
    if (from[e] != 1) source += position % size * step;
    position /= size;
    step *= from[e];
  }
  return source;
}

std::size_t normalise_dim(std::int64_t dim, std::size_t rank) {
  const auto limit = static_cast<std::int64_t>(std::max<std::size_t>(rank, 1));
  if (dim < -limit || dim >= limit)
    throw IndexError(
        fmt::format("Dimension out of range (expected to be in range of [{}, {}], but got {})",
                    -limit, limit - 1, dim));
  return static_cast<std::size_t>(dim < 0 ? dim + limit : dim);
}

std::array<std::int64_t, Shape::max_rank> strides(const Shape& shape, bool broadcasting) {
  std::array<std::int64_t, Shape::max_rank> result{};
  std::int64_t step = 1;
  for (std::size_t d = shape.rank(); d-- > 0;) {
    result[d] = broadcasting && shape[d] == 1 ? 0 : step;
    step *= shape[d];
  }
  return result;
}

}  // namespace verigrad
