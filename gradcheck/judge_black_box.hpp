// The rules for derivatives of which only values are known.
#pragma once

#include <vector>

#include "gradcheck/callable.hpp"
#include "gradcheck/check_options.hpp"
#include "gradcheck/domain.hpp"
#include "gradcheck/judge.hpp"

namespace verigrad::gradcheck {

/// The tolerance that the options ask for; for float it is relative, max_ulps * 2^-23.
Tolerance black_box_tolerance(const CheckOptions& options, DType dtype);

/// How much of each entry of a derivative rounding may explain: twice its range over the four
/// points next to x, all entries an ulp further at each, on the side where it varies less. (A
/// branch that x alone takes, or one side, is no rounding.) Nothing is explained where it throws or
/// is not finite.
std::vector<double> rounding_of(const Callable& derivative, const Entries& x, bool float_input,
                                const Domain& domain);

/// `judge`, with `rounding` of the derivative's own beside 64 u times truth.scale. A float also
/// passes when its truth is known to 2^-4 of its size only: the digits say so.
EntryVerdict judge_black_box(double value, const Truth& truth, double rounding,
                             const Tolerance& tolerance, DType dtype);

}  // namespace verigrad::gradcheck
