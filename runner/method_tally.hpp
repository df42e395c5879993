// Relative errors of one method of numeric differentiation, gathered in any order.
#pragma once

#include <cstdint>
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

/// The answers of one method. Merged in any order, the row is the same.
class MethodTally {
 public:
  /// `error` and `truth` are |value - truth| and |truth| > 0. An answer without a value counts with
  /// an infinite error; an infinite bar says nothing, and does not count as one.
  void add(const NumericAnswer& answer, double error, double truth);
  /// Evaluations that so many derivatives have taken.
  void spend(std::int64_t evaluations, std::int64_t derivatives);
  void merge(const MethodTally& other);

  /// Median and p99 by nearest rank: of n sorted errors those at ⌈n/2⌉ and ⌈99n/100⌉. Of the bars,
  /// `covered` are those of at least |value - truth|.
  reports::MethodAccuracy row(std::string method) const;

 private:
  std::vector<double> errors_;
  std::int64_t evaluations_ = 0, derivatives_ = 0;
  std::int64_t bars_ = 0, covered_ = 0;
};

}  // namespace verigrad::runner
