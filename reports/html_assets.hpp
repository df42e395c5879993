#pragma once

#include <string_view>

namespace verigrad::reports {

/// The text of reports/html/style.css and reports/html/script.js, as they were when this was built.
extern const std::string_view html_style;
extern const std::string_view html_script;

}  // namespace verigrad::reports
