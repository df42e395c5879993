#pragma once

#include <optional>
#include <vector>

#include "reports/accuracy_model.hpp"
#include "runner/accuracy_point.hpp"

namespace verigrad::runner {

/// What makes the error of one entry of a gradient.
struct Blame {
  /// The operations of the source whose rounding makes it, largest share first; those of less than
  /// a hundredth are left out.
  std::vector<reports::OperationShare> shares{};
  std::optional<reports::BlameGraph> graph{};
  std::optional<double> predicted{};  ///< as in AccuracyRow
};

/// Nothing for an output that is not a scalar, and where an operation has no proof. `path` is the
/// file that the sample comes from.
Blame blame(const Sample& sample, const MeasuredDerivative& derivative,
            const reports::WorstPoint& worst, const std::string& path);

}  // namespace verigrad::runner
