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
/// which bounds the terms that cancel in a backward pass. To softmax and log_softmax the terms of
/// their own rules are added. The local derivatives are the engine's: this only widens what
/// rounding explains, by 64 u times as much. Takes one pass for each entry of every operation that
/// is not elementwise: for small programs.
PerLeaf path_magnitudes(const Program& program, const Point& point, ValueId output,
                        const std::vector<double>& v);

}  // namespace verigrad::gradcheck
