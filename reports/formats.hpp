#pragma once

#include <string>

#include "reports/model.hpp"

namespace verigrad::reports {

// What writers of one function each render; the same run gives the same text. Control characters,
// bidirectional overrides and bytes that are not UTF-8 never reach the text as they are.

/// RFC 4180: a header line, then a line for every check or, in a run of `gradcheck accuracy`, for
/// every row, in one of operations alone for every row of these; a file's errors are lines with the
/// verdict "error". Numbers are the shortest that
/// read back the same, inputs of the worst entry hexadecimal floats. A text that a spreadsheet
/// would take for a formula gets an apostrophe before it.
std::string render_csv(const Run& run);

/// GitHub's Markdown, for comments on pull requests and job summaries: the outcome in one line, a
/// table of the files, what was found, and tables of the accuracy rows.
std::string render_markdown(const Run& run);

/// JUnit's XML: a `testsuite` a file, a `testcase` a check, accuracy row or error of the file. What
/// fails the run is a `failure`, errors of a file are an `error`, each with the explanation that
/// the terminal shows; what is inaccurate or inconclusive in a run that is not strict passes, with
/// the explanation in `system-out`.
std::string render_junit(const Run& run);

/// Workflow commands of GitHub Actions, an annotation for everything that was found and a notice
/// with the outcome, which says how many annotations GitHub leaves out.
std::string render_github(const Run& run);

/// The Static Analysis Results Interchange Format, SARIF 2.1.0 (OASIS, with errata 01).
std::string render_sarif(const Run& run);

}  // namespace verigrad::reports
