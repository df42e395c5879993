#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "engine/program.hpp"
#include "gradcheck/cost.hpp"
#include "gradcheck/estimate.hpp"
#include "proof/enclosure.hpp"
#include "proof/reading.hpp"

namespace verigrad::gradcheck {

/// One entry of a derivative as a reference knows it.
struct Truth {
  Estimate estimate;
  /// The slopes of the function around the point: beside them a derivative would be large.
  double scale = 0;
  /// Whether the function did not change at all, and has an operation that can be exactly flat.
  bool flat = false;
  /// The bar without what a function that did not change may hide: a claim of exactly 0 is judged
  /// by this one.
  std::optional<double> seen_bar{};
  /// The sum of the absolute products along all paths, where it is known: the terms that cancel.
  std::optional<double> paths{};
  /// What the roundings of the function's values do to its gradient, where it was asked for.
  double rounding = 0;
  /// What is proven of it, when that is known; the estimate is then this in doubles.
  std::shared_ptr<const proof::Enclosure> proven{};
};

/// Whether a proof was tried of all entries, even if it did not decide all of them.
bool all_proven(const std::vector<Truth>& truths);

/// The vector of a product with a Jacobian or a Hessian.
struct Vector {
  std::vector<double> entries;  ///< in the precision under test
  /// The value of the Program that it is; a proof reads this and not its rounded entries.
  ValueId value = no_value;
};

/// Thrown when judging one derivative would take more work than its limit.
class WorkExhausted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Derivatives of a Program at one point that share no rule with the engine: finite differences, or
/// proven enclosures, which answer the same questions with bars of 1e-30.
///
/// Jacobians are row-major: entry (i, j) of d(output)/d(leaf) stands at i * n + j, where n is the
/// number of the leaf's entries; a Hessian likewise with the leaf twice.
class Reference {
 public:
  virtual ~Reference() = default;

  /// "finite-difference", or "enclosure" when all that was asked for was proven.
  virtual std::string_view method() const = 0;
  /// How often the function has been evaluated so far by differences, at the point itself and at
  /// displaced ones; beside that, a backward pass at the point measures the noise of an output.
  virtual std::int64_t evaluations() const { return 0; }
  /// Throws WorkExhausted. The result stays valid while the reference lives.
  virtual const std::vector<Truth>& jacobian(ValueId output, std::size_t leaf) = 0;
  /// Second derivatives of a scalar output by one leaf's entries. Throws WorkExhausted.
  virtual const std::vector<Truth>& hessian(ValueId output, std::size_t leaf) = 0;
  /// vᵀJ, Ju and Hu; in the base class by combining the rows and columns above.
  virtual std::vector<Truth> vjp(ValueId output, std::size_t leaf, const Vector& v);
  virtual std::vector<Truth> jvp(ValueId output, std::size_t leaf, const Vector& u);
  virtual std::vector<Truth> hvp(ValueId output, std::size_t leaf, const Vector& u);
};

namespace detail {
class Motions;
}
/// To be made once for a Program that is checked at many points, see ReferenceOptions.
std::shared_ptr<detail::Motions> motions_of(const Program& program);

struct ReferenceOptions {
  /// The limit of work for one derivative, in entries computed.
  double work_limit = 2e9;
  /// The limit of time for one derivative; none by default, so that runs repeat.
  std::optional<double> seconds{};
  /// The error bar, relative to the derivative, that a first look at five values must reach for an
  /// entry not to be analysed further. Bars are true whatever is asked for.
  double enough = 1e-10;
  /// The same where it is the rounding of the function's values that hides more.
  double enough_in_noise = 1e-10;
  /// What has been found out about the Program's structure, to be shared by references to it at
  /// several points, in one thread; null for a reference of its own.
  std::shared_ptr<detail::Motions> motions{};
};

/// Derivatives by adaptive differences of the Program's values, computed in double whatever the
/// precision under test, at leaves as they stand in `point`. See gradcheck/numeric.hpp.
std::unique_ptr<Reference> finite_difference_reference(const Program& program, const Point& point,
                                                       const ReferenceOptions& options = {});

/// Derivatives proven in ball arithmetic. See proof/jacobian.hpp. What is not proven says why in
/// its estimate's status and reason; throws WorkExhausted for matrices of more than 2^20 entries.
std::unique_ptr<Reference> enclosure_reference(const Program& program, const Point& point,
                                               const proof::Limits& limits = {},
                                               const proof::Reading& reading = {});

/// Proven derivatives, and finite differences where an operation has no proof or the proof would
/// take more work than its limit.
std::unique_ptr<Reference> best_reference(const Program& program, const Point& point,
                                          const ReferenceOptions& options = {},
                                          const proof::Limits& limits = {});

/// Twice a derivative, exactly.
Truth doubled(const Truth& truth);

/// vᵀJ from the Jacobian with `outputs` rows: per entry j, sum_i v_i J_ij with the bars' sum.
std::vector<Truth> vjp_of(const std::vector<Truth>& jacobian, const std::vector<double>& v);
/// Ju from the Jacobian with u.size() columns.
std::vector<Truth> jvp_of(const std::vector<Truth>& jacobian, const std::vector<double>& u);

}  // namespace verigrad::gradcheck
