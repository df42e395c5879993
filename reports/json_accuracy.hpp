#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reports/accuracy_model.hpp"
#include "reports/json_cursor.hpp"

namespace verigrad::reports {

nlohmann::ordered_json accuracy_json(const AccuracyRow& row);
nlohmann::ordered_json accuracy_json(const AccuracyReport& report);

/// Throw JsonError.
AccuracyRow accuracy_row(const JsonCursor& at);
AccuracyReport accuracy_report(const JsonCursor& at);

}  // namespace verigrad::reports
