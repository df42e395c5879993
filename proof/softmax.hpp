#pragma once

#include <span>

#include "proof/series.hpp"

namespace verigrad::proof {

/// log of the sum of exp(x), and -inf of no entries, which is outside the domain.
Series logsumexp(std::span<const Series> x);

/// exp(x[i]) by the sum of exp(x).
Series softmax(std::span<const Series> x, std::size_t i);

}  // namespace verigrad::proof
