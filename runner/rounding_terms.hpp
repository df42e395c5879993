#pragma once

#include <vector>

#include "gradcheck/path_magnitudes.hpp"
#include "gradcheck/reference.hpp"

namespace verigrad::runner {

/// Which derivative of an output by a leaf an entry belongs to: of a Jacobian (row-major), of vᵀJ
/// with a cotangent v, of Ju with a tangent u, or with both the number vᵀJu.
struct Direction {
  ValueId output = no_value;
  std::size_t leaf = 0;
  std::vector<double> cotangent{};
  std::vector<double> tangent{};
  bool second_order = false;  ///< of a Hessian: nothing is known of its rounding
};

/// What rounding may do to an entry of a derivative, looked up only where a verdict needs it.
class RoundingTerms {
 public:
  RoundingTerms(const Program& program, const Point& point) : program_(program), point_(point) {}

  /// The truth of entry i with the terms that may cancel in its evaluation; only for programs
  /// without a value of more than 256 entries.
  gradcheck::Truth with_cancellation(const Direction& direction, gradcheck::Truth truth,
                                     std::size_t i);
  /// The truth of entry i with what the roundings of the function's values do to its gradient.
  gradcheck::Truth with_rounding(const Direction& direction, gradcheck::Truth truth,
                                 std::size_t i) const;

 private:
  std::vector<double> cotangent_of(const Direction& direction, std::size_t i) const;
  const std::vector<double>& path_terms(ValueId output, const std::vector<double>& v,
                                        std::size_t leaf);

  const Program& program_;
  const Point& point_;
  // The last answer of path_magnitudes: the entries of a row ask in turn.
  ValueId last_output_ = no_value;
  std::vector<double> last_cotangent_;
  gradcheck::PerLeaf last_terms_;
};

}  // namespace verigrad::runner
