#pragma once

#include <iosfwd>
#include <stdexcept>
#include <string>
#include <string_view>

#include "reports/model.hpp"

namespace verigrad::reports {

/// The schema that a saved run names, and the only one that is read.
inline constexpr std::string_view run_schema = "verigrad-run/1";

/// A text that is not the JSON it should be. `what()` says where and why, such as
/// "files[0].checks[2].verdict: no such verdict: \"maybe\"" or "not JSON: line 3, column 7: …".
class JsonError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The run in the schema `verigrad-run/1`: indented by 2, one key a line, lists of plain values on
/// one line where they fit. Numbers are the shortest that read back the same; NaN and infinities
/// are the strings "nan", "inf", "-inf"; what does not apply is null; `warnings` and `printed` are
/// left out when empty, `strict` when false. Control characters and bidirectional overrides are
/// escaped, bytes that are not UTF-8 become U+FFFD. `accuracy` stands in files and in the run where
/// there is any. Explanations are not written. Throws std::invalid_argument when a value has more
/// or fewer entries than its shape.
std::string to_json(const Run& run);

/// `{files: [{path, points: [{values, gradients}]}]}`; entries in row-major order.
std::string to_json(const EvalResult& result);

/// The run that `to_json` wrote; keys that are not known are passed over. Throws JsonError.
/// A shape with a size 0 followed by other sizes is read as far as nested lists can tell it.
/// Only one file's results are held beside the run.
Run run_from_json(std::string_view text);
Run run_from_json(std::istream& text);

/// Throws JsonError.
EvalResult eval_from_json(std::string_view text);

}  // namespace verigrad::reports
