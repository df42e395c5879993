// How far an operation's operand may move before its values stop looking like a polynomial.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/operation.hpp"

namespace verigrad::gradcheck::detail {

/// The distance from a number x to where the power series of an elementwise operation around it
/// stops telling about it: the nearest pole or branch point, or 1 for functions that have none
/// (exp, sin) or only complex ones (tanh, sigmoid).
struct Smoothness {
  enum class Kind {
    polynomial,  ///< of low degree, between kinks: any distance
    unit,        ///< 1
    domain,      ///< to the ends of the domain
    zero         ///< to 0
  };
  Kind kind = Kind::unit;
  Interval domain{};

  double radius(double x) const;
};

/// For one operand; nothing where it is not known, as of parameters that scale another operand.
std::optional<Smoothness> smoothness(const Operation& operation, std::size_t operand);

}  // namespace verigrad::gradcheck::detail
