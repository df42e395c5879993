#pragma once

#include <vector>

#include "engine/program.hpp"

namespace verigrad::proof {

/// Of every wanted value the first wanted one that is the same by its making, often itself: a
/// number of the same text, or the same operation with equal attributes on operands that are the
/// same. no_value for the others.
std::vector<ValueId> first_alike(const Program& program, const std::vector<bool>& wanted);

}  // namespace verigrad::proof
