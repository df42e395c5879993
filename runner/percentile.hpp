#pragma once

#include <cstddef>
#include <vector>

namespace verigrad::runner {

/// The percentile of sorted numbers by nearest rank: of n, not 0, the one at ⌈n percent / 100⌉.
inline double percentile(const std::vector<double>& sorted, std::size_t percent) {
  return sorted[(sorted.size() * percent + 99) / 100 - 1];
}

}  // namespace verigrad::runner
