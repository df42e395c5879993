#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/accuracy/formula.hpp"

namespace verigrad::accuracy {

/// One derivative at one point, by both libraries.
struct Comparison {
  std::string call;   ///< as it would be written: `sigmoid(x)`
  std::string point;  ///< `x = 40`
  std::string by;     ///< the entry that the derivative is by: `x`, or `x[0]`
  bool single;        ///< float32, not float64
  double pytorch, verigrad;
  std::optional<Real> truth;  ///< absent where there is no derivative
  bool agree;                 ///< whether it is shown because the two agree
  double bound;               ///< what Verigrad is held to, in ulp

  /// |computed - truth| in units in the last place, infinite for NaN.
  double ulps(double computed) const;
};

/// What belongs under one heading, with what PyTorch computes instead.
struct Section {
  std::string_view title, text;
  std::vector<Comparison> rows{};
};

/// Derivatives that exist, against their enclosures.
std::vector<Section> compare_with_truth();

/// Kinks and ends of domains, where what holds is a convention.
Section compare_conventions();

/// LibTorch's version.
std::string pytorch_version();

}  // namespace verigrad::accuracy
