// What evaluating a Program costs.
#pragma once

#include "engine/program.hpp"

namespace verigrad::gradcheck {

/// The work of one operation: entries computed and read, multiplications of matrix products, and a
/// constant.
double operation_cost(const Program& program, const Value& value);

/// The work of one evaluation of a value: that of all operations and leaves that it depends on.
double evaluation_cost(const Program& program, ValueId output);

}  // namespace verigrad::gradcheck
