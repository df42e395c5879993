#pragma once

#include <string>

#include "reports/model.hpp"

namespace verigrad::reports {

/// A run as one self-contained HTML page (UTF-8): no address in it leaves the file, so it can be
/// opened from a disk or sent as an attachment. It holds
///
///   * the verdicts' counts, the command, the seed and the environment;
///   * a table of all checks, and an explanation of each that is not a pass;
///   * files with errors;
///   * what `gradcheck accuracy` measured, with pictures (inline SVG) of the worst rows.
///
/// Without scripts the page is whole but for rows beyond HtmlTable::shown_rows; with them, tables
/// sort and filter. Whatever a file, a name or a message holds is shown as text. The same run gives
/// the same bytes.
std::string render_html(const Run& run);

}  // namespace verigrad::reports
