// The functions and points of the survey: FPBench's cores in their preconditions' boxes.
#pragma once

#include <string>
#include <vector>

#include "expressions/instance.hpp"
#include "proof/ball.hpp"
#include "tests/detection/checker.hpp"

namespace verigrad::detection {

/// One core of FPBench as a Program of a precision.
struct Core {
  std::string file, name;
  expressions::Instance instance;
  /// Whether the precision has every number that the value is computed from: 0.5, but not 0.1.
  bool exact_numbers = false;
};

/// The cores of tests/detection/data that are straight-line, have no operation with a kink, and
/// whose precondition bounds every argument on both sides; of cores with the same body the first.
std::vector<Core> bounded_smooth_cores(DType dtype);

/// How the entries of a box [a, b] are drawn.
enum class Sampling {
  uniform,
  /// |x| log-uniform between the smaller and the greater |end|; where the box holds 0, between
  /// 2^-30 of an end and that end, on a side that is drawn evenly among those that the box has.
  log_uniform
};

/// Why a point was drawn or not.
enum class Drawn {
  taken,
  no_point,    ///< 100 draws in a row outside the preconditions, or without a finite value
  not_proven,  ///< a partial has no enclosure, or lies on a kink
  not_normal   ///< a partial is not 0, and does not round to a normal number of the precision
};

/// A point, and the enclosures of the function's gradient there when it was taken.
struct CorePoint {
  Drawn drawn = Drawn::no_point;
  std::vector<proof::Ball> gradient{};
};

/// Puts a point into the sample, which stands for a core.
CorePoint draw_point(runner::Sample& sample, Sampling sampling, Random& random);

/// The core as a sample without a point yet, and as the question for its whole gradient.
runner::Sample sample_of(const Core& core);
Subject subject_of(const runner::Sample& sample);

/// The ball's midpoint rounded to the precision once.
double rounded(const proof::Ball& ball, DType dtype);

}  // namespace verigrad::detection
