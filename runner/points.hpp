#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "expressions/document.hpp"
#include "runner/options.hpp"
#include "runner/special_points.hpp"

namespace verigrad::runner {

/// A file at one choice of sizes and values.
struct Sample {
  std::int64_t index = 0;
  expressions::Instance instance;
  Point point;
  std::int64_t rejected = 0;  ///< draws outside the function's domain before this one
  /// Why there is no point: every draw was rejected. The point is then of no use.
  std::optional<std::string> no_point;
  /// Outputs that are computed as NaN or an infinity here although their exact values are finite.
  std::vector<ValueId> overflowed{};
};

/// How many points a file has: one when everything is given, else `samples` random ones and the
/// special ones.
struct PointPlan {
  std::int64_t random = 1;
  std::int64_t special = 0;
  Difficulty difficulty = Difficulty::proofs;
  /// Whether a point counts at which functions overflow though has_finite_value() tells them
  /// finite; else it is drawn again as if it lay outside of their domains.
  bool keeps_overflows = false;
  std::int64_t total() const { return random + special; }
};

/// How many random points are drawn: what the command line says, else the most that any statement
/// asks for.
std::int64_t planned_samples(const expressions::Instance& instance, const Options& options);

/// The plan for a file with this instance; see runner/special_points.hpp.
PointPlan plan_points(const expressions::Instance& instance, std::int64_t samples,
                      const Options& options);

/// Draws sample `index` of a plan: sizes first (the smallest for sample 0, the largest for sample
/// 1), then every leaf from a stream of its own, so that a sample depends on the seed and its index
/// alone. Draws again, up to 1000 times, while a derivative's function is not finite there or a
/// precondition does not hold; a special point is tried once. Errors of the file at these sizes go
/// to `diagnostics`, and nothing is returned.
std::optional<Sample> draw_sample(const expressions::Document& document, const PointPlan& plan,
                                  std::int64_t index, std::uint64_t seed,
                                  expressions::Diagnostics& diagnostics);

/// Computes the leaves whose value is computed from earlier ones anew. Throws Error.
void fill_computed_leaves(const Program& program, Point& point);

/// Why the sample's point does not count: a derivative's function is not finite there, an operation
/// refuses it, or a precondition does not hold. Nothing where it counts. With `keeps_overflows` a
/// function whose exact value is proven finite does not count against it; `overflowed` says which.
std::optional<std::string> rejection_of(Sample& sample, bool keeps_overflows);

/// A size or a scalar leaf of a sample.
struct NamedNumber {
  std::string name;
  double value;
};

/// The sizes that were declared, and the leaves without dims, in their order.
std::vector<NamedNumber> scalars_of(const Sample& sample);

}  // namespace verigrad::runner
