// The part of a large graph that a picture has room for.
#pragma once

#include <cstddef>

#include "reports/accuracy_model.hpp"

namespace verigrad::reports {

/// The least share of the error, of 1, that a picture tells from none.
constexpr double least_shown_share = 0.005;

/// The `most` nodes with the largest shares, forward and backward together, of those that have at
/// least least_shown_share, in their order. An edge stands for a path through nodes that are left
/// out. Edges with an end that does not exist are left out: a saved run may hold any.
BlameGraph with_largest_shares(const BlameGraph& graph, std::size_t most);

}  // namespace verigrad::reports
