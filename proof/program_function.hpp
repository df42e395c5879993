#pragma once

#include <vector>

#include "proof/evaluate.hpp"
#include "proof/germs.hpp"

namespace verigrad::proof {

/// The function that `root` of a Program is of its leaves. The Program must outlive it.
GermFunction function_of(const Program& program, ValueId root, const Reading& reading = {});

/// Σ v[i] y[i] for two values of a Program of the same number of entries, v at the leaves' values
/// and not along germs: vᵀJ is its gradient. `point` are the leaves as constants.
GermFunction weighted_sum(const Program& program, const std::vector<Field>& point, ValueId y,
                          ValueId v, const Reading& reading = {});
/// The same with exact numbers.
GermFunction weighted_sum(const Program& program, ValueId y, std::vector<double> v,
                          const Reading& reading = {});

/// Which leaves of a Program are differentiable.
std::vector<bool> differentiable_leaves(const Program& program);

}  // namespace verigrad::proof
