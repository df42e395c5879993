// Trigonometric and hyperbolic functions and their inverses.
#include "engine/elementwise.hpp"
#include "engine/ops/families.hpp"

namespace verigrad {
namespace {

struct Sin {
  static constexpr OperationInfo info{
      .signature = "sin(input)",
      .grad_fn = "SinBackward0",
      .value = "sin(input)",
      .derivative = {"cos(input)"},
      .latex = R"(\sin x)",
      .special = {0, -0.0, 1e22},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return sin(x);
  }
  template <class T>
  static ValueAndSlope<T> joint(Pack<T> x) {
    return sin_and_cos(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * cos(x);
  }
};

struct Cos {
  static constexpr OperationInfo info{
      .signature = "cos(input)",
      .grad_fn = "CosBackward0",
      .value = "cos(input)",
      .derivative = {"-sin(input)"},
      .latex = R"(\cos x)",
      .special = {0, -0.0, 1e22},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return cos(x);
  }
  template <class T>
  static ValueAndSlope<T> joint(Pack<T> x) {
    const ValueAndSlope<T> pair = sin_and_cos(x);
    return {pair.slope, -pair.value};
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return -(g * sin(x));
  }
};

struct Tan {
  static constexpr OperationInfo info{
      .signature = "tan(input)",
      .grad_fn = "TanBackward0",
      .value = "tan(input)",
      .derivative = {"1 + tan(input) ** 2"},
      .latex = R"(\tan x)",
      .typical = {Interval{-1.4, 1.4}},
      .special = {0, -0.0, 1.5707963267948966},
      .needs = {result},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return tan(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V&, const V& y) {
    return g * (1 + y * y);
  }
};

struct Asin {
  static constexpr OperationInfo info{
      .signature = "asin(input)",
      .grad_fn = "AsinBackward0",
      .value = "asin(input)",
      .derivative = {"1 / sqrt((1 - input) * (1 + input))"},
      .latex = R"(\arcsin x)",
      .domain = {Interval{-1, 1}},
      .typical = {Interval{-0.95, 0.95}},
      .special = {0, -0.0, -1, 1},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return asin(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g / sqrt((1 - x) * (1 + x));
  }
};

struct Acos {
  static constexpr OperationInfo info{
      .signature = "acos(input)",
      .grad_fn = "AcosBackward0",
      .value = "acos(input)",
      .derivative = {"-1 / sqrt((1 - input) * (1 + input))"},
      .latex = R"(\arccos x)",
      .domain = {Interval{-1, 1}},
      .typical = {Interval{-0.95, 0.95}},
      .special = {0, -0.0, -1, 1},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return acos(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return -(g / sqrt((1 - x) * (1 + x)));
  }
};

/// Beyond 1 the rule is (1 / x) / (x + 1 / x), which does not overflow.
struct Atan {
  static constexpr OperationInfo info{
      .signature = "atan(input)",
      .grad_fn = "AtanBackward0",
      .value = "atan(input)",
      .derivative = {"1 / (1 + input ** 2)"},
      .latex = R"(\arctan x)",
      .special = {0, -0.0, 1e160, -1e160},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return atan(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    const auto small = abs(x) <= 1;
    const V inner = where(small, x, V(0)), outer = where(small, V(1), x);
    return where(small, g / (1 + inner * inner), g / outer / (outer + 1 / outer));
  }
};

/// With m = max(|a|, |b|), the rule b / (a ** 2 + b ** 2) is scaled to (b / m) / m / ((a / m) ** 2
/// + (b / m) ** 2), which neither overflows nor underflows. At (0, 0) it is NaN.
struct Atan2 {
  static constexpr OperationInfo info{
      .signature = "atan2(input, other)",
      .grad_fn = "Atan2Backward0",
      .value = "atan2(input, other)",
      .derivative = {"other / (input ** 2 + other ** 2)", "-input / (input ** 2 + other ** 2)"},
      .latex = R"(\operatorname{atan2}(y, x))",
      .typical = {Interval{0.3, 3}, Interval{-3, 3}},
      .kinks = "input = 0 and other < 0",
      .special = {0, -0.0, 1, -1, 1e-200, 1e200},
      .needs = {first | second, first | second},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T a, T b) {
    return atan2(a, b);
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& a, const V& b, const V&) {
    const V m = maximum(abs(a), abs(b));
    const V u = a / m, v = b / m, squares = u * u + v * v;
    if constexpr (i == 0) {
      return g * (v / squares / m);
    } else {
      return -(g * (u / squares / m));
    }
  }
  /// The cut along the negative axis of `other`.
  template <class T>
  static std::int64_t branch(T a, T b) {
    return b >= 0 ? 0 : a < 0 ? -1 : a > 0 ? 1 : 2;
  }
};

struct Sinh {
  static constexpr OperationInfo info{
      .signature = "sinh(input)",
      .grad_fn = "SinhBackward0",
      .value = "sinh(input)",
      .derivative = {"cosh(input)"},
      .latex = R"(\sinh x)",
      .special = {0, -0.0, 710.0},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return sinh(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * cosh(x);
  }
};

struct Cosh {
  static constexpr OperationInfo info{
      .signature = "cosh(input)",
      .grad_fn = "CoshBackward0",
      .value = "cosh(input)",
      .derivative = {"sinh(input)"},
      .latex = R"(\cosh x)",
      .special = {0, -0.0, 710.0},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return cosh(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * sinh(x);
  }
};

/// Up to |tanh x| = 0.7 the rule is (1 - y) (1 + y) with the result y. Beyond, where 1 - y loses
/// digits, it is 4 e / (1 + e) ** 2 with e = exp(-2 |x|); 1 / cosh(x) ** 2 would overflow, which
/// makes higher derivatives NaN above 710.
struct Tanh {
  static constexpr OperationInfo info{
      .signature = "tanh(input)",
      .grad_fn = "TanhBackward0",
      .value = "tanh(input)",
      .derivative = {"1 / cosh(input) ** 2"},
      .latex = R"(\tanh x)",
      .special = {0, -0.0, 20.0, -20.0, 370.0},
      .needs = {first | result},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return tanh(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V& y) {
    const auto flat = [&] {
      const V e = exp(2 * where(x < 0, x, -x));
      return 4 * (e / (1 + e * (2 + e)));
    };
    return g * where_else(abs(y) <= scalar_of<V>(0.7), (1 - y) * (1 + y), flat);
  }
};

/// Beyond 1 the rule is (1 / |x|) / sqrt(1 + 1 / x ** 2), which does not overflow.
struct Asinh {
  static constexpr OperationInfo info{
      .signature = "asinh(input)",
      .grad_fn = "AsinhBackward0",
      .value = "asinh(input)",
      .derivative = {"1 / sqrt(1 + input ** 2)"},
      .latex = R"(\operatorname{arsinh} x)",
      .special = {0, -0.0, 1e200, -1e200},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return asinh(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    const auto small = abs(x) <= 1;
    const V inner = where(small, x, V(0)), outer = where(small, V(1), abs(x)), inverse = 1 / outer;
    return where(small, g / sqrt(1 + inner * inner), g * (inverse / sqrt(1 + inverse * inverse)));
  }
};

struct Acosh {
  static constexpr OperationInfo info{
      .signature = "acosh(input)",
      .grad_fn = "AcoshBackward0",
      .value = "acosh(input)",
      .derivative = {"1 / sqrt((input - 1) * (input + 1))"},
      .latex = R"(\operatorname{arcosh} x)",
      .domain = {Interval{.lower = 1}},
      .typical = {Interval{1.1, 4}},
      .special = {1, 1.000000001, 1e200},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return acosh(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g / (sqrt(x - 1) * sqrt(x + 1));
  }
};

struct Atanh {
  static constexpr OperationInfo info{
      .signature = "atanh(input)",
      .grad_fn = "AtanhBackward0",
      .value = "atanh(input)",
      .derivative = {"1 / ((1 - input) * (1 + input))"},
      .latex = R"(\operatorname{artanh} x)",
      .domain = {Interval{-1, 1, true, true}},
      .typical = {Interval{-0.95, 0.95}},
      .special = {0, -0.0, -1, 1},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return atanh(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g / ((1 - x) * (1 + x));
  }
};

}  // namespace

VERIGRAD_DEFINE_UNARY(sin, Sin)
VERIGRAD_DEFINE_UNARY(cos, Cos)
VERIGRAD_DEFINE_UNARY(tan, Tan)
VERIGRAD_DEFINE_UNARY(asin, Asin)
VERIGRAD_DEFINE_UNARY(acos, Acos)
VERIGRAD_DEFINE_UNARY(atan, Atan)
VERIGRAD_DEFINE_UNARY(sinh, Sinh)
VERIGRAD_DEFINE_UNARY(cosh, Cosh)
VERIGRAD_DEFINE_UNARY(tanh, Tanh)
VERIGRAD_DEFINE_UNARY(asinh, Asinh)
VERIGRAD_DEFINE_UNARY(acosh, Acosh)
VERIGRAD_DEFINE_UNARY(atanh, Atanh)
VERIGRAD_DEFINE_BINARY(atan2, Atan2)

std::vector<const Operation*> trigonometric_operations() {
  return {VERIGRAD_ROW(Sin),  VERIGRAD_ROW(Cos),   VERIGRAD_ROW(Tan),   VERIGRAD_ROW(Asin),
          VERIGRAD_ROW(Acos), VERIGRAD_ROW(Atan),  VERIGRAD_ROW(Sinh),  VERIGRAD_ROW(Cosh),
          VERIGRAD_ROW(Tanh), VERIGRAD_ROW(Asinh), VERIGRAD_ROW(Acosh), VERIGRAD_ROW(Atanh),
          VERIGRAD_ROW(Atan2)};
}

}  // namespace verigrad
