#pragma once

#include <optional>
#include <string>

#include "reports/model.hpp"
#include "reports/style.hpp"

namespace verigrad::reports {

struct TextOptions {
  Style style = Style::none();
  bool quiet = false;    ///< failures and the summary only
  bool verbose = false;  ///< a line for every check, and the time taken
  bool strict = false;   ///< inaccurate and inconclusive results are failures
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

/// The block for one result that is not a pass; `strict` as in TextOptions.
Snippet snippet_of(const FileResult& file, const CheckResult& check, bool strict = false);

/// The block for one error of a file.
Snippet snippet_of(const FileResult& file, const FileError& error);

/// The command that judges the worst point of `check` again, without the options that its run had;
/// nothing for standard input, which cannot be read again.
std::optional<std::string> repro_command(const FileResult& file, const CheckResult& check);

/// What a person calls a check: `check loss wrt w, b`, `grad(loss, w)`, `test "the printed form"`.
std::string title(const CheckResult& check);

}  // namespace verigrad::reports
