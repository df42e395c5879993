// The errors of one quantity over many points.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "runner/operation_truth.hpp"

namespace verigrad::runner {

/// A point and its largest error.
struct Judged {
  double ulps = 0;
  FlatPoint point;
};

struct UlpTally {
  /// Errors that round to 0, 1, 2, 3 and more whole ulps, halves downwards.
  std::array<std::int64_t, 5> counts{};
  std::int64_t no_slope = 0, undecided = 0;
  std::optional<double> naive{};  ///< the largest error of the quantity's naive formula, if any
  std::vector<Judged> worst;      ///< the points of the largest errors, worst first
  std::vector<double> at_point;   ///< the largest error at each point, in their order

  static constexpr std::size_t kept = 4;
  std::int64_t compared() const;
  double max() const { return worst.empty() ? 0 : worst.front().ulps; }

  /// Adds a result, of which `truth` is known or not; returns its error, 0 when it is not compared.
  double add(double computed, const Truth& truth, DType dtype);
  /// Keeps a point if it is among the worst and has an error at all.
  void keep(Judged judged);
};

/// A tally for each quantity of the form, over all points. Throws Error when the engine refuses
/// one. What is computed of a point may depend on its place among others, by the width of
/// registers: with more than one of `copies` all points are computed so often in a row, and once
/// more alone, and of each the worst result counts.
std::vector<UlpTally> tally_at(const OperationForm& form, const Program& program,
                               std::span<const FlatPoint> points, std::size_t copies = 1);

}  // namespace verigrad::runner
