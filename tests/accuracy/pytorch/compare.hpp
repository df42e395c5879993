#pragma once

// One row: both libraries' derivatives of one function at a point, and the truth.

#include <stdexcept>

#include "tests/accuracy/pytorch/both.hpp"

namespace verigrad::accuracy {

/// A function of x and y.
#define VERIGRAD_BOTH(...) \
  []([[maybe_unused]] const auto& x, [[maybe_unused]] const auto& y) { return __VA_ARGS__; }
/// Its text, and the function.
#define VERIGRAD_CALL(...) #__VA_ARGS__, VERIGRAD_BOTH(__VA_ARGS__)

template <class T>
std::string shown(const Layout& layout, const Point& point, bool of_x) {
  const std::vector<std::int64_t>& shape = of_x ? layout.x_shape : layout.y_shape;
  const std::size_t start = of_x ? 0 : layout.x_size;
  if (shape.empty()) return fmt::format("{}", static_cast<T>(point[start]));
  std::string text = "[";
  for (std::size_t k = 0; k < (of_x ? layout.x_size : layout.y_size); ++k) {
    const bool new_row = shape.size() == 2 && k == static_cast<std::size_t>(shape[1]);
    text += fmt::format("{}{}", new_row ? "; " : k ? ", " : "", static_cast<T>(point[start + k]));
  }
  return text + "]";
}

inline std::string name_of(const Layout& layout, std::size_t entry) {
  const bool of_x = layout.is_x(entry);
  const std::vector<std::int64_t>& shape = of_x ? layout.x_shape : layout.y_shape;
  const std::string name = of_x ? "x" : "y";
  const std::int64_t k = layout.index(entry);
  if (shape.empty()) return name;
  if (shape.size() == 1) return fmt::format("{}[{}]", name, k);
  return fmt::format("{}[{}, {}]", name, k / shape[1], k % shape[1]);
}

/// What the numbers are, which derivative is meant, and whether the libraries should agree.
struct Options {
  Layout layout = one();
  std::size_t entry = 0;
  bool agree = false;
  bool recorded = false;  ///< by a backward pass that could itself be differentiated
  bool same_grad_fn = true;
  double bound = derivative_bound;  ///< what Verigrad is held to, in ulp
};

template <class T, class F>
Comparison compare(std::string_view call, F f, const Options& options, Point point,
                   Function exact) {
  const auto& [layout, entry, agree, recorded, same_grad_fn, bound] = options;
  for (double& number : point) number = static_cast<T>(number);
  const Result theirs = by_pytorch<T>(f, layout, point, entry, recorded);
  const Result ours = by_verigrad<T>(f, layout, point, entry, recorded);
  if (same_grad_fn != (theirs.grad_fn == ours.grad_fn))
    throw std::logic_error(
        fmt::format("{} records {}, PyTorch {}", call, ours.grad_fn, theirs.grad_fn));
  Comparison result{.call = std::string(call),
                    .point = "x = " + shown<T>(layout, point, true),
                    .by = name_of(layout, entry),
                    .single = std::is_same_v<T, float>,
                    .pytorch = theirs.derivative,
                    .verigrad = ours.derivative,
                    .truth = {},
                    .agree = agree,
                    .bound = bound};
  if (layout.y_size) result.point += ", y = " + shown<T>(layout, point, false);
  if (exact) {
    result.truth = truth<T>(exact, point);
    if (!result.truth) throw std::logic_error(fmt::format("no enclosure of {}", call));
  }
  return result;
}

/// Adds rows in float64, or in T, at several points.
template <class T = double, class F>
void add(Section& section, std::string_view call, F f, Function exact,
         const std::vector<Point>& points, const Options& options = {}) {
  for (const Point& point : points)
    section.rows.push_back(compare<T>(call, f, options, point, exact));
}

}  // namespace verigrad::accuracy
