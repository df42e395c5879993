#pragma once

#include <span>
#include <vector>

#include "tests/accuracy/formula.hpp"

namespace verigrad::accuracy {

/// What the engine computes at a list of points: empty for operands that the table does not
/// differentiate.
template <class T>
struct Computed {
  std::vector<T> value;
  std::array<std::vector<T>, 4> derivative;
};

/// One application to tensors of all points, and one backward pass with a cotangent of ones.
template <class T>
Computed<T> compute_whole(const Formula& formula, std::span<const Point> points);

/// The same with a backward pass that is itself recorded, which evaluates the rules on tensors.
template <class T>
Computed<T> compute_recorded(const Formula& formula, std::span<const Point> points);

/// The same with one application to 0-dim tensors for each point.
template <class T>
Computed<T> compute_singly(const Formula& formula, std::span<const Point> points);

}  // namespace verigrad::accuracy
