#pragma once

#include <concepts>
#include <limits>
#include <type_traits>
#include <utility>

#include "engine/arithmetic.hpp"
#include "engine/block_loops.hpp"
#include "engine/blocks.hpp"
#include "engine/broadcast.hpp"
#include "engine/define.hpp"
#include "engine/functions.hpp"
#include "engine/pack.hpp"

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
template <class T>
struct ScalarOf<Pack<T>> {
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

/// The operands whose share is the cotangent itself, which is then handed on without a call of
/// `vjp`: a union of Needs, which a definition of the table gives as a member `passes_cotangent`.
template <class Op>
constexpr std::uint8_t passing_operands() {
  if constexpr (requires { Op::passes_cotangent; }) {
    return Op::passes_cotangent;
  } else {
    return nothing;
  }
}

}  // namespace detail

/// The kernels that every elementwise definition gets.
template <class Op>
struct Elementwise {
  static constexpr std::size_t arity = detail::arity<Op>();
  using Index = std::make_index_sequence<arity>;
  using Loops = BlockLoops<Op, arity>;
  template <class T>
  using Impls = std::array<const TensorImpl<T>*, arity>;

  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    Shape result = operands[0];
    for (std::size_t i = 1; i < arity; ++i)
      if (!(result == operands[i])) result = broadcast(result, operands[i], name().c_str());
    return result;
  }

  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    Impls<T> impls;
    for (std::size_t k = 0; k < arity; ++k) impls[k] = operands[k].impl().get();
    return value_of<T>(impls, ShapeRef(shape));
  }

  template <class T>
  static Tensor<T> scalar_value(const Impls<T>& operands) {
    return [&]<std::size_t... k>(std::index_sequence<k...>) {
      return Tensor<T>::scalar(Op::value(*operands[k]->storage->data()...));
    }
    (Index());
  }

  template <class T>
  static Tensor<T> value_of(const Impls<T>& operands, const ShapeRef& shape) {
    std::array<BlockOperand<T>, arity> blocks;
    for (std::size_t k = 0; k < arity; ++k)
      blocks[k] = {operands[k]->storage.get(), &*operands[k]->shape};
    return blockwise<T>(value_kernels<T>, shape, blocks);
  }

  /// The value, and the slopes where they are worth keeping for the backward pass.
  template <class T>
  static Tensor<T> value_to_record(const Impls<T>& operands, Ref<Storage<T>>& slopes) {
    if constexpr (JointOp<Op, T>) {
      const ShapeRef& shape = operands[0]->shape;
      const std::int64_t n = shape->numel();
      if (value_kernels<T>.choose(n) == value_kernels<T>.packed && !defers(n)) {
        Tensor<T> out = Tensor<T>::uninitialised(shape);
        slopes = Storage<T>::allocate(n);
        Loops::both(operands[0]->storage->data(), out.impl()->storage->fresh_data(),
                    slopes->fresh_data(), n);
        return out;
      }
    }
    return value_of<T>(operands, broadcast_of<T>(operands));
  }

  /// The value as a tensor that shares nothing with its operands.
  template <class T>
  static Tensor<T> unrecorded_value(const Impls<T>& operands) {
    return value_of<T>(operands, broadcast_of<T>(operands).own());
  }

  /// The fused path evaluates the rule on numbers or packs; while the backward pass is itself
  /// recorded, the same rule runs on tensors.
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

  /// The rule for 0-dim operands and result.
  template <class T>
  static T number_vjp(const Saved<T>& saved, T g, std::size_t operand) {
    if (operand == 0) return number_vjp_of<0>(saved, g, Index());
    if constexpr (arity > 1)
      if (operand == 1) return number_vjp_of<1>(saved, g, Index());
    if constexpr (arity > 2)
      if (operand == 2) return number_vjp_of<2>(saved, g, Index());
    if constexpr (arity > 3)
      if (operand == 3) return number_vjp_of<3>(saved, g, Index());
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

  /// The rule as it computes the entries for `stands_for`.
  template <class T>
  static EntryRule<T> entry_rule(decltype(EntryRule<T>::stands_for) stands_for) {
    EntryRule<T> rule{&value_kernels<T>, nullptr, stands_for};
    if constexpr (branches<T>) rule.sides = &Loops::template sides<T>;
    return rule;
  }

  static const std::string& name() {
    static const std::string text(Signature(Op::info.signature).name());
    return text;
  }

  /// Whether the operation has kinks.
  template <class T>
  static constexpr bool branches = requires(T x) {
    Op::branch(x);
  }
  || requires(T x) { Op::branch(x, x); }
  || requires(T x) { Op::branch(x, x, x); };

 private:
  /// Shared with an operand where that has it.
  template <class T>
  static ShapeRef broadcast_of(const Impls<T>& operands) {
    const ShapeRef& first_shape = operands[0]->shape;
    bool equal = true;
    for (std::size_t k = 1; k < arity; ++k) equal = equal && operands[k]->shape == first_shape;
    if (equal) return first_shape;
    Shape whole = *first_shape;
    for (std::size_t k = 1; k < arity; ++k)
      whole = broadcast(whole, *operands[k]->shape, name().c_str());
    for (std::size_t k = 0; k < arity; ++k)
      if (*operands[k]->shape == whole) return operands[k]->shape;
    return ShapeRef(whole);
  }

  template <std::size_t i>
  static constexpr bool has_rule = !Op::info.derivative[i].empty();
  template <std::size_t i, std::size_t k>
  static constexpr bool reads = (Op::info.needs[i] & (1U << k)) != 0;
  template <std::size_t i>
  static constexpr bool passes_cotangent = (detail::passing_operands<Op>() & (1U << i)) != 0;
  template <std::size_t i>
  static constexpr bool reads_result = (Op::info.needs[i] & result) != 0;

  template <class T>
  static constexpr JointKernels<T> joint_kernels{&Loops::template packed_value<T>,
                                                 &Loops::template share<T>,
                                                 &Loops::template both<T>, &packed_product<T>};
  template <class T>
  static constexpr KernelPair<T> value_kernels = [] {
    KernelPair<T> pair{&Loops::template value<T>, &Loops::template value<T>};
    if constexpr (PackedOp<Op>) pair.packed = &Loops::template packed_value<T>;
    if constexpr (JointOp<Op, T>) pair.joint = &joint_kernels<T>;
    return pair;
  }();
  template <std::size_t i, class T>
  static constexpr KernelPair<T> vjp_kernels = [] {
    KernelPair<T> pair{&Loops::template vjp<i, T>, &Loops::template vjp<i, T>};
    if constexpr (JointOp<Op, T>) {
      pair.packed = &Loops::template share<T>;
      pair.joint = &joint_kernels<T>;
    } else if constexpr (PackedOp<Op>) {
      pair.packed = &Loops::template packed_vjp<i, T>;
    }
    return pair;
  }();

  template <std::size_t i, class T>
  static Tensor<T> vjp_of(const Saved<T>& saved, const Tensor<T>& g) {
    if constexpr (has_rule<i>) {
      Tensor<T> share = grad_enabled() ? recorded<i>(saved, g, Index()) : fused<i>(saved, g);
      if (share.impl()->shape == saved.operand_shape_ref(i)) return share;
      return sum_to(share, saved.operand_shape(i));
    } else {
      throw std::logic_error("not differentiable");
    }
  }

  template <std::size_t i, class T, std::size_t... k>
  static Tensor<T> recorded(const Saved<T>& saved, const Tensor<T>& g, std::index_sequence<k...>) {
    const std::array<Tensor<T>, arity> x{(reads<i, k> ? saved.operand(k) : Tensor<T>())...};
    const Tensor<T> y = reads_result<i> ? saved.result() : Tensor<T>();
    return Op::template vjp<i>(g, x[k]..., y);
  }

  template <std::size_t i, class T>
  static Tensor<T> fused(const Saved<T>& saved, const Tensor<T>& g) {
    if constexpr (passes_cotangent<i>) return g;
    std::array<BlockOperand<T>, arity + 2> blocks;
    blocks[0] = {g.impl()->storage.get(), &g.shape()};
    const Tensor<T>* reuse = saved.may_overwrite(g) ? &g : nullptr;
    if constexpr (JointOp<Op, T>) {
      static_assert(Op::info.needs[0] == first, "the result's place is the slopes'");
      if (saved.has_slopes() && !strict_math()) {
        saved.operand_entries(0);  // refuses those that have changed since
        blocks[1] = {&saved.slopes(), &saved.shape()};
        return blockwise<T>({packed_product<T>, packed_product<T>}, g.impl()->shape, blocks, reuse);
      }
    }
    for (std::size_t k = 0; k < arity; ++k)
      if ((Op::info.needs[i] & (1U << k)) != 0)
        blocks[k + 1] = {&saved.operand_entries(k), &saved.operand_shape(k)};
    if (reads_result<i>) blocks[arity + 1] = {&saved.result_entries(), &saved.shape()};
    return blockwise<T>(vjp_kernels<i, T>, g.impl()->shape, blocks, reuse);
  }

  template <std::size_t i, class T, std::size_t... k>
  static T number_vjp_of(const Saved<T>& saved, T g, std::index_sequence<k...>) {
    if constexpr (has_rule<i>) {
      constexpr T absent = std::numeric_limits<T>::quiet_NaN();
      const std::array<T, arity> x{(reads<i, k> ? *saved.operand_entries(k).data() : absent)...};
      const T y = reads_result<i> ? *saved.result_entries().data() : absent;
      return Op::template vjp<i>(g, x[k]..., y);
    } else {
      throw std::logic_error("not differentiable");
    }
  }
};

