#pragma once

#include "engine/operation.hpp"

namespace verigrad {

// How a definition struct becomes a row of the table.
//
// A *structural* operation defines `info`, `shape`, `forward<T>`, `vjp<T>` and, when it has kinks,
// `branch<T>`. An *elementwise* operation defines `info`, `value(T…)` and, for each operand i that
// has a derivative, `vjp<i>(g, operands…, result)`; see engine/elementwise.hpp, which supplies the
// rest. Either may define `grad_fn(const Call&)` when its recorded name depends on the call.

namespace detail {

template <class Op>
std::string_view recorded_name(const Call& call) {
  if constexpr (requires { Op::grad_fn(call); }) {
    return Op::grad_fn(call);
  } else {
    return Op::info.grad_fn;
  }
}

template <class Op, class T>
constexpr Kernels<T> structural_kernels() {
  Kernels<T> kernels{&Op::template forward<T>, nullptr, nullptr};
  if constexpr (requires { &Op::template vjp<T>; }) kernels.vjp = &Op::template vjp<T>;
  if constexpr (requires { &Op::template branch<T>; }) kernels.branch = &Op::template branch<T>;
  return kernels;
}

}  // namespace detail

/// The row of a structural operation.
template <class Op>
Operation make_structural() {
  return Operation{Op::info,
                   Signature(Op::info.signature),
                   false,
                   &Op::shape,
                   &detail::recorded_name<Op>,
                   detail::structural_kernels<Op, float>(),
                   detail::structural_kernels<Op, double>()};
}

}  // namespace verigrad
