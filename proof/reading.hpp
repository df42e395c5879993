#pragma once

#include "engine/program.hpp"

namespace verigrad::proof {

/// How the values of a Program are read.
struct Reading {
  /// Decimal numbers that the Program's precision does not have become balls of ± 2u relative: what
  /// an implementation's rounding of them may be.
  bool widened = false;
  /// Constant entries with long significands likewise: what C++ code may have rounded.
  bool widened_entries = false;
  /// This value alone is rounded to the Program's precision.
  ValueId rounded = no_value;
};

}  // namespace verigrad::proof
