#pragma once

#include <optional>
#include <span>

#include "expressions/instance.hpp"
#include "gradcheck/pattern.hpp"
#include "runner/options.hpp"
#include "runner/outcome.hpp"
#include "runner/points.hpp"

namespace verigrad::runner {

/// A point at which a statement fails, with its derivative in full.
struct FailedPoint {
  const Sample& sample;
  const expressions::Judgement& judgement;  ///< of the sample's own instance
  const WrongDerivative& wrong;
};

/// What a wrong derivative has in common at all points where it is wrong: a factor (pattern.hpp),
/// the truth in other places or a mistaken product (alternatives.hpp), a mistake on the function's
/// graph (graph_mistakes.hpp), in this order. `one_of_many`: there may be other points, so that a
/// factor could be chance and is not looked for.
std::optional<gradcheck::Pattern> find_mistake(std::span<const FailedPoint> points,
                                               bool one_of_many, const Options& options);

/// Whether claimed / true is one number wherever that can be told, a single entry included.
bool has_one_ratio(std::span<const FailedPoint> points);

}  // namespace verigrad::runner
