// Where an operation's accuracy is surveyed: the ordinary range of its operands, and tails.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/operation_results.hpp"

namespace verigrad::runner {

/// Points of one kind.
struct Region {
  std::string name;  ///< `typical`, or a tail such as `input > 20`
  std::vector<FlatPoint> points;
};

/// How many points are wanted, and what draws them.
struct Sampling {
  std::uint64_t seed = 0;
  std::int64_t samples = 0;  ///< of an entrywise form, a region
};

/// The regions of a form, each drawn from a stream of its own that the seed, the form's label, the
/// type and the region's name decide. All points lie in the operands' domains.
///
/// Every form has `typical`: each entry from its typical range, every second one with a log-uniform
/// magnitude. The tails of one operand x of an entrywise form come from the operation's table:
///
///   `near 0`         magnitudes up to 1/8, down to the least subnormal number, and zeros
///   `near S`         S (1 ± d) and S, for special points S of ordinary size, both sides of a kink
///                    (in float32 up to 88)
///   `next to E`      E plus or minus d inside the domain, for its finite ends E other than 0
///   `x > N`          from half the least special point of at least 6, the onset of saturation or
///                    overflow, to twice the greatest; in float32 an eighth of onsets above 88
///   `x > 4096`       log-uniform up to the greatest number; `abs(x) > 4096` with both signs
///   `every Nth float`  in float32, a fixed stride through all floats of the domain in their order,
///                    which meets at least 8 `samples` of them, or all
///
/// with d log-uniform from 2^-53, in float32 2^-24, to 1/8. Several operands have `near special
/// points`, where every second one lies near 0, an end of its domain or a special point; `all
/// magnitudes`; and `nearly equal operands`. What is not entrywise is drawn at a twentieth as many
/// points: typical ones, `near special points` and `mixed magnitudes` of 2^-20 to 2^20; where a
/// matrix must be regular, typical ones alone.
std::vector<Region> survey_regions(const OperationForm& form, DType dtype,
                                   const Sampling& sampling);

/// Whether all drawn entries are finite numbers of their domains.
bool in_domain(const OperationForm& form, const FlatPoint& point);

/// A number that a text decides, the same on every machine: FNV-1a.
std::uint64_t stream_of(std::string_view text);

}  // namespace verigrad::runner
