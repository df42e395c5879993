// The sections of an HTML report, in the order in which a page has them. Each appends to `out`,
// and nothing where the run has nothing for it.
#pragma once

#include <cstddef>
#include <string>

#include "reports/findings.hpp"
#include "reports/model.hpp"

namespace verigrad::reports {

/// The most checks that are explained, and the most rows that get pictures; the page says in words
/// how many more there are.
constexpr std::size_t most_findings = 200;
constexpr std::size_t most_pictured_rows = 40;

/// What the run came to, at a glance: bars of verdicts, command, seed, environment.
void append_overview(std::string& out, const Run& run);

/// The table of all checks.
void append_checks(std::string& out, const Run& run);

/// An explanation of each check that is not a pass, the worst first.
void append_findings(std::string& out, const Run& run);

/// The errors that kept files from being checked.
void append_errors(std::string& out, const Run& run);

/// What tests printed and warned, and the special points that operations met.
void append_remarks(std::string& out, const Run& run);

/// The table of accuracy rows, and pictures of the worst.
void append_accuracy(std::string& out, const Run& run);

/// The tables of operations and of methods, and the notes.
void append_accuracy_tables(std::string& out, const Run& run);

/// The checks that append_findings() explains, in its order: failures first, then inaccurate, then
/// inconclusive ones; the fewest digits first.
std::vector<Finding> failed_checks(const Run& run);

}  // namespace verigrad::reports
