#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/operation.hpp"
#include "tests/accuracy/random.hpp"
#include "tests/accuracy/real.hpp"

namespace verigrad::accuracy {

/// One value for each operand.
using Point = std::array<double, 4>;

/// A formula in the operands x[0], x[1], …
using Function = Real (*)(const Real* x);

/// A condition on the operands of a point, when the derivative by `operand` is asked for.
using Condition = bool (*)(const Point& x, std::size_t operand);

/// How far from the truth the computed numbers may be, in ulp.
inline constexpr double derivative_bound = 4;

/// What happens near a zero of a value or derivative: where x[operand] (1 ± 2 ** -10) encloses the
/// zero, errors are measured in ulp of the largest term.
struct NearZero {
  Function largest = nullptr;
  std::string_view text{};  ///< the terms, for the page
};

/// A derivative that is known to miss `derivative_bound`, why, and what it is held to.
struct Exception {
  std::size_t operand;
  double bound;
  bool only_float;       ///< concerns float32 alone
  bool by_largest_term;  ///< in ulp of the largest term everywhere, not only near the zero
  std::string_view reason;
};

/// The mathematics of one elementwise operation, written without regard to how the engine computes
/// it, and where it is to be tried. Operands are those of the operation's signature, in its order.
struct Formula {
  std::string_view operation;
  /// The structural arguments that differ from their defaults, by name.
  std::vector<std::pair<std::string_view, AttributeValue>> attributes{};
  Function value = nullptr;
  /// By each operand; null where the operation has no derivative by it.
  std::array<Function, 4> derivative{};
  /// Whether the value is defined; everywhere when null.
  Condition defined = nullptr;
  /// Whether the derivative by `operand` exists, at a point where the value does; everywhere when
  /// null. Excludes kinks and ends of domains: what holds there is a convention, tested with the
  /// engine.
  Condition smooth = nullptr;
  /// Where each operand is drawn from beside the table's typical range and the neighbourhood of its
  /// special points: `domain` with log-uniform magnitudes and log-uniform distances from its finite
  /// ends, `uniform` evenly. When a domain is not given it is the table's. An interval of `uniform`
  /// is for double; for float an eighth of it is drawn from as well, the ratio of the exponents.
  std::array<std::optional<Interval>, 4> domain{};
  std::array<std::vector<Interval>, 4> uniform{};
  /// Draws the operands of one point together, for operands that only matter together or points
  /// that only a formula finds. `x` holds an ordinary point.
  void (*together)(Random& random, Point& x) = nullptr;
  NearZero value_near_zero{};
  std::array<NearZero, 4> derivative_near_zero{};
  /// What the value may be off by, in ulp, of the functions of glibc's libm plus the formula's own
  /// roundings.
  double value_bound = 1;
  std::vector<Exception> exceptions{};
};

/// All formulas, in the table's order of families. Some are of operations that the table need not
/// have.
std::span<const Formula> formulas();

/// The operation's name with its structural arguments, other than a reduction: `polygamma(n=1)`.
std::string label(const Formula& formula);

/// The formulas of an operation: more than one when it has structural arguments.
std::vector<const Formula*> find_formulas(std::string_view operation);

/// The formulas of the operations that the table has.
std::vector<const Formula*> formulas_of_table();

std::vector<Formula> arithmetic_formulas();
std::vector<Formula> exponential_formulas();
std::vector<Formula> trigonometric_formulas();
std::vector<Formula> activation_formulas();
std::vector<Formula> special_formulas();
std::vector<Formula> piecewise_formulas();
std::vector<Formula> loss_formulas();

/// A Function, from an expression in x[0], x[1], …
#define VERIGRAD_OF(...) [](const Real* x) -> Real { return (void)x, __VA_ARGS__; }
/// A Condition, from an expression in x[0], x[1], … and operand.
#define VERIGRAD_WHEN(...)                                                            \
  []([[maybe_unused]] const Point& x, [[maybe_unused]] std::size_t operand) -> bool { \
    return __VA_ARGS__;                                                               \
  }

}  // namespace verigrad::accuracy
