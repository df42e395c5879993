#pragma once

#include <concepts>
#include <limits>
#include <type_traits>
#include <utility>

#include "engine/arithmetic.hpp"
#include "engine/broadcast.hpp"
#include "engine/define.hpp"
#include "engine/functions.hpp"

namespace verigrad {

/// The entry type of a number or of a tensor.
template <class V>
struct ScalarOf {
  using type = V;
};
template <class T>
struct ScalarOf<Tensor<T>> {
  using type = T;
};
template <class V>
using scalar_of = typename ScalarOf<V>::type;

namespace detail {

template <class Op>
constexpr std::size_t arity() {
  if constexpr (requires { Op::value(1.0, 1.0, 1.0, 1.0); }) {
    return 4;
  } else if constexpr (requires { Op::value(1.0, 1.0, 1.0); }) {
    return 3;
  } else if constexpr (requires { Op::value(1.0, 1.0); }) {
    return 2;
  } else {
    return 1;
  }
}

/// Op::vjp<i>(g, operands…, result).
template <class Op, std::size_t i, class V, std::size_t... k>
V call_vjp(const V& g, const V* operands, const V& result, std::index_sequence<k...>) {
  return Op::template vjp<i>(g, operands[k]..., result);
}

}  // namespace detail

/// The kernels that every elementwise definition gets.
template <class Op>
struct Elementwise {
  static constexpr std::size_t arity = detail::arity<Op>();
  using Index = std::make_index_sequence<arity>;

  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    static const std::string name(Signature(Op::info.signature).name());
    Shape result = operands[0];
    for (std::size_t i = 1; i < arity; ++i) result = broadcast(result, operands[i], name.c_str());
    return result;
  }

  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    const auto plan = make_plan<T, arity>(shape, operands);
    auto at = [&]<std::size_t... k>(std::index_sequence<k...>) {
      plan.run([&](std::int64_t i, auto... x) { y[i] = Op::value(x...); });
    };
    at(Index());
    return out;
  }

  /// The fused path evaluates the rule on numbers, entry by entry; while the backward pass is
  /// itself recorded, the same rule runs on tensors.
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    if (operand == 0) return vjp_of<0>(saved, g);
    if constexpr (arity > 1)
      if (operand == 1) return vjp_of<1>(saved, g);
    if constexpr (arity > 2)
      if (operand == 2) return vjp_of<2>(saved, g);
    if constexpr (arity > 3)
      if (operand == 3) return vjp_of<3>(saved, g);
    throw std::logic_error("operand out of range");
  }

  template <class T>
  static void branch(Operands<T> operands, const Attributes&, Branches& branches) {
    Shape shape = operands[0].shape();
    for (std::size_t i = 1; i < arity; ++i) shape = broadcast(shape, operands[i].shape(), "branch");
    make_plan<T, arity>(shape, operands).run([&](std::int64_t, auto... x) {
      branches.add(Op::branch(x...));
    });
  }

 private:
  template <std::size_t i, class T>
  static Tensor<T> vjp_of(const Saved<T>& saved, const Tensor<T>& g) {
    if constexpr (!Op::info.derivative[i].empty()) {
      constexpr unsigned needs = Op::info.needs[i];
      std::array<Tensor<T>, arity> x;
      for (std::size_t k = 0; k < arity; ++k)
        if (needs & (1U << k)) x[k] = saved.operand(k);
      const Tensor<T> y = (needs & result) ? saved.result() : Tensor<T>();
      const bool recorded = grad_enabled();
      return sum_to(
          recorded ? detail::call_vjp<Op, i>(g, x.data(), y, Index()) : fused<i>(g, x, y, Index()),
          saved.operand_shape(i));
    } else {
      throw std::logic_error("not differentiable");
    }
  }

  /// Values that the rule does not declare are NaN, so that reading one shows in every result.
  template <std::size_t i, class T, std::size_t... k>
  static Tensor<T> fused(const Tensor<T>& g, std::array<Tensor<T>, arity> x, Tensor<T> y,
                         std::index_sequence<k...>) {
    const Tensor<T> absent(std::numeric_limits<T>::quiet_NaN());
    const std::array<Tensor<T>, arity + 2> all{g, (x[k].defined() ? x[k] : absent)...,
                                               y.defined() ? y : absent};
    Tensor<T> out = Tensor<T>::uninitialised(g.shape());
    T* target = out.mutable_data();
    make_plan<T, arity + 2>(g.shape(), Operands<T>(all))
        .run([&](std::int64_t at, T cotangent, auto... rest) {
          target[at] = Op::template vjp<i>(cotangent, rest...);
        });
    return out;
  }
};

/// The row of an elementwise operation.
template <class Op>
Operation make_elementwise() {
  using E = Elementwise<Op>;
  auto kernels = []<class T>(T) {
    Kernels<T> k{&E::template forward<T>, &E::template vjp<T>, nullptr};
    if constexpr (
        requires(T x) { Op::branch(x); } || requires(T x) { Op::branch(x, x); } ||
        requires(T x) { Op::branch(x, x, x); })
      k.branch = &E::template branch<T>;
    return k;
  };
  return Operation{Op::info,         Signature(Op::info.signature), true,
                   &E::shape,        &detail::recorded_name<Op>,    kernels(float()),
                   kernels(double())};
}

/// The row of an operation, made once from its definition.
template <class Op>
const Operation& operation() {
  static const Operation row = [] {
    if constexpr (requires { &Op::shape; }) {
      return make_structural<Op>();
    } else {
      return make_elementwise<Op>();
    }
  }();
  return row;
}

/// The row a family's file offers to the table.
#define VERIGRAD_ROW(Op) &operation<Op>()

/// Defines the C++ functions declared in engine/functions.hpp for one definition struct.
#define VERIGRAD_DEFINE_UNARY(function, Op)              \
  template <class T>                                     \
  Tensor<T> function(const Tensor<T>& input) {           \
    return apply<T>(operation<Op>(), {input});           \
  }                                                      \
  template Tensor<float> function(const Tensor<float>&); \
  template Tensor<double> function(const Tensor<double>&);

#define VERIGRAD_DEFINE_BINARY(function, Op)                                   \
  template <class T>                                                           \
  Tensor<T> function(const Tensor<T>& input, const Tensor<T>& other) {         \
    return apply<T>(operation<Op>(), {input, other});                          \
  }                                                                            \
  template Tensor<float> function(const Tensor<float>&, const Tensor<float>&); \
  template Tensor<double> function(const Tensor<double>&, const Tensor<double>&);

}  // namespace verigrad
