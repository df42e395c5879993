#include "runner/method_tally.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "runner/percentile.hpp"

namespace verigrad::runner {
namespace {

double ratio(std::int64_t part, std::int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

Decision within_bar(const NumericAnswer& answer, double distance) {
  constexpr double atol = 1e-5, rtol = 1e-3;
  const double allowed = answer.bar.value_or(atol + rtol * std::abs(answer.value));
  return std::isfinite(answer.value) && distance <= allowed ? Decision::accepts : Decision::refuses;
}

void MethodTally::add(const NumericAnswer& answer, double error, double truth, Decision right) {
  const bool has_value = std::isfinite(answer.value);
  ++answers_;
  if (right != Decision::undecided)
    errors_.push_back(has_value ? error / std::abs(truth)
                                : std::numeric_limits<double>::infinity());
  if (!has_value || !answer.bar || !std::isfinite(*answer.bar)) return;
  ++bars_;
  covered_ += error <= *answer.bar ? 1 : 0;
}

Decision MethodTally::put_to_test(const std::function<Decision(double slip)>& test) {
  const Decision right = test(0);
  ++tested_;
  false_alarms_ += right == Decision::refuses;
  unsure_ += right == Decision::undecided;
  for (std::size_t i = 0; i < slips.size(); ++i) missed_[i] += test(slips[i]) == Decision::accepts;
  return right;
}

void MethodTally::spend(std::int64_t evaluations, std::int64_t derivatives) {
  evaluations_ += evaluations;
  derivatives_ += derivatives;
}

void MethodTally::merge(const MethodTally& other) {
  errors_.insert(errors_.end(), other.errors_.begin(), other.errors_.end());
  answers_ += other.answers_;
  spend(other.evaluations_, other.derivatives_);
  bars_ += other.bars_;
  covered_ += other.covered_;
  tested_ += other.tested_;
  false_alarms_ += other.false_alarms_;
  unsure_ += other.unsure_;
  for (std::size_t i = 0; i < slips.size(); ++i) missed_[i] += other.missed_[i];
}

reports::MethodAccuracy MethodTally::row(std::string method) const {
  reports::MethodAccuracy row;
  row.method = std::move(method);
  row.n = answers_;
  if (derivatives_ > 0) row.evaluations = ratio(evaluations_, derivatives_);
  if (bars_ > 0) row.covered = ratio(covered_, bars_);
  if (tested_ > 0) {
    row.false_alarms = ratio(false_alarms_, tested_);
    row.unsure = ratio(unsure_, tested_);
    for (std::size_t i = 0; i < slips.size(); ++i)
      row.missed.push_back({slips[i], ratio(missed_[i], tested_)});
  }
  if (errors_.empty()) {
    if (answers_ > 0) row.median = row.p99 = row.worst = std::numeric_limits<double>::quiet_NaN();
    return row;
  }
  std::vector<double> sorted = errors_;
  std::ranges::sort(sorted);
  row.median = percentile(sorted, 50);
  row.p99 = percentile(sorted, 99);
  row.worst = sorted.back();
  return row;
}

}  // namespace verigrad::runner
