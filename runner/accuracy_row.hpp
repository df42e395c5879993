// From single comparisons to a row of the accuracy report.
#pragma once

#include <cstdint>
#include <vector>

#include "reports/accuracy_model.hpp"
#include "runner/accuracy_point.hpp"

namespace verigrad::runner {

/// The entries of one derivative at one sample.
struct MeasuredSample {
  const Sample* sample = nullptr;
  std::vector<EntryAccuracy> entries{};
  reports::PointOrigin origin = reports::PointOrigin::drawn;
};

/// A row, and the sample of its worst point if it has one.
struct MeasuredRow {
  reports::AccuracyRow row;
  const Sample* worst = nullptr;
};

/// Median, percentiles (nearest rank), counts and buckets of errors in ulps; `rounded` says how
/// many are correctly rounded. Infinite errors have no bucket, and as many bits as a number has.
reports::UlpStatistics ulp_statistics(std::vector<double> ulps, std::int64_t rounded,
                                      double most_bits);

/// The row of a derivative: statistics, worst point, verdict. Samples that were not drawn count for
/// the largest error, condition number and instability, the worst point and the verdict alone.
/// There is at least one drawn one. With u the unit roundoff, e the relative error and k the
/// condition number of an entry, the verdict is the first of
///
///   wrong            some entry's rule is proven wrong
///   undecided        the truth of more than one entry in a hundred is not known
///   non-smooth       more than half of the entries have no derivative
///   unstable         somewhere e > 8 (1 + k) u and more than 8 ulp, or an overflow, of the
///                    function too, or a number where the derivative is 0 that is farther from it
///                    than `check` allows
///   undecided        somewhere more than 8 ulp where the condition number is not known
///   ill-conditioned  somewhere more than 8 ulp, or a number where the derivative is 0
///   ok
MeasuredRow accuracy_row(const std::string& path, const MeasuredDerivative& derivative,
                         const std::vector<MeasuredSample>& samples);

}  // namespace verigrad::runner
