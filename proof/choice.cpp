#include "proof/choice.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace verigrad::proof {
namespace {

/// The first entry for which `better(sign of entry - best)` holds against all before it.
template <class F>
Choice best(std::span<const Series> x, F better) {
  if (x.empty()) return {.status = Status::outside};
  Choice result{.status = x.front().status()};
  for (std::size_t i = 1; i < x.size(); ++i) {
    const Sign order = compare(x[i], x[result.place]);
    result.status = std::max(result.status, order.status);
    result.kinked = result.kinked || order.kinked;
    if (better(order.sign)) result.place = i;
  }
  return result;
}

}  // namespace

Choice greatest(std::span<const Series> x) {
  return best(x, [](int sign) { return sign > 0; });
}

Choice least(std::span<const Series> x) {
  return best(x, [](int sign) { return sign < 0; });
}

Choice middle(std::span<const Series> x) {
  if (x.empty()) return {.status = Status::outside};
  Choice result{.status = x.front().status()};
  std::vector<std::size_t> sorted(x.size());
  std::iota(sorted.begin(), sorted.end(), std::size_t{0});
  for (std::size_t i = 1; i < sorted.size(); ++i)
    for (std::size_t k = i; k > 0; --k) {
      const Sign order = compare(x[sorted[k]], x[sorted[k - 1]]);
      result.status = std::max(result.status, order.status);
      result.kinked = result.kinked || order.kinked;
      if (order.sign >= 0) break;
      std::swap(sorted[k], sorted[k - 1]);
    }
  std::size_t at = (sorted.size() - 1) / 2;
  while (at > 0 && compare(x[sorted[at - 1]], x[sorted[at]]).sign == 0) --at;
  result.place = sorted[at];
  return result;
}

}  // namespace verigrad::proof
