#pragma once

#include <string>
#include <string_view>

namespace verigrad::reports {

/// The text of tests/reports/golden/NAME. With VERIGRAD_UPDATE_GOLDEN=1 in the environment the
/// file is first rewritten to hold `actual`.
std::string golden(const std::string& name, std::string_view actual);

}  // namespace verigrad::reports
