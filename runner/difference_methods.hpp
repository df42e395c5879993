// Methods of numeric differentiation beside proven derivatives.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/program.hpp"
#include "gradcheck/reference.hpp"
#include "reports/accuracy_model.hpp"
#include "runner/method_tally.hpp"

namespace verigrad::runner {

/// How accurate numeric derivatives are over many points: the rules of classical_differences.hpp,
/// which see the function as the engine computes it in the Program's precision, and Verigrad's own
/// finite_difference_reference, which computes in double whatever the precision is.
class MethodSurvey {
 public:
  MethodSurvey();

  /// Adds the derivatives of a scalar output by the first 8 entries of a leaf. `truths` are all of
  /// them, proven; those that are not enclosed, lie on a kink, or are 0 or not finite in the
  /// Program's precision do not count. Nothing counts where Verigrad's reference takes more work
  /// than its limit.
  void add(const Program& program, const Point& point, ValueId output, std::size_t leaf,
           const std::vector<gradcheck::Truth>& truths);
  /// The order in which surveys are merged makes no difference.
  void merge(const MethodSurvey& other);

  /// The classical rules in their order, and "Verigrad". Its evaluations are averages over all
  /// entries of the leaves, that at the point itself included.
  std::vector<reports::MethodAccuracy> rows() const;

 private:
  std::vector<MethodTally> tallies_;  ///< Verigrad's is the last
};

/// The errors of central quotients of a scalar output by one entry x of a leaf, in the Program's
/// precision, at the steps h = 2^-k max(1, |x|) for k = 1 … 52 at which they are finite; and what
/// the classical rules and Verigrad choose there, where it is finite. Verigrad's step is the
/// largest one of its stencil. None where `truth` is not proven or lies on a kink, and where f or
/// f''' is not known or not finite.
std::optional<reports::StepCurve> step_curve(const Program& program, const Point& point,
                                             ValueId output, std::size_t leaf, std::size_t entry,
                                             const gradcheck::Truth& truth);

}  // namespace verigrad::runner
