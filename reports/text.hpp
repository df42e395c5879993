#pragma once

#include <string>

#include "reports/model.hpp"
#include "reports/style.hpp"

namespace verigrad::reports {

struct TextOptions {
  Style style = Style::none();
  bool quiet = false;    ///< failures and the summary only
  bool verbose = false;  ///< a line for every check, and the time taken
};

/// A run for the terminal. First every result that is not a pass, the worst first (failures, then
/// files with errors, then inaccurate and inconclusive ones; the fewest digits first), each in the
/// layout of `render(Snippet)`; then a line for every file, with what its tests printed; last
///
///     2 failed, 31 passed in 12 files (seed 42)
///
/// A result without an explanation, as in a run that was read back, is explained by its diagnosis
/// and its worst entry. The same run gives the same text.
std::string render_text(const Run& run, const TextOptions& options = {});

}  // namespace verigrad::reports
