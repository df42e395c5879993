// The first look at a column of a Jacobian.
#pragma once

#include <span>
#include <vector>

#include "gradcheck/early_estimate.hpp"
#include "gradcheck/numeric.hpp"
#include "gradcheck/perturbation.hpp"
#include "gradcheck/reference.hpp"

namespace verigrad::gradcheck::detail {

/// Whether a motion allows early looks: every operation on the way is understood.
inline bool allows_early_look(const Motion& motion) {
  return motion.reaches_output() && motion.understood;
}

/// Looks at the derivatives of the outputs by one entry of a leaf.
class EarlyLook {
 public:
  /// `noise` is value_noise of all outputs: the error of a value beside the rounding of the value
  /// itself.
  EarlyLook(Perturbation& perturbation, std::span<const double> noise,
            const ReferenceOptions& options)
      : perturbation_(perturbation), noise_(noise), options_(options) {}

  /// The derivatives at x of all outputs that move, output i at column[i * stride], which must be
  /// fresh. False if any of them needs the full analysis; the column is then not complete.
  bool settle(std::span<const std::int64_t> index, double x, const NumericOptions& domain,
              Truth* column, std::size_t stride);
  /// Evaluations of the function so far.
  int evaluations() const { return evaluations_; }

 private:
  bool evaluate(std::span<const std::int64_t> index, double x, const NumericOptions& domain,
                double step);
  bool settle_output(std::size_t i, Truth& truth);

  Perturbation& perturbation_;
  std::span<const double> noise_;
  const ReferenceOptions& options_;
  double h_ = 0;
  int evaluations_ = 0;
  bool hopeless_ = false;  ///< no smaller step would settle some output
};

}  // namespace verigrad::gradcheck::detail
