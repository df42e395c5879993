// Remainders of division, with the sign of the dividend or of the divisor.
#include "engine/elementwise.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/pieces.hpp"
#include "engine/ops/special_numbers.hpp"

namespace verigrad {
namespace {

/// trunc(x / y), also where the rounded quotient reaches the next integer: the remainder is exact,
/// and what it leaves of x is this multiple of y.
template <class V>
V truncated_quotient(const V& x, const V& y) {
  return round((x - fmod(x, y)) / y);
}

/// As in C: the result has the sign of `input` and is exact.
struct Fmod {
  static constexpr OperationInfo info{
      .signature = "fmod(input, other)",
      .grad_fn = "FmodBackward1",
      .value = "input - other * trunc(input / other)",
      .derivative = {"1", "-trunc(input / other)"},
      .latex = R"(x - y \operatorname{trunc} \frac{x}{y})",
      .typical = {Interval{-3, 3}, Interval{0.5, 3}},
      .kinks = "input / other an integer but 0",
      .special = {0, -0.0, 1, -1, 3},
      .needs = {nothing, first | second},
  };
  static constexpr std::uint8_t passes_cotangent = first;
  static std::string_view grad_fn(const Call& call) {
    return call.is_number[1] ? "FmodBackward0" : "FmodBackward1";
  }
  template <class T>
  static T value(T x, T y) {
    return fmod(x, y);
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& y, const V&) {
    if constexpr (i == 0) {
      return g;
    } else {
      return -(g * truncated_quotient(x, y));
    }
  }
  template <class T>
  static std::int64_t branch(T x, T y) {
    const T quotient = truncated_quotient(x, y);
    const bool edge = fmod(x, y) == 0 && quotient != 0;
    return integer_piece(static_cast<double>(quotient) + (edge ? 0 : quotient < 0 ? -0.5 : 0.5));
  }
};

/// As in Python: the result has the sign of `other`.
struct Remainder {
  static constexpr OperationInfo info{
      .signature = "remainder(input, other)",
      .grad_fn = "RemainderBackward1",
      .value = "input - other * floor(input / other)",
      .derivative = {"1", "-floor(input / other)"},
      .latex = R"(x - y \lfloor \frac{x}{y} \rfloor)",
      .typical = {Interval{-3, 3}, Interval{0.5, 3}},
      .kinks = "input / other an integer",
      .special = {0, -0.0, 1, -1, 3},
      .needs = {nothing, first | second},
  };
  static constexpr std::uint8_t passes_cotangent = first;
  static std::string_view grad_fn(const Call& call) {
    return call.is_number[1] ? "RemainderBackward0" : "RemainderBackward1";
  }
  template <class T>
  static T value(T x, T y) {
    const T r = fmod(x, y);
    return where(r * sign(y) < 0, r + y, r);
  }
  /// The floor is below the truncated quotient exactly where the remainder changed sides.
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& y, const V&) {
    if constexpr (i == 0) {
      return g;
    } else {
      const V one = V(scalar_of<V>(1)), zero = V(scalar_of<V>(0));
      const V below = where(fmod(x, y) * sign(y) < 0, one, zero);
      return -(g * (truncated_quotient(x, y) - below));
    }
  }
  template <class T>
  static std::int64_t branch(T x, T y) {
    const T r = fmod(x, y);
    const T quotient = truncated_quotient(x, y) - (r * sign(y) < 0 ? T(1) : T(0));
    return integer_piece(static_cast<double>(quotient) + (r == 0 ? 0 : 0.5));
  }
};

}  // namespace

VERIGRAD_DEFINE_BINARY(fmod, Fmod)
VERIGRAD_DEFINE_BINARY(remainder, Remainder)

std::vector<const Operation*> modulo_operations() {
  return {VERIGRAD_ROW(Fmod), VERIGRAD_ROW(Remainder)};
}

}  // namespace verigrad
