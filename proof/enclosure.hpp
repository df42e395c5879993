#pragma once

#include <optional>
#include <string_view>

#include "engine/program.hpp"
#include "proof/ball.hpp"

namespace verigrad::proof {

/// What is proven of one entry of a derivative.
enum class Outcome {
  enclosed,
  undecided,  ///< more bits than the limit allows may decide
  flat,       ///< a kink is met by a germ that is 0 as far as series reach
  edge,       ///< a one-sided derivative is infinite
  jump,       ///< a side does not meet the value at the point
  outside,    ///< outside the function's domain
  exhausted,  ///< the proof would take more work than its limit
  uncovered,  ///< the room does not have one of the operations
};

std::string_view to_string(Outcome outcome);

/// The value of an output at a point, and the hull of its one-sided derivatives by an input; both
/// mean something only when they are enclosed. Where the function is smooth, the hull is a sharp
/// enclosure of the derivative; at a kink it is an interval.
struct Enclosure {
  Outcome outcome = Outcome::undecided;
  Ball value{};
  Ball derivative{};
  /// At a kink: the derivatives of the sides, x - ε and x + ε. A side outside the domain has the
  /// other's; beside more inputs than are looked at one by one, the hull's ends stand here.
  bool kinked = false;
  Ball left{}, right{};
  /// Where the conventions of the operations that meet a kink may put the derivative, if known.
  std::optional<Ball> conventions{};
  /// The derivative with every product along every path taken by its absolute value, if known: how
  /// large the terms are that may cancel.
  std::optional<double> paths{};
  slong bits = 0;                        ///< the precision of the derivative; 0 when there is none
  const Operation* uncovered = nullptr;  ///< the first operation that the room does not have
};

/// How far an enclosure is driven: precision doubles from the first to the last bits until
/// derivatives have `relative_bits`, are 0, or are below half the smallest positive number of the
/// Program's precision. Series at kinks have up to `length` terms.
struct Limits {
  slong first_bits = 128;
  slong last_bits = 16384;
  slong relative_bits = 80;
  slong length = 16;
  double work = 1e7;                ///< operations on balls of 128 bits
  std::optional<double> seconds{};  ///< none, so that runs repeat
  std::size_t kinked_inputs = 64;   ///< looked at one by one; beyond, hulls are taken
};

/// Whether a ball is as small as it need be.
bool sharp(const Ball& ball, const Limits& limits, DType dtype);

}  // namespace verigrad::proof
