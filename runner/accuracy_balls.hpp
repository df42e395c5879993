#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "reports/accuracy_model.hpp"
#include "runner/accuracy_point.hpp"

namespace verigrad::runner {

/// How sharply balls of 24, 32, 53, 64, 96, 128, 256, … bits, the last of at least `most_bits`,
/// enclose the derivative at a worst point: the radius in ulps of the truth. Nothing where the
/// truth is 0 or not finite, or an operation has no proof.
std::vector<reports::BallRadius> ball_radii(const Sample& sample,
                                            const MeasuredDerivative& derivative,
                                            const reports::WorstPoint& worst,
                                            std::int64_t most_bits);

/// Of these the one in the precision of a dtype: 53 or 24 bits.
std::optional<double> radius_in(DType dtype, const std::vector<reports::BallRadius>& radii);

}  // namespace verigrad::runner