/// The row of an elementwise operation.
template <class Op>
Operation make_elementwise() {
  using E = Elementwise<Op>;
  auto kernels = []<class T>(T) {
    Kernels<T> k{&E::template forward<T>, &E::template vjp<T>, nullptr, &E::template number_vjp<T>,
                 &E::template vjp<T>};
    if constexpr (E::template branches<T>) k.branch = &E::template branch<T>;
    k.entries = E::template entry_rule<T>(k.forward);
    return k;
  };
  return Operation{Op::info,          Signature(Op::info.signature), true,
                   &E::shape,         &detail::recorded_name<Op>,    kernels(float()),
                   kernels(double()), rules_of(Op::info, false)};
}

template <class Op>
[[gnu::noinline]] Operation make_operation() {
  if constexpr (requires { &Op::shape; }) {
    return make_structural<Op>();
  } else {
    return make_elementwise<Op>();
  }
}

/// The row of an operation, made once from its definition.
template <class Op>
[[gnu::always_inline]] inline const Operation& operation() {
  static const Operation row = make_operation<Op>();
  return row;
}

namespace detail {

/// By the table: what a recording sees.
template <class T, class... Operand>
[[gnu::noinline, gnu::cold]] Tensor<T> apply_recorded(const Operation& row,
                                                      const Operand&... operands) {
  return apply<T>(row, {operands...});
}

}  // namespace detail

