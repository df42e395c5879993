#pragma once

#include <cstddef>
#include <span>

#include "proof/series.hpp"

namespace verigrad::proof {

/// The place of an entry that stands for all, the first of those that are equal to it. Of no
/// entries there is none: outside the domain.
struct Choice {
  Status status = Status::ok;
  std::size_t place = 0;
  bool kinked = false;  ///< another entry is equal at the point, but not as a germ
};

Choice greatest(std::span<const Series> x);
Choice least(std::span<const Series> x);
/// The middle one in order, the lower of two.
Choice middle(std::span<const Series> x);

}  // namespace verigrad::proof
