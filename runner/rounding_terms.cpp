#include "runner/rounding_terms.hpp"

#include <cmath>

#include "engine/error.hpp"
#include "gradcheck/value_noise.hpp"

namespace verigrad::runner {
namespace {

using gradcheck::Truth;
using Entries = std::vector<double>;

/// Beyond this many entries in one value the terms are not looked for.
constexpr std::int64_t small_value = 256;

bool by_rows(const Direction& direction) {
  return direction.cotangent.empty() && direction.tangent.empty();
}

/// What an entry gets from `part(j)`, the share of the leaf's entry j.
template <class F>
double gather(const Direction& direction, std::size_t i, std::size_t columns, F part) {
  if (direction.tangent.empty()) return part(by_rows(direction) ? i % columns : i);
  double sum = 0;
  for (std::size_t j = 0; j < columns; ++j) sum += std::abs(direction.tangent[j]) * part(j);
  return sum;
}

}  // namespace

Entries RoundingTerms::cotangent_of(const Direction& direction, std::size_t i) const {
  if (!direction.cotangent.empty()) return direction.cotangent;
  Entries unit(static_cast<std::size_t>(program_.shape(direction.output).numel()), 0.0);
  unit[by_rows(direction) ? i / point_[direction.leaf].size() : i] = 1;
  return unit;
}

const Entries& RoundingTerms::path_terms(ValueId output, const Entries& v, std::size_t leaf) {
  if (output != last_output_ || v != last_cotangent_) {
    last_output_ = output;
    last_cotangent_ = v;
    try {
      last_terms_ = gradcheck::path_magnitudes(program_, point_, output, v);
    } catch (const Error&) {  // an operation without a derivative
      last_terms_.assign(point_.size(), {});
    }
  }
  return last_terms_[leaf];
}

Truth RoundingTerms::with_cancellation(const Direction& direction, Truth truth, std::size_t i) {
  for (const Value& value : program_.values())
    if (direction.second_order || value.shape.numel() > small_value) return truth;
  const Entries& terms = path_terms(direction.output, cotangent_of(direction, i), direction.leaf);
  if (terms.empty()) return truth;
  const double size = gather(direction, i, terms.size(), [&](std::size_t j) { return terms[j]; });
  if (std::isfinite(size)) truth.paths = size;
  return truth;
}

Truth RoundingTerms::with_rounding(const Direction& direction, Truth truth, std::size_t i) const {
  const std::size_t columns = point_[direction.leaf].size();
  if (direction.second_order || static_cast<std::int64_t>(columns) > small_value) return truth;
  const Entries v = cotangent_of(direction, i);
  truth.rounding = gather(direction, i, columns, [&](std::size_t j) {
    return gradcheck::gradient_noise(program_, point_, direction.output, v, direction.leaf, j);
  });
  return truth;
}

}  // namespace verigrad::runner
