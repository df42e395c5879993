#pragma once

// Operations of one's own: what engine/elementwise.hpp and engine/define.hpp ask of a definition
// struct, and its place in the process's table.

#include "engine/elementwise.hpp"
#include "engine/operation_table.hpp"

namespace verigrad {

/// Makes the operation that a definition struct defines known to the process: to find_operation,
/// to the language and so to the checker, and to the generator of random programs. Throws Error as
/// register_operation(row) does, so also when it is registered already.
///
///     struct Softsign { … };
///     register_operation<Softsign>();
template <class Op>
const Operation& register_operation() {
  check_definition(Op::info);
  return register_operation(operation<Op>());
}

}  // namespace verigrad
