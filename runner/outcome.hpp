#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gradcheck/judge.hpp"
#include "gradcheck/pattern.hpp"
#include "reports/model.hpp"

namespace verigrad::runner {

/// Names of derivatives in `WorstComparison::what`.
inline constexpr const char* vector_jacobian_product = "vector-Jacobian product";
inline constexpr const char* random_line = "derivative along a random line";
inline constexpr const char* composed_product = "vector-Jacobian product of f(2 t)";
inline constexpr const char* jacobian_vector_product = "Jacobian-vector product";

/// How the engine's own derivative stands beside the truth that a claim has missed.
enum class EngineStanding { agrees, disagrees, undecided };

/// The worst entry of a statement at one point, with all that a message shows of it.
struct WorstComparison {
  gradcheck::EntryVerdict verdict;
  std::vector<std::int64_t> index;  ///< within the derivative
  Shape shape;                      ///< of the derivative
  double analytic = 0;
  gradcheck::Truth truth;
  std::optional<double> engine;  ///< the engine's value of the same entry, for claims
  EngineStanding standing = EngineStanding::agrees;  ///< of all of its entries
  std::size_t leaf = 0;                              ///< with respect to which input
  std::optional<double> input;  ///< that input's entry at the same place, for gradients
  std::string what;             ///< "gradient", "Jacobian", "vector-Jacobian product", …

  /// Not an entry of a gradient, Jacobian or Hessian, but a combination of several.
  bool is_product() const;
  /// The index in row-major order.
  std::size_t position() const;
};

/// A derivative that is wrong at one point, in full, for what its entries have in common.
struct WrongDerivative {
  /// Their `others` are scalars_of() the sample and, for a gradient, the output's value.
  std::vector<gradcheck::WrongEntry> entries;
  Shape shape;
  std::size_t leaf = 0;   ///< with respect to which input
  std::vector<double> v;  ///< of vᵀJ: the cotangent, {1} for a gradient; empty for others
};

/// What came of one statement at one point.
struct Outcome {
  gradcheck::Verdict verdict = gradcheck::Verdict::pass;
  std::int64_t comparisons = 0;
  double digits = 16;  ///< fewest verified digits of the entries that passed
  std::optional<WorstComparison> worst;
  std::optional<WrongDerivative> wrong{};  ///< of a failing statement
  std::string reason;  ///< of a verdict that no entry explains: work exhausted, an error
  std::vector<reports::Fact> facts;  ///< of an expectation: both sides
  std::string label;                 ///< likewise, behind the carets
  std::string method;                ///< of a check or claim: the reference's
  std::vector<std::string> warnings, printed;

  /// By verdict, then by relative error, then by digits. Of the same verdict, entries of a
  /// gradient, Jacobian or Hessian come before products: they are what a reader can look up.
  bool worse_than(const Outcome& other) const;
  /// Takes over the entry when it is worse than what was seen so far.
  void add(const WorstComparison& comparison);
  /// Joins another part of the same statement at the same point.
  void raise(gradcheck::Verdict to, const std::string& why);
};

}  // namespace verigrad::runner
