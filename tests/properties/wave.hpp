// An operation of one's own, which proofs do not have.
#pragma once

#include "engine/custom_operation.hpp"
#include "engine/functions.hpp"

namespace verigrad::properties {

/// x sin x, or with a sign wrong in its derivative.
template <bool right>
struct Wave {
  static constexpr OperationInfo info{
      .signature = "wave(input)",
      .grad_fn = "WaveBackward0",
      .value = "input * sin(input)",
      .derivative = {"sin(input) + input * cos(input)"},
      .latex = R"(x \sin x)",
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return x * sin(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return right ? g * (sin(x) + x * cos(x)) : g * (sin(x) - x * cos(x));
  }
};

}  // namespace verigrad::properties
