#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "reports/model.hpp"
#include "reports/style.hpp"

namespace verigrad::reports {

enum class Trend { worse, better, appeared, disappeared };

std::string_view to_string(Trend trend);

/// What became of one check, accuracy row, operation's row or file.
struct Change {
  /// A verdict, or digits or ulps; nothing where the thing itself was not there.
  using Value = std::variant<std::monostate, std::string, double>;

  Trend trend = Trend::worse;
  std::string path{};     ///< empty for an operation
  std::int64_t line = 0;  ///< in the newer run; of what disappeared, in the older
  std::string title{};    ///< of the check or row; of a file empty
  std::string measure{};  ///< "verdict", "digits", "p99" or "max"; the last two in ulps
  Value before{}, after{};
  /// after - before: in digits, or for ulps in bits of error, log2(1 + ulps).
  std::optional<double> difference{};
  std::int64_t subject = 0;  ///< changes of one check, row or file have one number

  bool operator==(const Change&) const = default;
};

struct Comparison {
  std::vector<Change> changes;     ///< the trends in their order, each in the order of the files
  std::int64_t unchanged = 0;      ///< checks and rows, those of operations too
  std::vector<std::string> notes;  ///< what makes the runs less comparable: seeds, versions

  /// Checks, rows and files, however many changes each has; what has changes of both kinds is
  /// worse.
  std::int64_t count(Trend trend) const;
};

/// Whether one is a run of `gradcheck accuracy` and the other is not, so that they share nothing.
bool are_of_different_kinds(const Run& before, const Run& after);

/// What got better or worse from one run to another. Checks are the same when file, kind, name,
/// output, inputs and dtype are; of several alike those on the same line, then in their order; what
/// is left over, by file, kind and line. Worse is
///
///   * a worse verdict: pass < inconclusive < inaccurate < fail, and for accuracy
///     ok < non-smooth < undecided < ill-conditioned < unstable < wrong;
///   * with the same verdict, a worst entry with more than `digits` digits less;
///   * an accuracy row whose p99 or max is more than twice as large and above 1 ulp, max being
///     infinite where one run alone has overflows or wrong zeros, both where a run has nothing
///     else, and a row of an operation (known by operation, quantity, region and dtype) whose max
///     is;
///   * a check that appears and fails, a row that appears and is wrong, and errors in a file that
///     had none.
///
/// Better is the reverse. What appears otherwise or disappears is neither; the checks of a file
/// that has errors now are not listed.
Comparison compare(const Run& before, const Run& after, double digits);

/// A line for every change, then their numbers.
std::string comparison_text(const Comparison& comparison, const Style& style = Style::none());

/// The numbers, a table of the changes and the notes, for GitHub.
std::string comparison_markdown(const Comparison& comparison);

/// `{schema: "verigrad-compare/1", changes: [{trend, path, line, title, measure, before, after,
/// difference}], summary: {worse, better, appeared, disappeared, unchanged}, notes}`
std::string comparison_json(const Comparison& comparison);

}  // namespace verigrad::reports
