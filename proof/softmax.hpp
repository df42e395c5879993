#pragma once

#include <span>
#include <vector>

#include "proof/series.hpp"

namespace verigrad::proof {

/// log of the sum of exp(x), and -inf of no entries, which is outside the domain.
Series logsumexp(std::span<const Series> x);

/// exp(x) by the sum of exp(x), and its logarithm, of all entries. With m_i the number of entries
/// that are the node x_i, 1 / softmax_i is m_i + exp(-x_i) times the sum of exp over the others:
/// nothing cancels, and work grows as the number of entries. Of equal exact constants the results
/// are the same node too: comparisons know then that they are equal, which balls would not tell.
std::vector<Series> softmax(std::span<const Series> x);
std::vector<Series> log_softmax(std::span<const Series> x);

}  // namespace verigrad::proof
