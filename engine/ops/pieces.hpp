#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "engine/scalar.hpp"

namespace verigrad {

// What definitions of piecewise operations share, by inheritance.

/// The pieces of an operation whose only kink is where its first operand is 0.
struct KinkAtZero {
  template <class T, class... Rest>
  static std::int64_t branch(T x, Rest...) {
    return x > 0 ? 1 : x < 0 ? -1 : 0;
  }
};

/// Twice the integer part, plus one between integers: constant on each piece of a step function.
/// From 2^52 on every number is a piece of its own.
template <class T>
std::int64_t integer_piece(T x) {
  const auto wide = static_cast<double>(x);
  if (!(std::abs(wide) < 0x1p52)) return std::bit_cast<std::int64_t>(wide);
  const double below = std::floor(wide);
  return 2 * static_cast<std::int64_t>(below) + (wide == below ? 0 : 1);
}

/// The rule of a function that is constant on each of its pieces.
struct FlatPieces {
  template <std::size_t, class V>
  static V vjp(const V& g, const V&, const V&) {
    return zeros_like(g);
  }
};

/// A function that is constant between integers.
struct IntegerSteps : FlatPieces {
  template <class T>
  static std::int64_t branch(T x) {
    return integer_piece(x);
  }
};

/// A function that is its first operand, but not below the second nor above the third; where these
/// cross it is the third.
struct BetweenBounds {
  template <class T>
  static T value(T x, T low, T high) {
    return minimum(maximum(x, low), high);
  }
  template <class T>
  static std::int64_t branch(T x, T low, T high) {
    return (x < low ? -1 : x > low ? 1 : 0) * 4 + (x < high ? -1 : x > high ? 1 : 0);
  }
};

/// Defines the C++ functions of an operation of three operands.
#define VERIGRAD_DEFINE_TERNARY(function, Op)                                              \
  template <class T>                                                                       \
  Tensor<T> function(const Tensor<T>& input, const AsTensor<T>& a, const AsTensor<T>& b) { \
    return call<Op>(input, a, b);                                                          \
  }                                                                                        \
  template Tensor<float> function(const Tensor<float>&, const AsTensor<float>&,            \
                                  const AsTensor<float>&);                                 \
  template Tensor<double> function(const Tensor<double>&, const AsTensor<double>&,         \
                                   const AsTensor<double>&);

}  // namespace verigrad
