#pragma once

#include <string>

#include "reports/model.hpp"

namespace verigrad::cli {

/// The run that `--format json` saved in a file, or standard input for `-`. Throws UsageError when
/// there is none: no such file, not JSON, another schema, a key that is missing or not what it
/// should be.
reports::Run read_saved_run(const std::string& path);

}  // namespace verigrad::cli
