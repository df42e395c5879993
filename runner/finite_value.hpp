#pragma once

#include "engine/program.hpp"

namespace verigrad::runner {

/// Whether every entry of an output is proven to have a value at a point that is finite and rounds
/// to a finite number of the Program's precision. False where there is no proof.
bool has_finite_value(const Program& program, const Point& point, ValueId output);

}  // namespace verigrad::runner