/// Applies an elementwise operation without going through the table: what the C++ functions call.
template <class Op, class T, class... Rest>
Tensor<T> apply_elementwise(const Tensor<T>& first_operand, const Rest&... rest) {
  using E = Elementwise<Op>;
  const Operation& row = operation<Op>();
  if (recording<T>() != nullptr) [[unlikely]]
    return detail::apply_recorded<T>(row, first_operand, rest...);
  const std::array<const Tensor<T>*, E::arity> operands{&first_operand, &rest...};
  typename E::template Impls<T> impls;
  bool numbers = true, scalars = true, tracked = false;
  unsigned needs = nothing;
  for (std::size_t k = 0; k < E::arity; ++k) {
    impls[k] = operands[k]->impl().get();
    if (impls[k] == nullptr) refuse_undefined(row, k);
    numbers = numbers && impls[k]->is_number;
    scalars = scalars && impls[k]->shape.is_scalar();
    if (Op::info.derivative[k].empty() || !impls[k]->tracked()) continue;
    tracked = true;
    needs |= Op::info.needs[k];
  }
  tracked = tracked && grad_enabled();
  Ref<Storage<T>> slopes;
  Tensor<T> out = scalars   ? E::template scalar_value<T>(impls)
                  : tracked ? E::template value_to_record<T>(impls, slopes)
                            : E::template unrecorded_value<T>(impls);
  TensorImpl<T>& made = *out.impl();
  if (tracked) {
    made.grad_fn = Node<T>::create(row, operands, rules_of(Op::info, false), needs & 15U,
                                   (needs & result) != 0, made);
    if (slopes) made.grad_fn->keep_slopes(slopes);
  } else {
    made.is_number = numbers;
  }
  return out;
}

/// Applies the operation that a definition struct describes.
template <class Op, class T, class... Rest>
Tensor<T> call(const Tensor<T>& input, const Rest&... rest) {
  if constexpr (requires { &Op::shape; }) {
    return apply<T>(operation<Op>(), {input, rest...});
  } else {
    return apply_elementwise<Op>(input, rest...);
  }
}

/// The row a family's file offers to the table.
#define VERIGRAD_ROW(Op) &operation<Op>()

/// Defines the C++ functions declared in engine/functions.hpp for one definition struct.
#define VERIGRAD_DEFINE_UNARY(function, Op)              \
  template <class T>                                     \
  Tensor<T> function(const Tensor<T>& input) {           \
    return call<Op>(input);                              \
  }                                                      \
  template Tensor<float> function(const Tensor<float>&); \
  template Tensor<double> function(const Tensor<double>&);

#define VERIGRAD_DEFINE_BINARY(function, Op)                                   \
  template <class T>                                                           \
  Tensor<T> function(const Tensor<T>& input, const Tensor<T>& other) {         \
    return call<Op>(input, other);                                             \
  }                                                                            \
  template Tensor<float> function(const Tensor<float>&, const Tensor<float>&); \
  template Tensor<double> function(const Tensor<double>&, const Tensor<double>&);

}  // namespace verigrad
