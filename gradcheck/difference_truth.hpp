// What estimates along paths of a Program say about its derivatives.
#pragma once

#include <cstddef>
#include <vector>

#include "gradcheck/numeric.hpp"
#include "gradcheck/reference.hpp"
#include "gradcheck/traits.hpp"

namespace verigrad::gradcheck::detail {

/// Of an output that does not depend on the entry.
Truth exact_zero();

/// Which outputs stay numbers when the coordinate is NaN: they do not read it at all.
std::vector<bool> independent_outputs(const Path& path, std::size_t rows, const Traits& traits);

/// The estimate of one of `rows` outputs at x with its bar widened and, where the derivative may be
/// 0, the slope of the steepest chord for a scale.
Truth truth_of(const Path& path, double x, const Estimate& estimate, std::size_t output,
               std::size_t rows, const Traits& traits);

/// The estimate of a second derivative with its bar widened.
Truth second_truth(const Estimate& estimate);

/// A Hessian entry that vanishes is measured against the largest entry that does not.
void set_scales(std::vector<Truth>& hessian);

}  // namespace verigrad::gradcheck::detail
