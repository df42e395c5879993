#include "gradcheck/alternatives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace verigrad::gradcheck {
namespace {

constexpr std::int64_t farthest_roll = 16;

/// The truths at other places.
Alternative moved(std::string text, std::span<const WrongEntry> truths, const Shape& shape,
                  const std::function<void(Position&)>& move) {
  Alternative result{.text = std::move(text), .values = {}, .bars = {}};
  for (std::int64_t k = 0; k < shape.numel(); ++k) {
    Position from = unravelled(k, shape);
    move(from);
    const WrongEntry& there = truths[ravelled(from, shape)];
    result.values.push_back(there.truth);
    result.bars.push_back(there.bar);
  }
  return result;
}

/// Sums of contributions c(i, j) to entries j.
class Sums {
 public:
  explicit Sums(std::size_t entries) : values_(entries), bars_(entries) {}

  void add(std::size_t j, double factor, const Truth& truth) {
    values_[j] += factor * truth.estimate.value;
    bars_[j] += std::abs(factor) * truth.estimate.error_bar;
  }
  Alternative named(std::string text) const { return {std::move(text), values_, bars_}; }

 private:
  std::vector<double> values_, bars_;
};

bool agrees(double claimed, double value, double bar) {
  return std::abs(claimed - value) <= bar + 1e-6 * std::abs(value);
}

std::string shape_of_dims(const std::vector<std::size_t>& dims) {
  return fmt::format("dim{} {}", dims.size() == 1 ? "" : "s", fmt::join(dims, ", "));
}

/// The sums over all entries of the result with one index in one dim.
void add_slices(std::vector<Alternative>& found, const std::vector<Truth>& jacobian,
                const std::vector<double>& v, const Shape& result) {
  const std::size_t n = jacobian.size() / v.size();
  for (std::size_t d = 0; d < result.rank(); ++d) {
    if (result[d] < 2) continue;
    for (const std::int64_t k : {std::int64_t{0}, result[d] - 1}) {
      Sums sums(n);
      for (std::size_t i = 0; i < v.size(); ++i)
        if (unravelled(static_cast<std::int64_t>(i), result)[d] == k)
          for (std::size_t j = 0; j < n; ++j) sums.add(j, v[i], jacobian[i * n + j]);
      const char* which = k == 0 ? "first" : "last";
      found.push_back(sums.named(fmt::format(
          "what the {} index of the result's dim {} contributes, not the sum", which, d)));
      for (std::size_t i = 0; i < v.size(); ++i)
        for (std::size_t j = 0; j < n; ++j) sums.add(j, v[i], jacobian[i * n + j]);
      found.push_back(sums.named(fmt::format(
          "the truth with what the {} index of the result's dim {} contributes counted twice",
          which, d)));
    }
  }
}

/// What all entries of the result contribute, summed over all dims but one.
void add_sums_over_others(std::vector<Alternative>& found, const std::vector<Truth>& jacobian,
                          const std::vector<double>& v, const Shape& result) {
  const std::size_t n = jacobian.size() / v.size();
  for (std::size_t d = 0; result.rank() > 1 && d < result.rank(); ++d) {
    if (result[d] != static_cast<std::int64_t>(n)) continue;
    Sums sums(n);
    for (std::size_t i = 0; i < v.size(); ++i) {
      const Position index = unravelled(static_cast<std::int64_t>(i), result);
      for (std::size_t j = 0; j < n; ++j)
        sums.add(static_cast<std::size_t>(index[d]), v[i], jacobian[i * n + j]);
    }
    found.push_back(sums.named(fmt::format("the sum over the wrong dims, which keeps dim {}", d)));
  }
}

}  // namespace

std::vector<Alternative> misplaced(std::span<const WrongEntry> truths, const Shape& shape) {
  std::vector<Alternative> found;
  for (std::size_t a = 0; a < shape.rank(); ++a)
    for (std::size_t b = 0; b < a; ++b)
      if (shape[a] == shape[b])
        found.push_back(moved(fmt::format("the truth with dims {} and {} transposed", b, a), truths,
                              shape, [&](Position& p) { std::swap(p[a], p[b]); }));
  for (std::size_t d = 0; d < shape.rank(); ++d)
    for (std::int64_t by = 1; by <= std::min(farthest_roll, shape[d] - 1); ++by)
      for (const std::int64_t signed_by : {by, -by})
        found.push_back(
            moved(fmt::format("the truth moved by {} along dim {}", signed_by, d), truths, shape,
                  [&](Position& p) { p[d] = (p[d] + shape[d] - signed_by) % shape[d]; }));
  return found;
}

std::vector<Alternative> mistaken_products(const std::vector<Truth>& jacobian,
                                           const std::vector<double>& v, const Shape& result) {
  const std::size_t n = jacobian.size() / v.size();
  std::vector<Alternative> found;
  Sums ones(n), forward(v.size());
  for (std::size_t i = 0; i < v.size(); ++i)
    for (std::size_t j = 0; j < n; ++j) {
      ones.add(j, 1, jacobian[i * n + j]);
      if (n == v.size()) forward.add(i, v[j], jacobian[i * n + j]);
    }
  found.push_back(ones.named("the sum of the Jacobian's rows: the cotangent is ignored"));
  if (n == v.size()) found.push_back(forward.named("Jv instead of vᵀJ"));
  add_slices(found, jacobian, v, result);
  add_sums_over_others(found, jacobian, v, result);
  return found;
}

std::optional<std::size_t> fit(std::span<const WrongEntry> entries,
                               const Alternative& alternative) {
  if (alternative.values.size() != entries.size()) return std::nullopt;
  std::size_t telling = 0;
  bool differs = false;
  for (std::size_t k = 0; k < entries.size(); ++k) {
    const double value = alternative.values[k], bar = alternative.bars[k];
    if (!agrees(entries[k].claimed, value, bar)) return std::nullopt;
    telling += bar <= 1e-3 * std::abs(value) ? 1 : 0;
    differs = differs || !agrees(entries[k].truth, value, bar + entries[k].bar);
  }
  return differs ? std::optional(telling) : std::nullopt;
}

std::optional<Pattern> find_alternative(std::span<const WrongEntry> entries,
                                        std::span<const Alternative> alternatives) {
  for (const Alternative& alternative : alternatives)
    if (fit(entries, alternative).value_or(0) >= fewest_telling)
      return Pattern{.text = "claimed is " + alternative.text, .factor = {}, .divides = false};
  return std::nullopt;
}

std::string shape_hint(const Shape& claimed, const Shape& expected) {
  if (claimed.rank() > 1 && claimed.rank() == expected.rank() &&
      std::equal(claimed.begin(), claimed.end(), std::reverse_iterator(expected.end())))
    return "its dims are those of x in reverse: transposed";
  if (claimed.numel() == 1 && expected.numel() > 1) return "it is summed over all entries of x";
  for (std::size_t d = 0; d < expected.rank(); ++d)
    if (expected.rank() > 1 && expected.removed(d) == claimed)
      return fmt::format("it is summed over {} of x", shape_of_dims({d}));
  if (claimed.numel() <= expected.numel() || !broadcasts_to(expected, claimed)) return {};
  std::vector<std::size_t> dims;
  const std::size_t added = claimed.rank() - expected.rank();
  for (std::size_t d = 0; d < claimed.rank(); ++d)
    if (d < added || expected[d - added] != claimed[d]) dims.push_back(d);
  return fmt::format("it is not summed over {}, along which x is broadcast", shape_of_dims(dims));
}

}  // namespace verigrad::gradcheck
