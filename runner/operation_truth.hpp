// What is proven of one operation at a point.
#pragma once

#include <optional>
#include <vector>

#include "proof/ball.hpp"
#include "runner/operation_results.hpp"

namespace verigrad::runner {

/// Why there is no truth.
enum class Unknown {
  none,       ///< there is one
  outside,    ///< outside the operation's domain
  no_slope,   ///< a kink, a jump, or the end of a domain: no derivative
  undecided,  ///< the proof has come to no end
};

/// An entry of a quantity.
struct Truth {
  Unknown unknown = Unknown::none;
  proof::Ball ball{};  ///< as sharp as proof::sharp() asks
};

/// Enclosures of all entries of each quantity of a form, in the order of `quantities`, from the
/// proof room's formulas at as many bits as they take. `program` is the form's, of the type that is
/// measured: entries of the point are exact numbers of it. Nothing is known where a proof exhausts
/// its work.
std::vector<std::vector<Truth>> truths(const OperationForm& form, const Program& program,
                                       const FlatPoint& point);

}  // namespace verigrad::runner
