#pragma once

#include <string>

#include "runner/accuracy.hpp"
#include "tests/runner/support.hpp"

namespace verigrad::runner {

/// The accuracy of a text, as the file `t.grad`.
reports::Run measured(const std::string& text, const Options& options = {});

/// The only row of a text.
reports::AccuracyRow row_of(const std::string& text, const Options& options = {});

}  // namespace verigrad::runner
