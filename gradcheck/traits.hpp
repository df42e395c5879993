// What the operations of a Program can do to a change.
#pragma once

#include "engine/program.hpp"

namespace verigrad::gradcheck::detail {

/// What an operation can do to a change of its operands.
struct Traits {
  bool compares = false;  ///< some operation forgets a NaN
  /// Some operation can be exactly constant (a kink's flat side, a factor 0) or refuses NaN.
  bool blocks = false;
};

Traits traits_of(const Program& program, ValueId output);

}  // namespace verigrad::gradcheck::detail
