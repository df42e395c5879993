#pragma once

#include <cstddef>

#include "reports/model.hpp"

namespace verigrad::reports {

/// Derivatives with all that can be pictured: every verdict, samples around 0 and beyond all
/// bounds, a step curve, blame and graphs; operations, methods and notes. The numbers are made up
/// by formulas of html_samples.cpp and stand for no function's.
Run pictured_run();

/// `n` checks in files of a hundred, of which every tenth fails.
Run large_run(std::size_t n);

}  // namespace verigrad::reports
