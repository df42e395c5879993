// The other branch of a black box.
#pragma once

#include <optional>

#include "gradcheck/callable.hpp"
#include "gradcheck/domain.hpp"

namespace verigrad::gradcheck {

/// A kink of a function of one entry of its input, and the slope of what lies beyond it.
struct BranchBeyond {
  double kink = 0;   ///< just beyond it
  double slope = 0;  ///< at x, of the polynomial of degree 5 that goes on from there
  int evaluations = 0;
};

/// The nearest kink of a function with one result on one side of x along entry j: central
/// differences at distances that double, from 2^-12 to 4 times max(|x_j|, 2^-10), and bisection
/// between the first two that hold a step of the slope which is still there over a 100th of their
/// distance. Beyond it five slopes are continued to x. Nothing without a kink, and where the
/// function throws, is not finite or leaves its domain on the way.
std::optional<BranchBeyond> branch_beyond(const Callable& f, const Entries& x, std::size_t j,
                                          bool upwards, const Domain& domain);

}  // namespace verigrad::gradcheck
