#pragma once

#include <span>

#include "engine/elementwise.hpp"
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

/// The application itself; without dims and keepdim the attributes are made only once.
template <class Op, class T>
Tensor<T> reduce(const Tensor<T>& input, AttributeValue dims, bool keepdim) {
  static const AttributesRef over_all = make_attributes({std::monostate(), false});
  const bool all = !keepdim && std::holds_alternative<std::monostate>(dims);
  return apply<T>(operation<Op>(), {input},
                  all ? over_all : make_attributes({std::move(dims), keepdim}));
}

}  // namespace verigrad::detail

/// Defines the C++ functions of a reduction, over all entries and over dims; `attribute` is the
/// argument `dims` as an attribute.
#define VERIGRAD_DEFINE_REDUCTION(function, Op, Dims, attribute)        \
  template <class T>                                                    \
  Tensor<T> function(const Tensor<T>& input) {                          \
    return detail::reduce<Op>(input, std::monostate(), false);          \
  }                                                                     \
  template <class T>                                                    \
  Tensor<T> function(const Tensor<T>& input, Dims dims, bool keepdim) { \
    return detail::reduce<Op>(input, attribute, keepdim);               \
  }                                                                     \
  template Tensor<float> function(const Tensor<float>&);                \
  template Tensor<double> function(const Tensor<double>&);              \
  template Tensor<float> function(const Tensor<float>&, Dims, bool);    \
  template Tensor<double> function(const Tensor<double>&, Dims, bool);
