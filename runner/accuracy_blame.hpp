#pragma once

#include <optional>
#include <vector>

#include "reports/accuracy_model.hpp"
#include "runner/accuracy_point.hpp"

namespace verigrad::runner {

/// What makes the error of one entry of a gradient.
struct Blame {
  /// The operations whose rounding makes it, largest share first; those of less than a hundredth
  /// are left out.
  std::vector<reports::OperationShare> shares{};
  /// The forward and the backward pass as they were recorded, constants left out.
  std::optional<reports::BlameGraph> graph{};
};

/// Nothing for an output that is not a scalar, and where an operation has no proof.
Blame blame(const Sample& sample, const MeasuredDerivative& derivative,
            const reports::WorstPoint& worst);

}  // namespace verigrad::runner
