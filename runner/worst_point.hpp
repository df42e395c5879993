// What a row of the accuracy report says of its worst point.
#pragma once

#include <cstdint>

#include "reports/accuracy_model.hpp"
#include "runner/accuracy_point.hpp"
#include "runner/run.hpp"

namespace verigrad::runner {

/// The point of a row's worst error, and whose it is.
struct WorstSample {
  const Sample& sample;
  const MeasuredDerivative& derivative;
  const Input& input;
  const Options& options;
  std::uint64_t seed;
};

/// Fills in what is found there, of a row that has a worst point: the predicted error; of one that
/// is unstable or ill-conditioned the blame, its graph and other forms of the function; the errors
/// of difference quotients; the radii of balls.
void explain_worst(reports::AccuracyRow& row, const WorstSample& at);

}  // namespace verigrad::runner
