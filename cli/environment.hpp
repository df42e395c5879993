#pragma once

#include <string>
#include <utility>
#include <vector>

namespace verigrad::cli {

/// What a result could depend on besides the files and options: compiler, build type and flags, the
/// processor's vector units, libraries, operating system.
std::vector<std::pair<std::string, std::string>> environment();

/// The time now, in UTC: "2025-01-31T12:00:00Z".
std::string utc_now();

/// Arguments as one line that a shell reads back as the same arguments.
std::string shell_line(const std::vector<std::string>& arguments);

}  // namespace verigrad::cli
