#pragma once

#include <optional>

#include "engine/program.hpp"

namespace verigrad::gradcheck {

/// A function f(x) as f(2 t): a rule that loses the factor of the function inside is right for f
/// alone, whose input is a leaf.
struct Composed {
  Program program;
  ValueId output = no_value;
  Point point;  ///< t where the leaf was
};

/// Puts t, with x = 2 t, in the place of a leaf; nothing where t is not exact. The derivative by t
/// is twice that by x.
std::optional<Composed> compose_with_doubling(const Program& program, const Point& point,
                                              ValueId output, std::size_t leaf);

}  // namespace verigrad::gradcheck
