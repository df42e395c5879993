// Exponentials, logarithms, roots and powers.
#include <numbers>

#include "engine/elementwise.hpp"
#include "engine/ops/families.hpp"

namespace verigrad {
namespace {

struct Exp {
  static constexpr OperationInfo info{
      .signature = "exp(input)",
      .grad_fn = "ExpBackward0",
      .value = "exp(input)",
      .derivative = {"exp(input)"},
      .latex = R"(e^x)",
      .special = {0, -0.0, 709.0, -745.0},
      .needs = {result},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return exp(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V&, const V& y) {
    return g * y;
  }
};

/// The rule is exp(x) and not result + 1, which is 0 below -37.
struct Expm1 {
  static constexpr OperationInfo info{
      .signature = "expm1(input)",
      .grad_fn = "Expm1Backward0",
      .value = "exp(input) - 1",
      .derivative = {"exp(input)"},
      .latex = R"(e^x - 1)",
      .special = {0, -0.0, 1e-20, -37.0, 709.0},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return expm1(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * exp(x);
  }
};

struct Log {
  static constexpr OperationInfo info{
      .signature = "log(input)",
      .grad_fn = "LogBackward0",
      .value = "log(input)",
      .derivative = {"1 / input"},
      .latex = R"(\ln x)",
      .domain = {positive},
      .typical = {Interval{0.1, 4}},
      .special = {0, 1, 1e-300, 1e300},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return log(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g / x;
  }
};

struct Log1p {
  static constexpr OperationInfo info{
      .signature = "log1p(input)",
      .grad_fn = "Log1PBackward0",
      .value = "log(1 + input)",
      .derivative = {"1 / (1 + input)"},
      .latex = R"(\ln(1 + x))",
      .domain = {Interval{.lower = -1, .lower_open = true}},
      .typical = {Interval{-0.9, 4}},
      .special = {-1, 0, -0.0, 1e-20, 1e300},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return log1p(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g / (1 + x);
  }
};

/// The rule divides twice: input * log(2) is subnormal or infinite at the ends of the domain.
struct Log2 {
  static constexpr OperationInfo info{
      .signature = "log2(input)",
      .grad_fn = "Log2Backward0",
      .value = "log(input) / log(2)",
      .derivative = {"1 / (input * log(2))"},
      .latex = R"(\log_2 x)",
      .domain = {positive},
      .typical = {Interval{0.1, 4}},
      .special = {0, 1, 2, 1e-300, 1e300},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return log2(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g / x / scalar_of<V>(std::numbers::ln2);
  }
};

/// The rule divides twice, as for log2.
struct Log10 {
  static constexpr OperationInfo info{
      .signature = "log10(input)",
      .grad_fn = "Log10Backward0",
      .value = "log(input) / log(10)",
      .derivative = {"1 / (input * log(10))"},
      .latex = R"(\log_{10} x)",
      .domain = {positive},
      .typical = {Interval{0.1, 4}},
      .special = {0, 1, 10, 1e-300, 1e300},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return log10(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g / x / scalar_of<V>(std::numbers::ln10);
  }
};

struct Sqrt {
  static constexpr OperationInfo info{
      .signature = "sqrt(input)",
      .grad_fn = "SqrtBackward0",
      .value = "input ** 0.5",
      .derivative = {"1 / (2 * sqrt(input))"},
      .latex = R"(\sqrt{x})",
      .domain = {Interval{.lower = 0}},
      .typical = {Interval{0.1, 4}},
      .special = {0, 1, 1e-300},
      .needs = {result},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return sqrt(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V&, const V& y) {
    return g / (2 * y);
  }
};

struct Rsqrt {
  static constexpr OperationInfo info{
      .signature = "rsqrt(input)",
      .grad_fn = "RsqrtBackward0",
      .value = "input ** -0.5",
      .derivative = {"-input ** -1.5 / 2"},
      .latex = R"(\frac{1}{\sqrt{x}})",
      .domain = {positive},
      .typical = {Interval{0.1, 4}},
      .special = {0, 1, 1e-100},
      .needs = {first | result},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return 1 / sqrt(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V& y) {
    return g * (scalar_of<V>(-0.5) * y / x);
  }
};

struct Square {
  static constexpr OperationInfo info{
      .signature = "square(input)",
      .grad_fn = "PowBackward0",
      .value = "input ** 2",
      .derivative = {"2 * input"},
      .latex = R"(x^2)",
      .special = {0, -0.0, 1e-200, 1e154},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return x * x;
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * (2 * x);
  }
};

struct Reciprocal {
  static constexpr OperationInfo info{
      .signature = "reciprocal(input)",
      .grad_fn = "ReciprocalBackward0",
      .value = "1 / input",
      .derivative = {"-1 / input ** 2"},
      .latex = R"(\frac{1}{x})",
      .typical = {Interval{0.3, 3}},
      .special = {0, 1e-200, 1e200},
      .needs = {result},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return 1 / x;
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V&, const V& y) {
    return -(g * y) * y;
  }
};

/// Edge values are PyTorch's: a power with exponent 0 has derivative 0 by its base everywhere, and
/// 0 ** b has derivative 0 by b for b >= 0. An integer exponent takes negative bases.
///
/// With p = exponent, the rule by the base is p x ** (p - 1) where p - 1 is exact, and p x ** p / x
/// below 1/2 and above 2 ** 53, where the rounding of p - 1 would be multiplied by log(x). A power
/// of more than 4 is the square of another, so that it does not underflow where its product with p
/// is a normal number; so is a power in the rule by the exponent that lies outside the normal
/// numbers.
///
/// The rules only step aside where they would compute 0 * inf or 0 * NaN, so that an exponent of 0
/// is an ordinary point of the second derivatives (1 / x by both, log(x) ** 2 by the exponent).
struct Pow {
  static constexpr OperationInfo info{
      .signature = "pow(input, exponent)",
      .grad_fn = "PowBackward0",
      .value = "input ** exponent",
      .derivative = {"exponent * input ** (exponent - 1)", "input ** exponent * log(input)"},
      .latex = R"(x^y)",
      .domain = {Interval{.lower = 0}, reals},
      .typical = {Interval{0.2, 3}, Interval{-2, 3}},
      .special = {0, 1, 2, -1, 0.5, 3},
      .needs = {first | second, first | second | result},
  };
  static constexpr bool packed = true;
  static std::string_view grad_fn(const Call& call) {
    return call.is_number[1] ? "PowBackward0" : call.is_number[0] ? "PowBackward2" : "PowBackward1";
  }
  template <class T>
  static T value(T x, T p) {
    return power(x, p);
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& p, const V& y) {
    if constexpr (i == 0) {
      using T = scalar_of<V>;
      const auto tiny = std::sqrt(std::numeric_limits<T>::min());
      const auto lost = where(p == 0, where(abs(x) >= tiny, V(1), V(0)), V(1)) == 0;
      const V base = where(lost, V(1), x), size = abs(base);
      const V largest = V(std::numeric_limits<T>::max());
      const V at_end = where(x == 0, V(1), where(size > largest, V(1), V(0)));
      // From 1/2 to this, p - 1 is exact.
      const V exact = V(2 / std::numeric_limits<T>::epsilon());
      const auto direct = where(p >= T(0.5), where(p <= exact, V(1), at_end), at_end) != 0;
      const V exponent = where(direct, p - 1, p), divisor = where(direct, V(1), base);
      const auto squared = where(abs(exponent) > 4, where(x == 0, V(0), V(1)), V(0)) != 0;
      const V power = pow(where(squared, size, base), where(squared, exponent / 2, exponent));
      const V turned = parity(base, p) * where(direct, sign(base), V(1));
      return g * (p * power / divisor * where(squared, power * turned, V(1)));
    } else {
      const auto flat = where(x == 0, where(p >= 0, V(1), V(0)), V(0)) != 0;
      const V base = where(flat, V(1), x);
      const auto squared =
          where(abs(y) < lower<V>(), V(1), where(abs(y) > upper<V>(), V(1), V(0))) != 0;
      const V root = pow(where(squared, base, V(1)), where(squared, p / 2, V(0)));
      return g * where(flat, V(0), where(squared, root, y) * log(base) * root);
    }
  }

