#include "engine/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/arithmetic.hpp"

namespace verigrad {
namespace {

template <class T>
bool same(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b;
}

template <class T>
bool holds(Relation relation, T a, T b, double tolerance) {
  switch (relation) {
    case Relation::equal:
      return same(a, b);
    case Relation::not_equal:
      return !same(a, b);
    case Relation::less:
      return a < b;
    case Relation::less_equal:
      return a <= b;
    case Relation::greater:
      return a > b;
    case Relation::greater_equal:
      return a >= b;
    case Relation::close:
      break;
  }
  if (same(a, b)) return true;
  const auto x = static_cast<double>(a), y = static_cast<double>(b);
  const double size = std::max({1.0, std::abs(x), std::abs(y)});
  return std::isfinite(size) && std::abs(x - y) <= tolerance * size;
}

}  // namespace

bool comparable(Relation relation, const Shape& left, const Shape& right) {
  if (relation == Relation::equal) return left == right;
  if (relation == Relation::not_equal) return true;
  const Shape& longer = left.rank() >= right.rank() ? left : right;
  const Shape& shorter = left.rank() >= right.rank() ? right : left;
  const std::size_t offset = longer.rank() - shorter.rank();
  for (std::size_t d = 0; d < shorter.rank(); ++d)
    if (shorter[d] != longer[d + offset] && shorter[d] != 1 && longer[d + offset] != 1)
      return false;
  return true;
}

template <class T>
std::optional<std::int64_t> first_violation(Relation relation, const Tensor<T>& left,
                                            const Tensor<T>& right, double tolerance) {
  if (relation == Relation::not_equal) {
    const bool equal =
        left.shape() == right.shape() && !first_violation(Relation::equal, left, right, tolerance);
    return equal ? std::optional<std::int64_t>(0) : std::nullopt;
  }
  const Shape shape = broadcast(left.shape(), right.shape(), "comparison");
  for (std::int64_t i = 0, n = shape.numel(); i < n; ++i)
    if (!holds(relation, left[broadcast_source(left.shape(), shape, i)],
               right[broadcast_source(right.shape(), shape, i)], tolerance))
      return i;
  return std::nullopt;
}

template <class T>
std::string difference_text(const Tensor<T>& left, const Tensor<T>& right, std::int64_t position) {
  const Shape shape = broadcast(left.shape(), right.shape(), "comparison");
  const std::string index = index_text(position, shape);
  auto exact = [](T x) { return x == x ? fmt::format("{}", x) : "nan"; };
  return fmt::format("{}{}{} and {}", index, index.empty() ? "" : ": ",
                     exact(left[broadcast_source(left.shape(), shape, position)]),
                     exact(right[broadcast_source(right.shape(), shape, position)]));
}

template std::string difference_text(const Tensor<float>&, const Tensor<float>&, std::int64_t);
template std::string difference_text(const Tensor<double>&, const Tensor<double>&, std::int64_t);
template std::string difference_text(const Tensor<std::int64_t>&, const Tensor<std::int64_t>&,
                                     std::int64_t);
template std::optional<std::int64_t> first_violation(Relation, const Tensor<float>&,
                                                     const Tensor<float>&, double);
template std::optional<std::int64_t> first_violation(Relation, const Tensor<double>&,
                                                     const Tensor<double>&, double);
template std::optional<std::int64_t> first_violation(Relation, const Tensor<std::int64_t>&,
                                                     const Tensor<std::int64_t>&, double);

}  // namespace verigrad
