#pragma once

#include <string>
#include <vector>

#include "tests/accuracy/engine_pass.hpp"
#include "tests/accuracy/truth.hpp"

namespace verigrad::accuracy {

/// A value (no operand) or a derivative by one operand.
struct Target {
  std::size_t operand = 4;

  bool is_value() const { return operand == 4; }
};

/// `value`, or `d/input` with the operand's name.
std::string name_of(const Formula& formula, Target target);

/// The targets that the operation of the table has.
std::vector<Target> targets(const Formula& formula);

/// What this row is held to: the formula's `value_bound`, `derivative_bound`, or its exception's.
template <class T>
double bound_of(const Formula& formula, Target target);

/// The exception for a derivative, or null.
template <class T>
const Exception* exception_of(const Formula& formula, Target target);

/// A point and how far the engine is off there, in ulp.
struct Worst {
  double ulps = 0;
  Point x{};
};

/// The judgements over a list of points.
struct Row {
  std::size_t normal = 0;               ///< points whose truth is 0 or rounds to a normal number
  std::array<std::size_t, 4> within{};  ///< of those, within 1/2, 1, 2, 4 ulp
  std::size_t by_largest_term = 0;
  std::size_t subnormal = 0, overflow = 0;
  std::size_t undecided = 0;
  /// NaN or infinite where the truth is finite, or not infinite where it overflows by far.
  std::size_t invalid = 0;
  double worst_subnormal = 0;  ///< in units of the least subnormal number
  std::vector<Worst> worst;    ///< the farthest at normal truths, worst first, at most `kept`

  static constexpr std::size_t kept = 8;
  double maximum() const { return worst.empty() ? 0 : worst[0].ulps; }
};

/// Adds the judgement of one computed number to the row.
template <class T>
void add(Row& row, const Formula& formula, Target target, T computed, const Point& x);

/// The rows of an operation, in the order of `targets`.
template <class T>
std::vector<Row> measure(const Formula& formula, std::span<const Point> points,
                         const Computed<T>& computed);

}  // namespace verigrad::accuracy
