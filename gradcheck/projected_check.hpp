// A whole gradient checked along random directions: fast, and blind to no single entry.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/program.hpp"
#include "gradcheck/judge.hpp"

namespace verigrad::gradcheck {

struct ProjectionOptions {
  int projections = 1;
  std::uint64_t seed = 42;
  /// Replaces Tolerance::standard of the Program's precision.
  std::optional<Tolerance> tolerance{};
  /// See ReferenceOptions.
  std::shared_ptr<detail::Motions> motions{};
  double enough = 0x1p-26, enough_in_noise = 0x1p-17;
};

/// The derivative along one line through the point.
struct Projection {
  Candidate candidate;  ///< the engine's gradient times the line's direction
  Truth truth;          ///< the numeric derivative along the line
  EntryVerdict verdict;
};

/// Compares gradients with numeric derivatives along lines: with g the engine's gradient by all
/// differentiable leaves at once, v random with entries ±1, and w = 1 for an output of one entry
/// and random ±1 for others,
///
///   g . v   against   d/dh of w . output(leaves + h v) at h = 0
///
/// by as few evaluations of the whole Program as one partial derivative takes. A wrong entry of g
/// shows in every projection, unless it is smaller beside the sum of n terms than bar and
/// tolerance; two errors of equal size hide each other in every second projection on average, so
/// that k projections miss them once in 2^k times. It does not tell which entry is wrong.
///
/// `truth.paths` are the terms of the product, sum |g_i v_i|. Throws Error where an operation
/// refuses its operands at the point.
std::vector<Projection> projected_check(const Program& program, const Point& point, ValueId output,
                                        const ProjectionOptions& options = {});

}  // namespace verigrad::gradcheck
