#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/model.hpp"
#include "reports/snippet.hpp"

namespace verigrad::reports {

/// Something that a report explains: one of a file's checks, errors or accuracy rows.
struct Finding {
  const FileResult* file = nullptr;
  const CheckResult* check = nullptr;  ///< of the three, the one that is not null
  const FileError* error = nullptr;
  const AccuracyRow* row = nullptr;
  bool strict = false;  ///< `Run::strict`
};

/// What of a run is not as it should be, the worst first: failures, then errors of files, then what
/// is inaccurate, then the rest; among these the fewest digits, or most ulps, first. Points into
/// `run`.
std::vector<Finding> findings_of(const Run& run);

/// error: what fails the run; warning: inaccurate results; note: what could not be decided.
Severity severity_of(const Finding& finding);

/// The diagnostic's code, such as "G101"; of an accuracy row "accuracy-unstable", of a check
/// without a diagnosis its verdict.
std::string rule_of(const Finding& finding);

/// What it says, as a block for people. A result without an explanation, as in a run that was read
/// back, is explained by its diagnosis and its worst entry.
Snippet snippet_of(const Finding& finding);

/// The command that judges the worst point of `check` again, without the options that its run had;
/// nothing for standard input, which cannot be read again.
std::optional<std::string> repro_command(const FileResult& file, const CheckResult& check);

/// The block for one result; `strict` as in Run.
Snippet snippet_of(const FileResult& file, const CheckResult& check, bool strict = false);

/// The block for one error of a file.
Snippet snippet_of(const FileResult& file, const FileError& error);

/// The block for the accuracy of one derivative: at the operation with the largest share of the
/// rounding error where its place is known, else at the row's own statement.
Snippet snippet_of(const FileResult& file, const AccuracyRow& row, bool strict = false);

/// The statement that asks for the derivative of a row whose block stands elsewhere; nothing for
/// any other finding, and where there is no such statement.
std::optional<Snippet> statement_of(const Finding& finding);

/// The block for one of the row's OperationShares, with carets under its expression; nothing when
/// it is not known where that stands.
std::optional<Snippet> culprit_snippet(const FileResult& file, const OperationShare& share);

}  // namespace verigrad::reports
