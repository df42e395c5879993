#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <utility>

#include "engine/operation.hpp"
#include "engine/pack.hpp"

namespace verigrad {

/// Whether a definition's `value` and rules also run on packs (engine/pack.hpp): it says so by
/// `static constexpr bool packed = true`.
template <class Op>
concept PackedOp = requires {
  requires Op::packed;
};

/// Whether a packed definition of one operand computes values and slopes together, by `joint`; its
/// rule is then the cotangent times the slope, and reads the operand alone.
template <class Op, class T>
concept JointOp = PackedOp<Op> && requires(Pack<T> x) {
  { Op::joint(x) } -> std::same_as<ValueAndSlope<T>>;
};

/// The share of a cotangent whose slopes are there.
template <class T>
void packed_product(const T* const* operands, T* results, std::int64_t n) {
  const T *g = operands[0], *slopes = operands[1];
  for (std::int64_t i = 0; i < n; i += Pack<T>::size)
    (Pack<T>::load(g + i) * Pack<T>::load(slopes + i)).store(results + i);
}

/// A definition's value and rules as loops over blocks.
template <class Op, std::size_t arity, class Index = std::make_index_sequence<arity>>
struct BlockLoops;

template <class Op, std::size_t arity, std::size_t... k>
struct BlockLoops<Op, arity, std::index_sequence<k...>> {
  template <class T>
  static void value(const T* const* operands, T* results, std::int64_t n) {
    const std::array<const T*, arity> x{operands[k]...};
    for (std::int64_t i = 0; i < n; ++i) results[i] = Op::value(x[k][i]...);
  }
  template <class T>
  static void packed_value(const T* const* operands, T* results, std::int64_t n) {
    const std::array<const T*, arity> x{operands[k]...};
    for (std::int64_t i = 0; i < n; i += Pack<T>::size) {
      if constexpr (JointOp<Op, T>) {
        Op::joint(Pack<T>::load(x[k] + i)...).value.store(results + i);
      } else {
        Pack<T>(Op::value(Pack<T>::load(x[k] + i)...)).store(results + i);
      }
    }
  }
  template <class T>
  static void sides(const T* const* operands, std::int64_t* results, std::int64_t n) {
    const std::array<const T*, arity> x{operands[k]...};
    for (std::int64_t i = 0; i < n; ++i) results[i] = Op::branch(x[k][i]...);
  }
  template <class T>
  static void both(const T* x, T* values, T* slopes, std::int64_t n) {
    for (std::int64_t i = 0; i < n; i += Pack<T>::size) {
      const ValueAndSlope<T> pair = Op::joint(Pack<T>::load(x + i));
      pair.value.store(values + i);
      pair.slope.store(slopes + i);
    }
  }
  template <class T>
  static void share(const T* const* operands, T* results, std::int64_t n) {
    const T *g = operands[0], *x = operands[1];
    for (std::int64_t i = 0; i < n; i += Pack<T>::size)
      (Pack<T>::load(g + i) * Op::joint(Pack<T>::load(x + i)).slope).store(results + i);
  }
  /// The operands are the cotangent, the operation's operands and its result. Values that the rule
  /// does not declare are NaN, so that reading one shows in every result; their pointers are null.
  template <std::size_t by, class T>
  static void vjp(const T* const* operands, T* results, std::int64_t n) {
    const T *g = operands[0], *y = operands[arity + 1];
    const std::array<const T*, arity> x{operands[k + 1]...};
    for (std::int64_t i = 0; i < n; ++i)
      results[i] = Op::template vjp<by>(g[i], value_at<declares<by>(1U << k)>(x[k], i)...,
                                        value_at<declares<by>(result)>(y, i));
  }
  template <std::size_t by, class T>
  static void packed_vjp(const T* const* operands, T* results, std::int64_t n) {
    const T *g = operands[0], *y = operands[arity + 1];
    const std::array<const T*, arity> x{operands[k + 1]...};
    for (std::int64_t i = 0; i < n; i += Pack<T>::size)
      Pack<T>(Op::template vjp<by>(Pack<T>::load(g + i), pack_at<declares<by>(1U << k)>(x[k], i)...,
                                   pack_at<declares<by>(result)>(y, i)))
          .store(results + i);
  }

 private:
  template <std::size_t by>
  static constexpr bool declares(unsigned value) {
    return (Op::info.needs[by] & value) != 0;
  }
  template <bool declared, class T>
  static T value_at(const T* entries, std::int64_t i) {
    return declared ? entries[i] : std::numeric_limits<T>::quiet_NaN();
  }
  template <bool declared, class T>
  static Pack<T> pack_at(const T* entries, std::int64_t i) {
    return declared ? Pack<T>::load(entries + i) : Pack<T>(std::numeric_limits<T>::quiet_NaN());
  }
};

}  // namespace verigrad
