#pragma once

#include <optional>
#include <string>
#include <vector>

namespace verigrad::reports {

/// The command that starts a headless Chromium; nothing where none is installed.
std::optional<std::string> chromium();

/// What became of a page in a browser.
struct Visit {
  std::vector<std::string> results;  ///< what the script gave to report(), in order
  std::string console;               ///< messages and errors, one a line
};

/// Opens a copy of `page` from a disk, 1280 x 900 pixels, with `script` appended: the body of an
/// async function that calls report(text) with what it found, and may await wait(milliseconds).
/// An exception in it is reported as "exception: …".
Visit visit(const std::string& page, const std::string& script);

}  // namespace verigrad::reports
