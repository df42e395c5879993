#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace verigrad::gradcheck {

/// One entry of a wrong derivative beside the truth and the input's entry at the same place.
struct WrongEntry {
  double claimed = 0;
  double truth = 0;
  double bar = 0;  ///< error bar of the truth
  double input = 0;
  double entries = 1;            ///< how many entries the input has
  std::vector<double> others{};  ///< the sizes and other scalars of the file, at this point
};

/// What a wrong derivative has in common at every entry.
struct Pattern {
  std::string text;  ///< "claimed / true = 1 / x at every entry: a factor x is missing"
  /// The factor that mends the claim, as text ("x", "-1", "2"), or the divisor when `divides`.
  std::string factor;
  bool divides = false;
};

/// claimed / true where that is the same at all entries whose truth is known to six digits and is
/// not 0, of which there is one at least.
std::optional<double> common_ratio(std::span<const WrongEntry> entries);

/// Looks for a ratio claimed / true that is constant, 1 / x, x, or 0, over all entries whose truth
/// is known to six digits, and then for one of the `others` (named by `names`) in x's place, where
/// it takes several values. `input` is the input's name. Needs at least three such entries, or two
/// for a constant; otherwise, and when no ratio fits, there is no pattern.
std::optional<Pattern> find_pattern(std::span<const WrongEntry> entries, const std::string& input,
                                    std::span<const std::string> names = {});

/// Whether claimed / true is the function's value or its reciprocal at every entry, for a function
/// with one result, the first of the `others`. A value of ±1, 0 or another whole number (up to 16)
/// tells nothing.
std::optional<Pattern> find_factor_of_value(std::span<const WrongEntry> entries);

}  // namespace verigrad::gradcheck
