// What else a wrong derivative may be: the truth elsewhere, or a part of it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/shape.hpp"
#include "gradcheck/pattern.hpp"
#include "gradcheck/reference.hpp"

namespace verigrad::gradcheck {

/// Numbers that a claim may be instead of the truth, each with an error bar.
struct Alternative {
  std::string text;  ///< "the truth moved by 1 along dim 0"
  std::vector<double> values, bars;
};

/// The truth of one shape transposed (two dims of equal size) and rolled along one dim, by
/// up to 16.
std::vector<Alternative> misplaced(const std::vector<Truth>& truths, const Shape& shape);

/// What vᵀJ turns into by common mistakes: the cotangent ignored, a single entry or slice of the
/// result looked at instead of the sum, the sum over another dim of the result, and Jv. J has a row
/// for each entry of a result of shape `result`, in row-major order.
std::vector<Alternative> mistaken_products(const std::vector<Truth>& jacobian,
                                           const std::vector<double>& v, const Shape& result);

/// The first alternative that every entry of the claim agrees with, within its bar and a relative
/// 1e-6, as a pattern. It must not agree with the truth, and two of its entries must not be 0.
std::optional<Pattern> find_alternative(std::span<const WrongEntry> entries,
                                        std::span<const Alternative> alternatives);

/// How a derivative of shape `claimed` may have come about where `expected` is right, as a
/// sentence: not summed over broadcast dims, summed over too many, transposed. Empty if no rule
/// fits.
std::string shape_hint(const Shape& claimed, const Shape& expected);

}  // namespace verigrad::gradcheck
