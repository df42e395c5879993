#pragma once

#include "reports/json_cursor.hpp"
#include "reports/model.hpp"

namespace verigrad::reports {

// The parts of a saved run, as the schema has them. All throw JsonError.

CheckResult check_result(const JsonCursor& at);
FileError file_error(const JsonCursor& at);

/// All of a file, its checks included.
FileResult file_result(const JsonCursor& at);

}  // namespace verigrad::reports
