#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "reports/model.hpp"

namespace verigrad::reports {

// The words in which the reports for people speak, so that all of them say the same.

/// "1 file", "2 files"; `plural` where it is not the singular and an s.
std::string counted(std::int64_t count, std::string_view singular, std::string_view plural = "");

/// Three significant digits: "0.738", "1.61e+03".
std::string short_number(double value);

/// "39.6 %"; `whole` is not 0.
std::string percent(std::int64_t part, std::int64_t whole);

/// "2.3 digits": rounded down, so that a report never promises a digit that was not verified.
std::string digits_text(double digits);

/// Digits of the worst entry; infinite when it has none, -infinite for NaN.
double digits_left(const CheckResult& check);

/// The fewest digits that any comparison of a check was verified to; infinite when unknown.
double verified_digits(const CheckResult& check);

/// What an accuracy verdict weighs beside those of checks: `wrong` as much as `fail`, `unstable`
/// and `ill_conditioned` as much as `inaccurate`, the others but `ok` as much as `inconclusive`.
Verdict as_verdict(AccuracyVerdict verdict);
/// The same of a row, which is no better than `inaccurate` where a stored error has grown.
Verdict as_verdict(const AccuracyRow& row);

/// What came of a file, from best to worst.
enum class FileStatus { ok, not_run, empty, inconclusive, inaccurate, fail, error };

FileStatus status_of(Verdict verdict);  ///< of a file whose worst result that is
FileStatus status_of(const FileResult& file);

/// "ok", "not run", "empty", "inconclusive", "inaccurate", "fail" or "error".
std::string_view to_string(FileStatus status);

/// "1 failed, 1 passed, 20 points, 160 comparisons": a file in half a line.
std::string file_details(const FileResult& file);

/// "1 failed, 1 inaccurate, 1 passed, 1 file with errors", for accuracy rows "1 wrong, 3 ok"; of a
/// run with nothing of these "nothing to check", or "nothing checked" when it ended before.
/// "interrupted: " stands before.
std::string outcome(const Run& run);

/// "5 files", "4 files, 1 file not run"
std::string files_text(const Run& run);

/// What a person calls a check: `check loss wrt w, b`, `grad(loss, w)`, `test "the printed form"`.
std::string title(const CheckResult& check);

/// `d y / d x`, with the name of an FPCore before it: `rump: d y / d x`.
std::string title(const AccuracyRow& row);

/// Where a worst point comes from: "point 12", "search from point 12", "corpus".
std::string origin_text(const WorstPoint& worst);

/// "1 not finite, 2 of the wrong sign": the results that its statistics do not show; "" for none.
std::string counts_text(const AccuracyRow& row);

/// "5:10", line and column in the row's file; "lib.grad:5:10" in another one; "" when unknown.
std::string place_text(const OperationShare& share);

/// "try" for a form that has a smaller error than the row's own, or an unknown one; else "alt".
std::string_view rewrite_label(const AccuracyRow& row, const Rewrite& rewrite);
/// "(expm1 x): 0.5 ulp at the worst point"
std::string rewrite_text(const Rewrite& rewrite);

/// "exp value f64 typical"
std::string title(const OperationAccuracy& row);

}  // namespace verigrad::reports
