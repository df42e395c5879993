#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace verigrad::cli {

// JSON as text, for the commands whose results are not a run: values are built from the inside out.

/// A string with its quotes. Control characters are escaped; `text` must be UTF-8.
std::string json_string(std::string_view text);
/// The shortest number that reads back the same; the strings "nan", "inf", "-inf".
std::string json_number(double value);
/// A list on one line.
std::string json_line(const std::vector<std::string>& items);
/// A list with an item a line, indented by 2.
std::string json_list(const std::vector<std::string>& items);
/// An object with a key a line, indented by 2.
std::string json_object(const std::vector<std::pair<std::string, std::string>>& members);

}  // namespace verigrad::cli
