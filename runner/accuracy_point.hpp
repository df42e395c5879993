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
  double truth = 0;  ///< rounded to the precision under test
  double ulps = 0;   ///< infinite for an overflow
  /// |computed - truth| / |truth|; of a subnormal truth by the smallest normal number instead, as
  /// relative errors below it say nothing but that it has few digits.
  double relative_error = 0;
  std::optional<double> condition{};  ///< see AccuracyRow in reports/accuracy_model.hpp
  std::string reason{};               ///< of what was not compared
  std::int64_t truth_bits = 0;        ///< the precision of the proof of the truth
};

/// What is measured: a derivative of a judgement's output by one of its inputs.
struct MeasuredDerivative {
  std::size_t judgement = 0;  ///< index in Instance::judgements
  std::size_t leaf = 0;
};

/// How bad an error is: a rule that is wrong (2) before an overflow and a number where the
/// derivative is 0 (1), these before errors in ulps (0). Negative for what is not compared.
int severity(EntryAccuracy::State state);

/// The largest error in ulps of the entries that are compared with a truth; 0 without one. Zeros
/// that cancelling terms explain are not among them.
double largest_error(const std::vector<EntryAccuracy>& entries);

/// The derivatives that a file's checks and claims speak of, each once, in their order.
std::vector<MeasuredDerivative> measured_derivatives(const expressions::Instance& instance);

/// The derivatives at one sample. Those of several inputs come from one proof, which is made when
/// the first is asked for. Members throw gradcheck::WorkExhausted, and Error.
class PointAccuracy {
 public:
  /// Both outlive this.
  PointAccuracy(const Sample& sample, std::uint64_t seed, const Options& options)
      : context_(sample, seed, options) {}

  /// All entries, row-major: those of the Jacobian for an output that is not a scalar. No condition
  /// numbers, and no rule is proven wrong: what a search asks for at every point.
  std::vector<EntryAccuracy> errors(const MeasuredDerivative& derivative);
  /// The same with condition numbers, which are those of runner/condition.hpp, absent where these
  /// are not known, and with a proof of the rule of each entry that rounding does not explain.
  std::vector<EntryAccuracy> entries(const MeasuredDerivative& derivative);
  /// The truths of these entries.
  const std::vector<gradcheck::Truth>& truths(const MeasuredDerivative& derivative);

 private:
  JudgeContext context_;
};

}  // namespace verigrad::runner
