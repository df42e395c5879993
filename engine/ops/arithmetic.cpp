// Addition, subtraction, multiplication, division, negation, comparisons.
#include "engine/elementwise.hpp"
#include "engine/ops/families.hpp"

namespace verigrad {
namespace {

struct Add {
  static constexpr OperationInfo info{
      .signature = "add(input, other)",
      .grad_fn = "AddBackward0",
      .value = "input + other",
      .derivative = {"1", "1"},
      .latex = "x + y",
      .special = {0, -0.0, 1},
  };
  static constexpr std::uint8_t passes_cotangent = first | second;
  static constexpr bool packed = true;
  template <class T>
  static T value(T a, T b) {
    return a + b;
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V&, const V&, const V&) {
    return g;
  }
};

struct Sub {
  static constexpr OperationInfo info{
      .signature = "sub(input, other)",
      .grad_fn = "SubBackward0",
      .value = "input - other",
      .derivative = {"1", "-1"},
      .latex = "x - y",
      .special = {0, -0.0, 1},
  };
  static constexpr std::uint8_t passes_cotangent = first;
  static constexpr bool packed = true;
  /// PyTorch computes `1 - x` as rsub(x, 1).
  static std::string_view grad_fn(const Call& call) {
    return call.is_number[0] ? "RsubBackward1" : "SubBackward0";
  }
  template <class T>
  static T value(T a, T b) {
    return a - b;
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V&, const V&, const V&) {
    if constexpr (i == 0) {
      return g;
    } else {
      return -g;
    }
  }
};

struct Mul {
  static constexpr OperationInfo info{
      .signature = "mul(input, other)",
      .grad_fn = "MulBackward0",
      .value = "input * other",
      .derivative = {"other", "input"},
      .latex = "x \\cdot y",
      .special = {0, -0.0, 1},
      .needs = {second, first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T a, T b) {
    return a * b;
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& a, const V& b, const V&) {
    return g * (i == 0 ? b : a);
  }
};

struct Div {
  static constexpr OperationInfo info{
      .signature = "div(input, other)",
      .grad_fn = "DivBackward0",
      .value = "input / other",
      .derivative = {"1 / other", "-input / other ** 2"},
      .latex = "\\frac{x}{y}",
      .typical = {Interval{-3, 3}, Interval{0.5, 3}},
      .special = {0, 1, -1},
      .needs = {second, second | result},
  };
  static constexpr bool packed = true;
  /// PyTorch computes `1 / x` as reciprocal(x) * 1.
  static std::string_view grad_fn(const Call& call) {
    return call.is_number[0] ? "MulBackward0" : "DivBackward0";
  }
  template <class T>
  static T value(T a, T b) {
    return a / b;
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V&, const V& b, const V& y) {
    if constexpr (i == 0) {
      return g / b;
    } else {
      return -(g * (y / b));
    }
  }
};

struct Neg {
  static constexpr OperationInfo info{
      .signature = "neg(input)",
      .grad_fn = "NegBackward0",
      .value = "-input",
      .derivative = {"-1"},
      .latex = "-x",
      .special = {0, -0.0},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return -x;
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V&, const V&) {
    return -g;
  }
};

/// Only computed, never differentiated: the real number input * other - fl(input * other) is 0 as
/// far as derivatives go.
struct MulResidual {
  static constexpr OperationInfo info{
      .signature = "mul_residual(input, other)",
      .grad_fn = "",
      .value = "the rounding error of input * other",
      .latex = R"(xy - \operatorname{fl}(xy))",
      .special = {0, 1},
      .internal = true,
  };
  template <class T>
  static T value(T a, T b) {
    return mul_residual(a, b);
  }
};

/// The side of a comparison: below, equal, above, or not comparable.
template <class T>
std::int64_t side(T a, T b) {
  return a < b ? -1 : a > b ? 1 : a == b ? 0 : 2;
}

#define VERIGRAD_COMPARISON(Op, name, symbol, tex) \
  struct Op {                                      \
    static constexpr OperationInfo info{           \
        .signature = name "(input, other)",        \
        .grad_fn = "",                             \
        .value = "input " #symbol " other",        \
        .latex = tex,                              \
        .kinks = "input = other",                  \
    };                                             \
    static constexpr bool packed = true;           \
    template <class T>                             \
    static T value(T a, T b) {                     \
      return where(a symbol b, T(1), T(0));        \
    }                                              \
    template <class T>                             \
    static std::int64_t branch(T a, T b) {         \
      return side(a, b);                           \
    }                                              \
  };

VERIGRAD_COMPARISON(Less, "lt", <, "x < y")
VERIGRAD_COMPARISON(LessEqual, "le", <=, "x \\le y")
VERIGRAD_COMPARISON(Greater, "gt", >, "x > y")
VERIGRAD_COMPARISON(GreaterEqual, "ge", >=, "x \\ge y")
VERIGRAD_COMPARISON(Equal, "eq", ==, "x = y")
VERIGRAD_COMPARISON(NotEqual, "ne", !=, "x \\ne y")

}  // namespace

VERIGRAD_DEFINE_BINARY(operator+, Add)
VERIGRAD_DEFINE_BINARY(operator-, Sub)
VERIGRAD_DEFINE_BINARY(operator*, Mul)
VERIGRAD_DEFINE_BINARY(operator/, Div)
VERIGRAD_DEFINE_UNARY(operator-, Neg)
VERIGRAD_DEFINE_BINARY(mul_residual, MulResidual)
VERIGRAD_DEFINE_BINARY(operator<, Less)
VERIGRAD_DEFINE_BINARY(operator<=, LessEqual)
VERIGRAD_DEFINE_BINARY(operator>, Greater)
VERIGRAD_DEFINE_BINARY(operator>=, GreaterEqual)
VERIGRAD_DEFINE_BINARY(operator==, Equal)
VERIGRAD_DEFINE_BINARY(operator!=, NotEqual)

std::vector<const Operation*> arithmetic_operations() {
  return {VERIGRAD_ROW(Add),       VERIGRAD_ROW(Sub),      VERIGRAD_ROW(Mul),
          VERIGRAD_ROW(Div),       VERIGRAD_ROW(Neg),      VERIGRAD_ROW(Less),
          VERIGRAD_ROW(LessEqual), VERIGRAD_ROW(Greater),  VERIGRAD_ROW(GreaterEqual),
          VERIGRAD_ROW(Equal),     VERIGRAD_ROW(NotEqual), VERIGRAD_ROW(MulResidual)};
}

}  // namespace verigrad
