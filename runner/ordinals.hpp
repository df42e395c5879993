// Floating-point numbers counted in their order.
#pragma once

#include <cstdint>

#include "engine/program.hpp"

namespace verigrad::runner {

/// How many numbers of the type lie between 0 and x, negative for x < 0: 0 for both zeros, 1 for
/// the least subnormal number. Neighbours differ by 1. x is a number of the type, infinities
/// included.
std::int64_t ordinal_of(DType dtype, double x);

/// The number with that ordinal; an infinity beyond the greatest.
double number_at(DType dtype, std::int64_t ordinal);

}  // namespace verigrad::runner
