#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

#include "engine/attributes.hpp"
#include "engine/node.hpp"
#include "engine/tensor.hpp"

namespace verigrad {

/// A range of real numbers; infinite ends are open.
struct Interval {
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
  bool lower_open = false;
  bool upper_open = false;

  bool contains(double x) const {
    return (lower_open ? x > lower : x >= lower) && (upper_open ? x < upper : x <= upper);
  }
};

inline constexpr Interval reals{};
inline constexpr Interval positive{.lower = 0, .lower_open = true};

/// Up to eight points of the line, written in an operation's definition as `{0, 1}`.
struct Points {
  std::array<double, 8> values{};
  std::size_t count = 0;

  constexpr Points() = default;
  constexpr Points(std::initializer_list<double> points) {
    for (double point : points) values[count++] = point;
  }
  std::span<const double> span() const { return {values.data(), count}; }
};

/// Which saved values the derivative for one operand reads: a union of these.
enum Needs : std::uint8_t {
  nothing = 0,
  first = 1,
  second = 2,
  third = 4,
  fourth = 8,
  result = 16,
  others = 32  ///< for an operation on a list: all operands but the one in question
};

/// What an operation says about itself; everything that lists, documents, samples or tests
/// operations reads this.
struct OperationInfo {
  /// Call syntax, see Signature: `sum(input, dim: dims = None, keepdim: flag = False)`.
  std::string_view signature;
  /// PyTorch's name of the recorded operation. An operation with several names has a function
  /// `grad_fn` beside this and gives the usual one here.
  std::string_view grad_fn;
  /// The value as text of the language, in the names of the signature.
  std::string_view value;
  /// The derivative with respect to each operand, as text; empty when it has none.
  std::array<std::string_view, 4> derivative{};
  std::string_view latex;
  /// Where the value is defined and finite, for each operand.
  std::array<Interval, 4> domain{};
  /// Bounded ranges from which ordinary test values are drawn.
  std::array<Interval, 4> typical{Interval{-3, 3}, Interval{-3, 3}, Interval{-3, 3},
                                  Interval{-3, 3}};
  /// Where the derivative jumps, as text; empty when the operation is smooth on its domain.
  std::string_view kinks{};
  /// Values of the operands worth trying: kinks, domain ends, zeros, saturation and overflow
  /// onsets.
  Points special{};
  /// What each operand's derivative reads.
  std::array<std::uint8_t, 4> needs{};
  /// Part of other operations' derivatives, not offered as a function of the language.
  bool internal = false;
  /// The operands that are index tensors, as a union of Needs: their entries must be integers in
  /// range, and they take no gradient.
  std::uint8_t indices = nothing;
};

/// Accumulates which side of every kink an evaluation took, so that a difference quotient can tell
/// whether its points lie on one smooth piece.
class Branches {
 public:
  void add(std::int64_t side) {
    hash_ = (hash_ ^ static_cast<std::uint64_t>(side)) * 0x9E3779B97F4A7C15u;
    hash_ ^= hash_ >> 29;
  }
  std::uint64_t hash() const { return hash_; }

 private:
  std::uint64_t hash_ = 0x243F6A8885A308D3u;
};

template <class T>
using Operands = std::span<const Tensor<T>>;

template <class T>
struct KernelPair;

/// The rule by which an elementwise operation, or a loss before its reduction (its first
/// attribute), computes each entry of its result, for those who evaluate some entries only.
template <class T>
struct EntryRule {
  const KernelPair<T>* value = nullptr;  ///< on blocks of entries, see engine/blocks.hpp
  /// The side of a kink that each entry is on; null when there are no kinks.
  void (*sides)(const T* const* operands, std::int64_t* sides, std::int64_t n) = nullptr;
  /// What it computes the entries of; used as long as that is `forward`.
  Tensor<T> (*stands_for)(Operands<T>, const Attributes&, const Shape&) = nullptr;
};

/// An operation's code for one entry type.
template <class T>
struct Kernels {
  /// The value; `shape` is what the shape rule gave.
  Tensor<T> (*forward)(Operands<T> operands, const Attributes& attributes,
                       const Shape& shape) = nullptr;
  /// vᵀJ for one operand, in tensor operations that are themselves recorded when grad mode is on.
  Tensor<T> (*vjp)(const Saved<T>& saved, const Tensor<T>& cotangent,
                   std::size_t operand) = nullptr;
  /// Reports the sides of kinks; null when there are none.
  void (*branch)(Operands<T> operands, const Attributes& attributes, Branches& branches) = nullptr;
  /// What `number_stands_for` computes, for 0-dim operands and result; used as long as that is
  /// `vjp`.
  T (*number_vjp)(const Saved<T>& saved, T cotangent, std::size_t operand) = nullptr;
  Tensor<T> (*number_stands_for)(const Saved<T>&, const Tensor<T>&, std::size_t) = nullptr;
  EntryRule<T> entries{};
};

/// One application as its recorded name sees it.
struct Call {
  std::span<const bool> is_number;  ///< of the first four operands
  std::span<const Shape> shapes;    ///< of all operands
  const Attributes& attributes;
};

/// A row of the table of operations, made from one definition struct by `operation<Op>()`.
struct Operation {
  OperationInfo info;
  Signature signature;
  bool elementwise;
  Shape (*shape)(std::span<const Shape> operands, const Attributes& attributes);
  /// The recorded name for one application.
  std::string_view (*grad_fn)(const Call& call);
  Kernels<float> f32;
  Kernels<double> f64;

  /// Bit i is set when there is a derivative by operand i; all bits for a list of operands.
  std::uint64_t rules = 0;

  std::string_view name() const { return signature.name(); }
  bool differentiable() const { return rules != 0; }
  bool differentiable(std::size_t operand) const { return ((rules >> (operand & 63)) & 1) != 0; }
  template <class T>
  const Kernels<T>& kernels() const {
    if constexpr (std::is_same_v<T, float>) {
      return f32;
    } else {
      return f64;
    }
  }
};

/// All operations of the process's table (engine/operation_table.hpp), in the order of their
/// families, then of their registration.
std::span<const Operation* const> operations();

/// The operation with this name in the process's table (aliases included), or null.
const Operation* find_operation(std::string_view name);

/// The other names under which the language knows operations (`cat` for `concat`), as pairs.
std::span<const std::pair<std::string_view, std::string_view>> operation_aliases();

/// Applies an operation eagerly: checks shapes, computes the value, and records the application
/// when grad mode is on and a differentiable operand requires gradients. Throws ShapeError,
/// IndexError or Error, always naming the operation.
template <class T>
Tensor<T> apply(const Operation& operation, Operands<T> operands,
                const AttributesRef& attributes = nullptr);

template <class T>
Tensor<T> apply(const Operation& operation, std::initializer_list<Tensor<T>> operands,
                const AttributesRef& attributes = nullptr) {
  return apply<T>(operation, Operands<T>(operands.begin(), operands.size()), attributes);
}

template <class T>
class Recording;

namespace detail {
extern constinit thread_local Recording<float>* recording_f32;
extern constinit thread_local Recording<double>* recording_f64;
}  // namespace detail

/// The Recording of operations on tensors of T that lives on this thread, or null
/// (engine/recording.hpp).
template <class T>
Recording<T>*& recording() {
  if constexpr (std::is_same_v<T, float>) {
    return detail::recording_f32;
  } else {
    return detail::recording_f64;
  }
}

[[noreturn]] void refuse_undefined(const Operation& operation, std::size_t operand);

}  // namespace verigrad
