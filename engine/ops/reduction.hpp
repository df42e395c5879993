#pragma once

#include <span>

#include "engine/ops/dims.hpp"

namespace verigrad::detail {

/// What the reductions `op(input, dim: dims = None, keepdim: flag = False)` share.
template <class Op>
struct Reduction {
  static DimSet dims(const Attributes& attributes, const Shape& input) {
    return dim_set(Op::name, attributes, 0, input);
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    return reduced(operands[0], dims(attributes, operands[0]), attributes.flag(1));
  }
  /// Whether this is PyTorch's overload without `dim`.
  static bool over_all(const Attributes& attributes) {
    return attributes.is_none(0) && !attributes.flag(1);
  }
};

}  // namespace verigrad::detail
