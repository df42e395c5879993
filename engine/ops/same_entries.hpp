#pragma once

#include "engine/ops/dims.hpp"

namespace verigrad {

/// What operations share, by inheritance, that put the entries under another shape and leave their
/// order alone.
struct SameEntries {
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    return Tensor<T>(shape, operands[0].entries());
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return reshaped(g, saved.operand_shape(0));
  }
};

}  // namespace verigrad
