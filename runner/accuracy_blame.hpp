#pragma once

#include <vector>

#include "reports/accuracy_model.hpp"
#include "runner/accuracy_point.hpp"

namespace verigrad::runner {

/// The row-major place of an entry in a shape.
std::size_t position(const std::vector<std::int64_t>& index, const Shape& shape);

/// The operations of the forward and of the backward pass whose rounding makes the error of one
/// entry of a gradient, largest share first; those of less than a hundredth are left out. Empty for
/// an output that is not a scalar, and where an operation has no proof.
std::vector<reports::OperationShare> blame(const Sample& sample,
                                           const MeasuredDerivative& derivative,
                                           const reports::WorstPoint& worst);

}  // namespace verigrad::runner
