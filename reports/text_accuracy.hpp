#pragma once

#include <string>

#include "reports/text.hpp"

namespace verigrad::reports {

/// The accuracy of a run's derivatives for the terminal: a table for each file, with the reason,
/// the worst point, the operations to blame and the command that shows it again under every row
/// that is not ok (with `verbose` the worst point under the others, too); then operations, methods,
/// notes; last
///
///     3 derivatives in 2 files: 2 ok, 1 unstable (seed 42)
std::string render_accuracy(const Run& run, const TextOptions& options = {});

}  // namespace verigrad::reports
