// How far one method of numeric differentiation is off, and which claims its test accepts, gathered
// in any order.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reports/accuracy_model.hpp"

namespace verigrad::runner {

/// What a method answers about one derivative.
struct NumericAnswer {
  double value = 0;             ///< not finite where it has none
  std::optional<double> bar{};  ///< what it says of |value - truth|, if anything
};

/// What a method's test says of a claimed derivative.
enum class Decision { accepts, refuses, undecided };

/// The test of a method whose value lies `distance` from the claimed derivative: that it is at most
/// the bar or, without one, torch.autograd.gradcheck's default atol + rtol |value| with atol = 1e-5
/// and rtol = 1e-3. Without a value it refuses.
Decision within_bar(const NumericAnswer& answer, double distance);

/// Relative errors of claims that a test should refuse: twice the truth down to a millionth off.
inline constexpr std::array<double, 6> slips{1, 0.1, 0.01, 1e-3, 1e-4, 1e-6};

/// The answers of one method. Merged in any order, the row is the same.
class MethodTally {
 public:
  /// `truth` is not 0. An answer without a value counts with an infinite error; an infinite bar
  /// says nothing, and does not count as one. What a method says of the truth itself, `right`,
  /// decides whether it stands by its value: where it is undecided, the error is not counted.
  void add(const NumericAnswer& answer, double error, double truth,
           Decision right = Decision::accepts);
  /// Puts truth (1 + slip) to a method's test, for a slip of 0 and each of `slips`. What it says of
  /// the truth itself.
  Decision put_to_test(const std::function<Decision(double slip)>& test);
  /// Evaluations that so many derivatives have taken.
  void spend(std::int64_t evaluations, std::int64_t derivatives);
  void merge(const MethodTally& other);

  /// Median and p99 by nearest rank: of n sorted errors those at ⌈n/2⌉ and ⌈99n/100⌉; NaN, as the
  /// worst one is, where answers were added and none of their errors is counted. Of the bars,
  /// `covered` are those of at least |value - truth|. Shares of decisions are of those that were
  /// put to the test.
  reports::MethodAccuracy row(std::string method) const;

 private:
  std::vector<double> errors_;
  std::int64_t answers_ = 0;
  std::int64_t evaluations_ = 0, derivatives_ = 0;
  std::int64_t bars_ = 0, covered_ = 0;
  std::int64_t tested_ = 0, false_alarms_ = 0, unsure_ = 0;
  std::array<std::int64_t, slips.size()> missed_{};
};

}  // namespace verigrad::runner
