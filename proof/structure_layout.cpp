// Entries at other places: shapes, selections and joins.
#include <algorithm>

#include "proof/structure.hpp"

namespace verigrad::proof {
namespace {

Field swapped(const Field& x, std::size_t a, std::size_t b, const Shape& shape) {
  return filled(shape, [&](Index index) {
    std::swap(index[a], index[b]);
    return at(x, index);
  });
}

/// Dim i of the result is dim dims[i] of x.
Field permuted(const Field& x, const AttributeValue& dims, const Shape& shape) {
  const auto* list = std::get_if<Integers>(&dims);
  return filled(shape, [&](const Index& index) {
    Index source{};
    for (std::size_t d = 0; d < shape.rank(); ++d)
      source[list ? dim_of((*list)[d], x.shape) : d] = index[d];
    return at(x, source);
  });
}

Field flipped(const Field& x, const Integers& dims) {
  if (dims.empty()) return x;
  const auto named = dims_of(dims, x.shape);
  return filled(x.shape, [&](Index index) {
    for (std::size_t d = 0; d < x.shape.rank(); ++d)
      if (named[d]) index[d] = x.shape[d] - 1 - index[d];
    return at(x, index);
  });
}

Field concatenated(std::span<const Field> x, std::int64_t attribute, const Shape& shape) {
  const std::size_t dim = dim_of(attribute, shape);
  return filled(shape, [&](Index index) {
    std::size_t part = 0;
    while (index[dim] >= x[part].shape[dim]) index[dim] -= x[part++].shape[dim];
    return at(x[part], index);
  });
}

Index without(const Index& index, std::size_t dim) {
  Index result{};
  std::copy_n(index.begin(), dim, result.begin());
  std::copy(index.begin() + static_cast<std::ptrdiff_t>(dim) + 1, index.end(),
            result.begin() + static_cast<std::ptrdiff_t>(dim));
  return result;
}

Field stacked(std::span<const Field> x, std::int64_t attribute, const Shape& shape) {
  const std::size_t dim = dim_of(attribute, shape);
  return filled(shape, [&](const Index& index) {
    return at(x[static_cast<std::size_t>(index[dim])], without(index, dim));
  });
}

/// x at one place of a dim, which the result lacks.
Field selected(const Field& x, std::int64_t attribute, std::int64_t place, const Shape& shape) {
  const std::size_t dim = dim_of(attribute, x.shape);
  if (place < 0) place += x.shape[dim];
  return filled(shape, [&](const Index& index) {
    Index source{};
    std::copy_n(index.begin(), dim, source.begin());
    source[dim] = place;
    for (std::size_t d = dim; d < shape.rank(); ++d) source[d + 1] = index[d];
    return at(x, source);
  });
}

/// The entries on one side of a diagonal of the last two dims, 0 on the other.
Field triangle(const Field& x, std::int64_t diagonal, bool lower) {
  const std::size_t row = x.shape.rank() - 2, column = row + 1;
  return filled(x.shape, [&](const Index& index) {
    const std::int64_t offset = index[column] - index[row] - diagonal;
    return (lower ? offset <= 0 : offset >= 0) ? at(x, index) : Series(0);
  });
}

}  // namespace

std::vector<StructureLine> layouts() {
  return {
    VERIGRAD_STRUCTURE("transpose",
                       return swapped(x[0], dim_of(attributes.integer(0), x[0].shape),
                                      dim_of(attributes.integer(1), x[0].shape), shape);),
        VERIGRAD_STRUCTURE("permute", return permuted(x[0], attributes.values()[0], shape);),
        VERIGRAD_STRUCTURE("reshape", return Field{shape, x[0].entries};),
        VERIGRAD_STRUCTURE("squeeze", return Field{shape, x[0].entries};),
        VERIGRAD_STRUCTURE("unsqueeze", return Field{shape, x[0].entries};),
        VERIGRAD_STRUCTURE("broadcast_to",
                           return filled(shape,
                                         [&](const Index& index) {
                                           return at(x[0],
                                                     broadcast_position(index, x[0].shape, shape));
                                         });),
        VERIGRAD_STRUCTURE("flip", return flipped(x[0], attributes.integers(0));),
        VERIGRAD_STRUCTURE("concat", return concatenated(x, attributes.integer(0), shape);),
        VERIGRAD_STRUCTURE("stack", return stacked(x, attributes.integer(0), shape);),
        VERIGRAD_STRUCTURE(
            "select", return selected(x[0], attributes.integer(0), attributes.integer(1), shape);),
        VERIGRAD_STRUCTURE("tril", return triangle(x[0], attributes.integer(0), true);),
        VERIGRAD_STRUCTURE("triu", return triangle(x[0], attributes.integer(0), false);),
  };
}

}  // namespace verigrad::proof
