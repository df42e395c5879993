// Derivatives of a specimen by the engine, and how large their rounding errors may be.
#pragma once

#include <vector>

#include "engine/program.hpp"
#include "gradcheck/path_magnitudes.hpp"

namespace verigrad::properties {

using gradcheck::path_magnitudes;
using gradcheck::PerLeaf;

/// How `pull_back` runs the engine.
struct PullBack {
  bool create_graph = false;  ///< record the backward pass: the rules then run on tensors
  /// Values that are computed and recorded before the backward pass though nothing asks for their
  /// derivatives.
  std::vector<ValueId> bystanders{};
};

/// v^T J of the output with respect to every leaf, by one backward pass in double; zeros where the
/// output does not depend on a leaf. `v` has the output's entries.
PerLeaf pull_back(const Program& program, const Point& point, ValueId output,
                  const std::vector<double>& v, const PullBack& how = {});

/// A bound on the difference of two computations of v^T J that use the same local derivatives in
/// another order: path_magnitudes times a few roundings for each operation and each term of its
/// sums.
PerLeaf rounding_bound(const Program& program, const Point& point, ValueId output,
                       const std::vector<double>& v);

}  // namespace verigrad::properties