 private:
  /// The sign of base ** p: NaN for a negative base with a fractional exponent.
  template <class V>
  static V parity(const V& base, const V& p) {
    const V rest = p - 2 * floor(p / 2);
    const V odd = where(rest == 1, V(-1), V(std::numeric_limits<scalar_of<V>>::quiet_NaN()));
    return where(base < 0, where(rest == 0, V(1), odd), V(1));
  }
  /// Between these bounds a power has all its digits, and its product with a logarithm too.
  template <class V>
  static scalar_of<V> lower() {
    return std::numeric_limits<scalar_of<V>>::min() * scalar_of<V>(0x1p30);
  }
  template <class V>
  static scalar_of<V> upper() {
    return std::numeric_limits<scalar_of<V>>::max();
  }
};

}  // namespace

VERIGRAD_DEFINE_UNARY(exp, Exp)
VERIGRAD_DEFINE_UNARY(expm1, Expm1)
VERIGRAD_DEFINE_UNARY(log, Log)
VERIGRAD_DEFINE_UNARY(log1p, Log1p)
VERIGRAD_DEFINE_UNARY(log2, Log2)
VERIGRAD_DEFINE_UNARY(log10, Log10)
VERIGRAD_DEFINE_UNARY(sqrt, Sqrt)
VERIGRAD_DEFINE_UNARY(rsqrt, Rsqrt)
VERIGRAD_DEFINE_UNARY(square, Square)
VERIGRAD_DEFINE_UNARY(reciprocal, Reciprocal)
VERIGRAD_DEFINE_BINARY(pow, Pow)

std::vector<const Operation*> exponential_operations() {
  return {VERIGRAD_ROW(Exp),    VERIGRAD_ROW(Expm1),      VERIGRAD_ROW(Log),  VERIGRAD_ROW(Log1p),
          VERIGRAD_ROW(Log2),   VERIGRAD_ROW(Log10),      VERIGRAD_ROW(Sqrt), VERIGRAD_ROW(Rsqrt),
          VERIGRAD_ROW(Square), VERIGRAD_ROW(Reciprocal), VERIGRAD_ROW(Pow)};
}

}  // namespace verigrad
