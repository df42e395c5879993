// How far an operation's operand may move before its values stop looking like a polynomial.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/pack.hpp"
#include "engine/program.hpp"

namespace verigrad::gradcheck::detail {

/// The distance from a number x to where the power series of an elementwise operation around it
/// stops telling about it: the nearest pole or branch point, or 1 for functions that have none
/// (exp, sin) or only complex ones (tanh, sigmoid).
struct Smoothness {
  enum class Kind {
    linear,     ///< between kinks: any distance
    quadratic,  ///< any distance
    unit,       ///< 1
    domain,     ///< to the ends of the domain
    zero        ///< to 0
  };
  Kind kind = Kind::linear;
  Interval domain{};

  bool is_polynomial() const { return kind == Kind::linear || kind == Kind::quadratic; }

  /// Calls use(radius), where radius(x) is that distance for numbers and packs, 0 outside of the
  /// domain. Not for
  /// polynomials, where it is infinite.
  template <class Use>
  void with_radius(Use use) const {
    if (kind == Kind::unit) {
      use([](auto x) { return decltype(x)(1.0); });
    } else if (kind == Kind::zero) {
      use([](auto x) { return abs(x); });
    } else {
      use([this](auto x) {
        using T = decltype(x);
        return maximum(minimum(x - T(domain.lower), T(domain.upper) - x), T(0.0));
      });
    }
  }
};

/// For one operand of an application; nothing where it is not known, as of parameters that scale
/// another operand.
std::optional<Smoothness> smoothness(const Program& program, const Value& value,
                                     std::size_t operand);

}  // namespace verigrad::gradcheck::detail
