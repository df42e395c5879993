#pragma once

#include <vector>

#include "reports/accuracy_model.hpp"
#include "runner/accuracy_point.hpp"
#include "runner/run.hpp"

namespace verigrad::runner {

/// Every `:alt` of the core that the input is, with the error of its derivative at the worst point
/// of the core's, measured against the truth of the core's; none for an input of another kind.
std::vector<reports::Rewrite> rewrites(const Input& input, const Options& options,
                                       const Sample& sample, const MeasuredDerivative& derivative,
                                       const reports::WorstPoint& worst);

}  // namespace verigrad::runner
