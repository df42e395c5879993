#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace verigrad::detail {

/// Where a lane takes the entry that represents it, and how many entries equal that one.
struct Winner {
  std::int64_t index = 0;
  std::int64_t ties = 0;
};

/// The first greatest (least) of n entries; the first NaN if there is one, as PyTorch has it.
template <bool greatest>
struct Extreme {
  template <class T>
  static Winner of(const T* x, std::int64_t n, std::int64_t step) {
    Winner best;
    T extreme = x[0];
    for (std::int64_t k = 0; k < n; ++k) {
      const T entry = x[k * step];
      const bool same = entry == extreme || (std::isnan(entry) && std::isnan(extreme));
      const bool better = !std::isnan(extreme) &&
                          (std::isnan(entry) || (greatest ? entry > extreme : entry < extreme));
      if (better) {
        best = {k, 1};
        extreme = entry;
      } else if (same) {
        ++best.ties;
      }
    }
    return best;
  }
};

/// The first entry equal to the middle one in order, to the lower middle one when n is even; the
/// first NaN if there is one.
struct LowerMiddle {
  template <class T>
  static Winner of(const T* x, std::int64_t n, std::int64_t step) {
    std::vector<T> sorted(static_cast<std::size_t>(n));
    Winner nan;
    for (std::int64_t k = n; k-- > 0;) {
      sorted[static_cast<std::size_t>(k)] = x[k * step];
      if (std::isnan(x[k * step])) nan = {k, nan.ties + 1};
    }
    if (nan.ties > 0 || n == 0) return nan;
    const auto middle = sorted.begin() + (n - 1) / 2;
    std::nth_element(sorted.begin(), middle, sorted.end());
    Winner found;
    for (std::int64_t k = n; k-- > 0;)
      if (x[k * step] == *middle) found = {k, found.ties + 1};
    return found;
  }
};

}  // namespace verigrad::detail
