// How accurate the operations are: values and derivatives in ulps against proofs.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/operation_table.hpp"
#include "engine/program.hpp"
#include "reports/accuracy_model.hpp"

namespace verigrad::runner {

struct OperationSurveyOptions {
  std::vector<std::string> only;  ///< names, aliases included; empty: all
  std::uint64_t seed = 42;
  std::int64_t samples = 2000;  ///< points a region, at least 1; fewer for what is not entrywise
  std::optional<DType> dtype;   ///< both without
  int jobs = 1;
  const std::atomic<bool>* interrupted = nullptr;  ///< what is finished then is reported
  /// A directory of files of worst inputs (reports/worst_inputs.hpp), one a form: their points are
  /// tried in every run, and worse ones that a run has found are added. Empty: none.
  std::string corpus;
  const OperationTable* operations = nullptr;  ///< instead of the process's table
};

/// What comes of a survey.
struct OperationSurvey {
  std::vector<reports::OperationAccuracy> rows;
  std::vector<std::string> notes;  ///< on what is not measured, and on stored inputs that got worse
  std::int64_t worsened = 0;       ///< stored inputs that got worse, a quantity each
};

/// Surveys every differentiable operation that the table offers: its value, and vᵀJ for each of its
/// operands, in both types, as the engine computes them at whole arrays of points, against
/// enclosures of the same at the same floating-point operands. Operations that work entry by entry
/// (losses before their reduction among them) are applied to scalars, v being 1; the others once to
/// small arrays, v being fixed numbers, and every entry of a result counts.
///
/// A row a form, type, region (runner/operation_regions.hpp) and quantity; regions with nothing to
/// compare have none. `counts` are of the region's points alone: errors rounded to whole ulps,
/// halves downwards, so that correctly rounded results count as 0; errors of infinitely many ulps
/// (NaN, and infinities where the truth has a finite rounding) count as more. `max` and `worst`
/// also cover points near the worst ones, which are looked for by growing steps between
/// neighbouring numbers. `worst` has the drawn entries of all operands, in their order. The region
/// `stored worst` has the points of the corpus that lie in the operands' domains.
///
/// Decimals in an operation's formula are exact in its truth: that 0.044715 is no double costs
/// gelu's tanh form some 300 ulps at -21.
///
/// `notes` gets a line for all that is not measured: operations without a derivative, a proof or a
/// form, and how many derivatives at kinks and how many undecided truths were passed over; and one
/// for every form, type and quantity of which a point of the corpus has an error that exceeds the
/// stored one by reports::is_worse_than_stored.
///
/// The result depends on the options and the corpus, but not on `jobs`. Throws Error for an unknown
/// name and for no samples, std::runtime_error for a line of the corpus that says nothing, and,
/// before anything is measured, std::system_error for a corpus that cannot be read or written;
/// their texts name the place and the reason.
OperationSurvey measure_operations(const OperationSurveyOptions& options);

}  // namespace verigrad::runner
