// How large the terms are that may cancel in a gradient.
#pragma once

#include <vector>

#include "engine/program.hpp"

namespace verigrad::gradcheck {

/// The entries of one array for each leaf; empty for a leaf that takes no gradient.
using PerLeaf = std::vector<std::vector<double>>;

/// v^T J of the output by every leaf, with every product of local derivatives along every path
/// taken by its absolute value:
///
///   a(output) = |v|,   a(x) = sum over uses of x in z = op(..., x, ...) of |dz/dx|^T a(z)
///
/// which bounds the terms that cancel in a backward pass. For operations that are not elementwise
/// max a(z) is added, because their rules may cancel inside (softmax: g y - y sum(g y)). Takes time
/// and memory for every operation's whole Jacobian: for small programs.
PerLeaf path_magnitudes(const Program& program, const Point& point, ValueId output,
                        const std::vector<double>& v);

}  // namespace verigrad::gradcheck
