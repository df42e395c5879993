// The cosine of the angle between vectors along a dim.
#include "proof/elementary.hpp"
#include "proof/structure.hpp"

namespace verigrad::proof {
namespace {

/// max(|x|, eps); where that is eps, the root, which has no slope at 0, is not taken.
Series clamped_norm(const std::vector<Series>& x, const Series& eps) {
  Series squares = 0;
  for (const Series& entry : x) squares = squares + square(entry);
  const Sign above = compare(squares, square(eps));
  if (above.status != Status::ok) return Series(above.status);
  return (above.sign < 0 ? eps : sqrt(squares)).kinked_if(above.kinked);
}

Field cosine_similarity(std::span<const Field> x, std::int64_t dim, const Shape& shape) {
  const Shape full = common_shape(x[0].shape, x[1].shape);
  Field result{shape, {}};
  for (const auto& places : groups(full, dims_of(dim, full))) {
    const auto members = [&](const Field& operand) {
      std::vector<Series> entries;
      for (const std::int64_t place : places)
        entries.push_back(
            at(operand, broadcast_position(unravel(place, full), operand.shape, full)));
      return entries;
    };
    const std::vector<Series> a = members(x[0]), b = members(x[1]);
    Series product = 0;
    for (std::size_t i = 0; i < a.size(); ++i) product = product + a[i] * b[i];
    const Series &eps = x[2].entries[0], norms = clamped_norm(a, eps) * clamped_norm(b, eps);
    result.entries.push_back(product / norms);
  }
  return result;
}

}  // namespace

std::vector<StructureLine> similarities() {
  return {
    VERIGRAD_STRUCTURE("cosine_similarity",
                       return cosine_similarity(x, attributes.integer(0), shape);)
  };
}

}  // namespace verigrad::proof
