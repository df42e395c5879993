#pragma once

#include <string_view>

namespace verigrad::reports {

/// What stands in reports/html/ as this was built: pictures.css and style.css, whose rules for
/// narrow pages and paper come last, and script.js.
extern const std::string_view html_style;
extern const std::string_view html_script;

}  // namespace verigrad::reports
