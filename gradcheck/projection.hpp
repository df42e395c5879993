// Large gradients against directional derivatives along random directions.
#pragma once

#include "gradcheck/differences.hpp"
#include "gradcheck/inquiry.hpp"

namespace verigrad::gradcheck {

/// Compares <g, s> with the derivative along s for CheckOptions::projections random s of ±1.
///
/// Let E be twice the bar of a projection plus 8 u sum|g_j|, and let one entry be off by at least
/// E, whatever the others are. Given the signs of the others, its own two signs move <g - truth, s>
/// by 2 E or more, so that at most one of them leaves it below E: one projection misses the error
/// with probability at most 1/2 (never, if no other entry is wrong; after Littlewood and Offord),
/// and k projections with at most 2^-k. The report's `power` says so with its numbers.
///
/// Where a projection disagrees, halves of its entries are compared until single entries stand out:
/// about 2 log2 n directional derivatives for each of up to 16. These are judged one by one and are
/// the report's entries. Disagreements that no entry accounts for are a problem of their own.
void compare_projections(Inquiry& inquiry, Differences& differences);

}  // namespace verigrad::gradcheck
