// Sums, extrema, norms and softmax over dims, and running sums along one.
#include <algorithm>
#include <functional>

#include "proof/elementary.hpp"
#include "proof/softmax.hpp"
#include "proof/structure.hpp"
#include "proof/tape.hpp"

namespace verigrad::proof {
namespace {

using Entries = std::vector<Series>;

Entries members(const Field& x, const std::vector<std::int64_t>& positions) {
  Entries result;
  for (const std::int64_t position : positions) result.push_back(at(x, position));
  return result;
}

Series sum(const Entries& x) { return Tape::total(x); }

Series product(const Entries& x) {
  Series total = 1;
  for (const Series& entry : x) total = total * entry;
  return total;
}

/// f of all entries, one after another; there is none of no entries.
Series folded(const Entries& x, Series (*f)(const Series&, const Series&)) {
  if (x.empty()) return Series(Status::outside);
  Series result = x.front();
  for (std::size_t i = 1; i < x.size(); ++i) result = f(result, x[i]);
  return result;
}

Series mean(const Entries& x) { return sum(x) / Series(x.size()); }

/// Sum of (x - mean)² over n - 1, or over n unless unbiased; outside the domain where that is not
/// positive.
Series variance(const Entries& x, bool unbiased) {
  const Series centre = mean(x);
  Entries squares;
  for (const Series& entry : x) squares.push_back(square(entry - centre));
  const auto n = static_cast<std::int64_t>(x.size());
  return sum(squares) / Series(unbiased && n > 0 ? n - 1 : n);
}

/// The middle entry, the lower of two.
Series median(const Entries& x) {
  Status status = Status::ok;
  bool kinked = false;
  Entries sorted = x;
  for (std::size_t i = 1; i < sorted.size(); ++i)
    for (std::size_t k = i; k > 0; --k) {
      const Sign order = compare(sorted[k], sorted[k - 1]);
      status = std::max(status, order.status);
      kinked = kinked || order.kinked;
      if (order.sign >= 0) break;
      std::swap(sorted[k], sorted[k - 1]);
    }
  if (sorted.empty()) return Series(Status::outside);
  if (status != Status::ok) return Series(status);
  return sorted[(sorted.size() - 1) / 2].kinked_if(kinked);
}

/// x summed over the dims along which `shape` would be repeated to its own.
Field summed_to(const Field& x, const Shape& shape) {
  Field result{shape, Entries(static_cast<std::size_t>(shape.numel()), Series(0))};
  for (std::int64_t i = 0; i < x.shape.numel(); ++i) {
    const std::int64_t to = broadcast_position(unravel(i, x.shape), shape, x.shape);
    Series& total = result.entries[static_cast<std::size_t>(to)];
    total = total + at(x, i);
  }
  return result;
}

/// weight (x - mean) / sqrt(variance + eps) + bias over the last `count` dims.
Field layer_norm(std::span<const Field> x, std::size_t count) {
  const Shape& shape = x[0].shape;
  std::array<bool, Shape::max_rank> last{};
  std::fill_n(last.begin() + static_cast<std::ptrdiff_t>(shape.rank() - count), count, true);
  Field result{shape, Entries(x[0].entries.size(), Series(0))};
  for (const auto& positions : groups(shape, last)) {
    const Entries entries = members(x[0], positions);
    const Series centre = mean(entries);
    const Series spread = sqrt(variance(entries, false) + x[3].entries[0]);
    for (std::size_t i = 0; i < positions.size(); ++i) {
      const Index index = unravel(positions[i], shape);
      const auto factor = [&](const Field& f) {
        return at(f, broadcast_position(index, f.shape, shape));
      };
      result.entries[static_cast<std::size_t>(positions[i])] =
          factor(x[1]) * ((entries[i] - centre) / spread) + factor(x[2]);
    }
  }
  return result;
}

/// sum(|x| ** p) ** (1 / p), the greatest |x| for p = inf.
Series norm(const Entries& x, const Series& p) {
  Entries sizes;
  for (const Series& entry : x) sizes.push_back(abs(entry));
  if (p.ok() && p.is_constant() && !p.value().finite()) return folded(sizes, maximum);
  if (p.is_number(1)) return sum(sizes);
  if (p.is_number(2)) {
    Entries squares;
    for (const Series& entry : x) squares.push_back(square(entry));
    return sqrt(sum(squares));
  }
  const Status status = positive(p);
  if (status != Status::ok) return Series(status);
  for (Series& size : sizes) size = pow(size, p);
  return pow(sum(sizes), 1 / p);
}

/// f of each group of entries that the dims reduce to one.
template <class F>
Field reduced(const Field& x, const AttributeValue& dims, const Shape& shape, F f) {
  Field result{shape, {}};
  for (const auto& positions : groups(x.shape, dims_of(dims, x.shape)))
    result.entries.push_back(f(members(x, positions)));
  return result;
}

/// The results of f, which takes and gives all entries along a dim.
template <class F>
Field along(const Field& x, std::int64_t dim, F f) {
  Field result{x.shape, Entries(x.entries.size(), Series(0))};
  for (const auto& positions : groups(x.shape, dims_of(dim, x.shape))) {
    const Entries entries = f(members(x, positions));
    for (std::size_t i = 0; i < positions.size(); ++i)
      result.entries[static_cast<std::size_t>(positions[i])] = entries[i];
  }
  return result;
}

/// All entries with the ones before them, from the first on.
template <class F>
Entries running(Entries x, F f) {
  for (std::size_t i = 1; i < x.size(); ++i) x[i] = f(x[i - 1], x[i]);
  return x;
}

/// The place of the first greatest entry.
Series argmax(const Entries& x) {
  std::size_t best = 0;
  bool kinked = false;
  for (std::size_t i = 1; i < x.size(); ++i) {
    const Sign order = compare(x[i], x[best]);
    if (order.status != Status::ok) return Series(order.status);
    if (order.sign > 0) best = i;
    kinked = kinked || order.kinked;
  }
  return Series(best).kinked_if(kinked);
}

Series greatest(const Entries& x) { return folded(x, maximum); }
Series least(const Entries& x) { return folded(x, minimum); }

}  // namespace

#define VERIGRAD_REDUCTION(name, ...) \
  VERIGRAD_STRUCTURE(name, return reduced(x[0], attributes.values()[0], shape, __VA_ARGS__);)
#define VERIGRAD_ALONG(name, ...)                                    \
  VERIGRAD_STRUCTURE(name, return along(x[0], attributes.integer(0), \
                                        [](const Entries& entries) { return __VA_ARGS__; });)

std::vector<StructureLine> reductions() {
  return {
    VERIGRAD_REDUCTION("sum", sum), VERIGRAD_REDUCTION("mean", mean),
        VERIGRAD_REDUCTION("prod", product), VERIGRAD_REDUCTION("max", greatest),
        VERIGRAD_REDUCTION("min", least), VERIGRAD_REDUCTION("amax", greatest),
        VERIGRAD_REDUCTION("amin", least), VERIGRAD_REDUCTION("median", median),
        VERIGRAD_REDUCTION("argmax", argmax),
        VERIGRAD_STRUCTURE("sum_to", return summed_to(x[0], shape);),
        VERIGRAD_REDUCTION("logsumexp", logsumexp),
        VERIGRAD_REDUCTION("var",
                           [&](const Entries& e) { return variance(e, attributes.flag(1)); }),
        VERIGRAD_REDUCTION("std",
                           [&](const Entries& e) { return sqrt(variance(e, attributes.flag(1))); }),
        VERIGRAD_REDUCTION("norm", [&](const Entries& e) { return norm(e, x[1].entries[0]); }),
        VERIGRAD_STRUCTURE("layer_norm", return layer_norm(x, attributes.integers(0).size());),
        VERIGRAD_ALONG("softmax", softmax(entries)),
        VERIGRAD_ALONG("log_softmax", log_softmax(entries)),
        VERIGRAD_ALONG("cumsum", running(entries, std::plus())),
        VERIGRAD_ALONG("cumprod", running(entries, std::multiplies())),
  };
}

#undef VERIGRAD_REDUCTION
#undef VERIGRAD_ALONG

}  // namespace verigrad::proof
