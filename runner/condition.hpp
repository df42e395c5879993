#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/program.hpp"
#include "proof/enclosure.hpp"

namespace verigrad::runner {

/// How much a gradient changes when its inputs are rounded: for each entry g_i of the gradient of a
/// scalar output by a leaf, the sum of |x_j dg_i/dx_j| over all entries of all differentiable
/// inputs, which is the condition number times |g_i|.
///
/// The second derivatives are those of the engine's gradient, recorded as a Program, in ball
/// arithmetic: in floating point they would lose the very digits that they are to tell of. Nothing
/// for an entry where they are not proven, and none at all for an output that is not a scalar, for
/// more than 64 entries of inputs, and where the gradient cannot be recorded.
std::vector<std::optional<double>> gradient_sensitivities(const Program& program,
                                                          const Point& point, ValueId output,
                                                          std::size_t leaf,
                                                          const proof::Limits& limits = {});

}  // namespace verigrad::runner
