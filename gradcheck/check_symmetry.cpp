#include <fmt/format.h>

#include <cmath>

#include "gradcheck/check_question.hpp"
#include "gradcheck/judge_black_box.hpp"

namespace verigrad::gradcheck {
namespace {

std::vector<const ReportEntry*> by_position(const Report& report) {
  std::vector<const ReportEntry*> ordered(report.entries.size());
  for (const ReportEntry& entry : report.entries) ordered[entry.position] = &entry;
  return ordered;
}

/// Mixed derivatives that are not continuous may differ.
bool truths_differ(const Estimate& a, const Estimate& b) {
  return !(std::abs(a.value - b.value) <= a.error_bar + b.error_bar);
}

}  // namespace

Report with_symmetry(const Question& question, Report report, const CheckOptions& options) {
  const std::size_t n = question.x.values.size();
  if (report.entries.size() != n * n) return report;
  const DType dtype = question.float_claim ? DType::f32 : DType::f64;
  const Tolerance tolerance = black_box_tolerance(options, dtype);
  const std::vector<const ReportEntry*> entries = by_position(report);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const ReportEntry& below = *entries[i * n + j];
      const ReportEntry& above = *entries[j * n + i];
      const double allowed = allowance(tolerance, below.value, dtype) +
                             allowance(tolerance, above.value, dtype) +
                             64 * unit_roundoff(dtype) * (below.truth.scale + above.truth.scale);
      if (std::abs(below.value - above.value) <= allowed) continue;
      if (truths_differ(below.truth.estimate, above.truth.estimate)) continue;
      report.problems.push_back(
          {Defect::asymmetric, Verdict::fail,
           fmt::format("not symmetric: entry {} is {:.9g} and entry {} is {:.9g}", below.index,
                       below.value, above.index, above.value)});
      settle(report);
      return report;
    }
  return report;
}

}  // namespace verigrad::gradcheck
