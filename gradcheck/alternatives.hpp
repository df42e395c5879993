// What else a wrong derivative may be: the truth elsewhere, or a part of it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/shape.hpp"
#include "gradcheck/pattern.hpp"
#include "gradcheck/position.hpp"
#include "gradcheck/reference.hpp"

namespace verigrad::gradcheck {

/// Numbers that a claim may be instead of the truth, each with an error bar.
struct Alternative {
  std::string text;  ///< "the truth moved by 1 along dim 0"
  std::vector<double> values, bars;
};

/// The truths of entries of one shape transposed (two dims of equal size) and rolled along one dim,
/// by up to 16.
std::vector<Alternative> misplaced(std::span<const WrongEntry> truths, const Shape& shape);

/// What vᵀJ turns into by common mistakes: the cotangent ignored, a single entry or slice of the
/// result looked at instead of the sum or counted twice in it, the sum over another dim of the
/// result, and Jv. J has a row for each entry of a result of shape `result`, in row-major order.
std::vector<Alternative> mistaken_products(const std::vector<Truth>& jacobian,
                                           const std::vector<double>& v, const Shape& result);

/// How many entries tell that a claim is an alternative, those that are not 0; nothing when an
/// entry differs from it by more than its bar and a relative 1e-6, or when all entries of the
/// alternative are so near the truth.
std::optional<std::size_t> fit(std::span<const WrongEntry> entries, const Alternative& alternative);

/// The fewest entries, at all points together, that must tell.
inline constexpr std::size_t fewest_telling = 2;

/// The first alternative that fits, with enough entries that tell, as a pattern.
std::optional<Pattern> find_alternative(std::span<const WrongEntry> entries,
                                        std::span<const Alternative> alternatives);

/// How a derivative of shape `claimed` may have come about where `expected` is right, as a
/// sentence: not summed over broadcast dims, summed over too many, transposed. Empty if no rule
/// fits.
std::string shape_hint(const Shape& claimed, const Shape& expected);

}  // namespace verigrad::gradcheck
