#pragma once

#include <string>

namespace verigrad::docs {

/// The text of docs/operations.md, from the table of operations.
std::string operations_page();

}  // namespace verigrad::docs
