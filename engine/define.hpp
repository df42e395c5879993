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
  Kernels<T> kernels{&Op::template forward<T>};
  if constexpr (requires { &Op::template vjp<T>; }) kernels.vjp = &Op::template vjp<T>;
  if constexpr (requires { &Op::template branch<T>; }) kernels.branch = &Op::template branch<T>;
  if constexpr (requires { Op::template entry_rule<T>(); })
    kernels.entries = Op::template entry_rule<T>();
  return kernels;
}

}  // namespace detail

/// See Operation::rules.
constexpr std::uint64_t rules_of(const OperationInfo& info, bool variadic) {
  if (variadic) return info.derivative[0].empty() ? 0 : ~std::uint64_t{0};
  std::uint64_t rules = 0;
  for (std::size_t i = 0; i < info.derivative.size(); ++i)
    if (!info.derivative[i].empty()) rules |= std::uint64_t{1} << i;
  return rules;
}

/// The row of a structural operation.
template <class Op>
Operation make_structural() {
  const Signature signature(Op::info.signature);
  return Operation{Op::info,
                   signature,
                   false,
                   &Op::shape,
                   &detail::recorded_name<Op>,
                   detail::structural_kernels<Op, float>(),
                   detail::structural_kernels<Op, double>(),
                   rules_of(Op::info, signature.variadic())};
}

}  // namespace verigrad
