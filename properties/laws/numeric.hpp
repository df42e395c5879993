// Differences as a reference for laws. For the files of this folder only.
#pragma once

#include "properties/laws/law.hpp"

namespace verigrad::properties {

/// The size of the terms f(x + h) / h that cancel in a difference quotient of step 1/16, for values
/// of order 1 on the way to f. Where a function saturates on the way (erf at 5), its differences
/// vanish exactly and no error bar tells that a derivative below their rounding may remain.
double difference_terms(Trial& trial);

}  // namespace verigrad::properties
