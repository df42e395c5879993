// The engine's derivatives at one point beside their proven values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "expressions/instance.hpp"
#include "gradcheck/reference.hpp"
#include "runner/judge_context.hpp"
#include "runner/options.hpp"
#include "runner/points.hpp"

namespace verigrad::runner {

/// One entry of the derivative of an output by an input.
struct EntryAccuracy {
  enum class State {
    compared,
    undecided,   ///< the truth is not known
    non_smooth,  ///< a kink, jump or edge: there is no derivative
    overflow,    ///< NaN, or an infinity that the truth does not round to
    wrong_zero,  ///< not 0 where the truth is, or cannot be told from it
    /// The same, but within the 64 u A up to which `check` passes it: A is the derivative with
    /// every path taken by its absolute value, the size of the terms that cancel.
    cancelled_zero,
    wrong_rule  ///< the engine's rule is proven wrong
  };
  State state = State::compared;
  double computed = 0;
  double truth = 0;                   ///< rounded to the precision under test
  double ulps = 0;                    ///< infinite for an overflow
  double relative_error = 0;          ///< |computed - truth| / |truth|
  std::optional<double> condition{};  ///< see AccuracyRow in reports/accuracy_model.hpp
  std::string reason{};               ///< of what was not compared
};

/// What is measured: a derivative of a judgement's output by one of its inputs.
struct MeasuredDerivative {
  std::size_t judgement = 0;  ///< index in Instance::judgements
  std::size_t leaf = 0;
};

/// The derivatives that a file's checks and claims speak of, each once, in their order.
std::vector<MeasuredDerivative> measured_derivatives(const expressions::Instance& instance);

/// The derivatives at one sample. Those of several inputs come from one proof, which is made when
/// the first is asked for. Members throw gradcheck::WorkExhausted, and Error.
class PointAccuracy {
 public:
  /// Both outlive this.
  PointAccuracy(const Sample& sample, std::uint64_t seed, const Options& options)
      : context_(sample, seed, options) {}

  /// All entries, row-major: those of the Jacobian for an output that is not a scalar. Condition
  /// numbers are those of runner/condition.hpp, absent where these are not known.
  std::vector<EntryAccuracy> entries(const MeasuredDerivative& derivative);
  /// The truths of these entries.
  const std::vector<gradcheck::Truth>& truths(const MeasuredDerivative& derivative);

 private:
  JudgeContext context_;
};

}  // namespace verigrad::runner
