#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gradcheck/judge.hpp"
#include "gradcheck/pattern.hpp"

namespace verigrad::gradcheck {

/// What is wrong beside single entries.
enum class Defect {
  nondeterministic,      ///< two calls at one point differ
  changed_argument,      ///< a callable writes to what it is given
  wrong_shape,           ///< the derivative's shape does not fit the function's
  not_finite,            ///< the function is NaN or infinite at x
  threw,                 ///< a callable throws at x
  asymmetric,            ///< a Hessian is not its own transpose
  adjoint_disagrees,     ///< <Ju, v> is not <u, Jᵀv>
  projection_disagrees,  ///< many entries are wrong together, and none stands out
  unresolved_projection  ///< a directional derivative is not known well enough
};

struct Problem {
  Defect defect;
  Verdict verdict;   ///< what it comes to by itself
  std::string text;  ///< a sentence in plain words
};

/// One entry of a derivative beside the truth.
struct ReportEntry {
  std::size_t position = 0;       ///< row-major
  std::string index;              ///< "[1, 0]"
  std::optional<double> input{};  ///< the input's entry by which it is the derivative
  std::string input_index;        ///< its place
  double value = 0;
  Truth truth;
  EntryVerdict verdict;
};

/// What a check of one derivative at one point found.
struct Report {
  std::string derivative;  ///< "gradient", "vjp", "jvp", "jacobian", "hessian" or "adjoint"
  std::string method;      ///< "finite differences" or "enclosure"
  std::string input = "x";
  Verdict verdict = Verdict::pass;  ///< the worst of all entries and problems
  /// The worst first. In fast mode only those that projections point to.
  std::vector<ReportEntry> entries;
  std::vector<Problem> problems;
  std::optional<Pattern> pattern{};  ///< what all wrong entries have in common
  std::string power;                 ///< in fast mode: what the projections can see
  double digits = 0;                 ///< verified at every entry that passes; 0 if none does
  std::size_t size = 0;              ///< how many entries the derivative has
  int evaluations = 0;               ///< calls of the function

  bool passed() const { return verdict == Verdict::pass; }
};

/// The whole diagnosis. The first line has the verdict; of a derivative that does not pass the
/// worst entry follows with its input, value, truth, error bar and ratio, the pattern, the problems
/// and the next worst entries.
std::string to_string(const Report& report);

/// Puts the worst entry first and fills `verdict` and `digits`: verdicts by severity, wrong entries
/// by their relative error, others by the digits that are left, then by position.
void settle(Report& report);

}  // namespace verigrad::gradcheck
