#pragma once

#include "engine/compare.hpp"
#include "expressions/syntax.hpp"

namespace verigrad::expressions {

/// What an operator of `expect` states of two values.
Relation relation_of(CompareOp op);

}  // namespace verigrad::expressions
