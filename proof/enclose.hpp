#pragma once

#include <string_view>
#include <vector>

#include "proof/evaluate.hpp"

namespace verigrad::proof {

/// What is proven of one entry of a derivative.
enum class Outcome {
  enclosed,
  undecided,  ///< more bits than the limit allows may decide
  flat,       ///< a kink is met by a germ that is 0 as far as series reach
  edge,       ///< a one-sided derivative is infinite
  jump,       ///< a side does not meet the value at the point
  outside,    ///< outside the function's domain
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
  slong bits = 0;                        ///< the precision that sufficed
  const Operation* uncovered = nullptr;  ///< the first operation that the room does not have
};

/// How far an enclosure is driven: precision doubles from the first to the last bits until value
/// and one-sided derivatives have `relative_bits`, are 0, or are below half the smallest positive
/// number of the Program's precision. Series at kinks have up to `length` terms.
struct Limits {
  slong first_bits = 128;
  slong last_bits = 16384;
  slong relative_bits = 80;
  slong length = 16;
};

/// The derivative of every entry of `root` by one entry of a leaf. The germs x ± ε are evaluated as
/// power series in balls; no rule of differentiation is involved but the chain rule of series.
std::vector<Enclosure> derivatives(const Program& program, const Point& point, ValueId root,
                                   const Input& input, const Limits& limits = {});

}  // namespace verigrad::proof
