// How operands are drawn for a survey of accuracy. Numbers may miss the domain by rounding or by
// their size; callers draw again.
#pragma once

#include <cmath>
#include <span>

#include "engine/operation.hpp"
#include "engine/program.hpp"
#include "engine/random.hpp"

namespace verigrad::runner {

/// A type's least subnormal number is 2^least, its numbers are below 2^top and have `digits` bits.
struct Format {
  int least, top, digits;
};
Format format_of(DType dtype);

/// (1 + m) 2^e with m uniform in [0, 1) and e uniform among lower, …, upper - 1: built from bits,
/// so that it does not depend on how the machine rounds exp2.
double log_uniform(Random& random, int lower, int upper);

/// `size` with a random sign, or with the one that the domain allows.
double signed_in(Random& random, const Interval& domain, double size);

/// Uniform in the range, or, every second time, log-uniform in magnitude up to its end.
double typical(Random& random, const Interval& range);

/// Uniform, or every second time log-uniform, on [from, to], for 0 < from < to.
double mixed(Random& random, double from, double to);

/// x (1 ± d) with d log-uniform from 2^-p to 1/8, for the p digits of the type.
double nearby(Random& random, DType dtype, double x);

/// At an absolute distance of 2^-p to 1/8, or at most 1/8 of the domain, from a finite end of it.
double inside_end(Random& random, DType dtype, const Interval& domain, double end);

/// Log-uniform below 1/8: from 2^-60 on, or every second time from the least subnormal number on;
/// 0 once in 32 times.
double tiny(Random& random, DType dtype, const Interval& domain);

/// Log-uniform over all normal numbers up to the greater end of the domain.
double any_magnitude(Random& random, DType dtype, const Interval& domain);

/// Near one of the special points or of the domain's ends that lie in the domain; tiny without any.
double near_special(Random& random, DType dtype, std::span<const double> special,
                    const Interval& domain);

/// The least and the greatest finite number of the type in a domain.
double first_in(DType dtype, const Interval& domain);
double last_in(DType dtype, const Interval& domain);

}  // namespace verigrad::runner
