// What a gene's `op` may mean, and which attributes its `p` stands for.
#pragma once

#include <vector>

#include "engine/operation_table.hpp"

namespace verigrad::properties {

/// The instructions, the simplest first: null stands for a new input, then come all differentiable
/// operations that the table offers to the language but for those that read an index tensor, those
/// of simple arithmetic first and heavy ones repeated at the end.
std::vector<const Operation*> instructions(const OperationTable& operations);

/// The operations among them, each once.
std::vector<const Operation*> drawn_operations(const OperationTable& operations);

/// Attributes for an application whose first operand has this shape, one choice for each `p` >= 0.
/// They need not fit: the shape rule decides.
AttributesRef attributes_for(const Operation& operation, const Shape& first, int p);

}  // namespace verigrad::properties
