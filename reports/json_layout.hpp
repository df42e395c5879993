#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace verigrad::reports {

/// `value` indented by 2 with one key a line and a line feed at the end; a list without objects
/// stands on one line when that stays within 100 columns.
std::string laid_out(const nlohmann::ordered_json& value);

}  // namespace verigrad::reports
