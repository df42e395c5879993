#include "gradcheck/places.hpp"

#include <utility>

namespace verigrad::gradcheck::detail {

Strides aligned(const Strides& own, std::size_t rank, const Shape& result) {
  Strides all{};
  const std::size_t offset = result.rank() - rank;
  for (std::size_t d = 0; d < rank; ++d) all[offset + d] = own[d];
  return all;
}

Strides compact_strides(const Shape& shape, const Region& region) {
  Strides all{};
  std::int64_t step = 1;
  for (std::size_t d = shape.rank(); d-- > 0;) {
    if (shape[d] == 1 || region.follows[d] != Region::any) continue;
    all[d] = step;
    step *= shape[d];
  }
  return all;
}

Places places(const Shape& result, const Region& region, const Strides& steps) {
  Places all;
  all.offsets.push_back(0);
  for (std::size_t d = 0; d < result.rank(); ++d) {
    if (region.follows[d] != Region::any) {
      all.strides[static_cast<std::size_t>(region.follows[d])] +=
          static_cast<std::int32_t>(steps[d]);
      all.follow = all.follow || steps[d] != 0;
      continue;
    }
    std::vector<std::int32_t> longer;
    longer.reserve(all.offsets.size() * static_cast<std::size_t>(result[d]));
    for (const std::int32_t start : all.offsets)
      for (std::int64_t i = 0; i < result[d]; ++i)
        longer.push_back(start + static_cast<std::int32_t>(i * steps[d]));
    all.offsets = std::move(longer);
  }
  all.dense = true;
  for (std::size_t i = 0; i < all.offsets.size(); ++i)
    all.dense = all.dense && all.offsets[i] == static_cast<std::int32_t>(i);
  return all;
}

}  // namespace verigrad::gradcheck::detail
