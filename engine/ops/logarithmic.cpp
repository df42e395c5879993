// Powers of two, cube roots, lengths, and logarithms of sums and with weights.
#include <numbers>

#include "engine/elementwise.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/residual.hpp"
#include "engine/ops/special_numbers.hpp"

namespace verigrad {
namespace {

/// Above 1 the rule is 2 ln 2 exp2(x - 1), which is finite up to 1024.5.
struct Exp2 {
  static constexpr OperationInfo info{
      .signature = "exp2(input)",
      .grad_fn = "Exp2Backward0",
      .value = "2 ** input",
      .derivative = {"2 ** input * log(2)"},
      .latex = R"(2^x)",
      .special = {0, -0.0, 1, 1023.5, 1024.25, -1074.0},
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return exp2(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    constexpr auto scale = std::numbers::ln2_v<scalar_of<V>>;
    const auto large = x > 1;
    return g * (exp2(where(large, x - 1, x)) * where(large, V(2 * scale), V(scale)));
  }
};

/// Infinite slope at 0, as in the limit.
struct Cbrt {
  static constexpr OperationInfo info{
      .signature = "cbrt(input)",
      .grad_fn = "CbrtBackward0",
      .value = "sign(input) * abs(input) ** (1 / 3)",
      .derivative = {"1 / (3 * cbrt(input) ** 2)"},
      .latex = R"(\sqrt[3]{x})",
      .typical = {Interval{0.2, 3}},
      .special = {0, -0.0, 1, -8, 1e-300, 1e300},
      .needs = {result},
  };
  template <class T>
  static T value(T x) {
    return cbrt(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V&, const V& y) {
    return g / (3 * (y * y));
  }
};

/// x / hypot(x, y), with both scaled by a power of two where the length would overflow or be
/// subnormal. At the origin the gradient is 0, the shortest of the subgradients, as for abs; in
/// PyTorch it is NaN there.
struct Hypot {
  static constexpr OperationInfo info{
      .signature = "hypot(input, other)",
      .grad_fn = "HypotBackward0",
      .value = "sqrt(input ** 2 + other ** 2)",
      .derivative = {"input / hypot(input, other)", "other / hypot(input, other)"},
      .latex = R"(\sqrt{x^2 + y^2})",
      .kinks = "input = other = 0",
      .special = {0, -0.0, 1, 1e-310, 1e308},
      .needs = {first | second, first | second},
  };
  template <class T>
  static T value(T x, T y) {
    return hypot(x, y);
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& y, const V&) {
    using T = scalar_of<V>;
    constexpr bool narrow = std::is_same_v<T, float>;
    constexpr T up = narrow ? T(0x1p60) : T(0x1p600), small = 1 / up;
    const auto size = maximum(abs(x), abs(y));
    const V scale = where(size > std::numeric_limits<T>::max() / 8, V(T(0.125)),
                          where(size < small, V(up), V(T(1))));
    const auto origin = size == 0;
    const V a = where(origin, V(T(1)), x * scale), b = y * scale, length = hypot(a, b);
    const V slope = (i == 0 ? a : b) / length;
    return where(origin, zeros_like(g), g * slope);
  }
  template <class T>
  static std::int64_t branch(T x, T y) {
    return x == 0 && y == 0 ? 0 : 1;
  }
};

/// a - b, 0 where they are equal infinities and there alone, since a constant 0 has no slope, and
/// the error of its rounding, which exp would multiply by up to 2^9.
template <class V>
struct Difference {
  V value, rest;
  Difference(const V& a, const V& b)
      : value(where(abs(a) < std::numeric_limits<scalar_of<V>>::infinity(), a - b,
                    where(a == b, V(scalar_of<V>(0)), a - b))),
        rest(rest_of(a, b, value)) {}

 private:
  static V rest_of(const V& a, const V& b, const V& difference) {
    const V error = sub_residual(a, b, difference), zero(scalar_of<V>(0));
    return where(abs(difference) < scalar_of<V>(1000), where(difference == 0, zero, error), zero);
  }
};

/// The rule is sigmoid(x - y); at equal infinities each operand gets half of the gradient, as at
/// every other tie (in PyTorch it is NaN there).
struct Logaddexp {
  static constexpr OperationInfo info{
      .signature = "logaddexp(input, other)",
      .grad_fn = "LogaddexpBackward0",
      .value = "log(exp(input) + exp(other))",
      .derivative = {"sigmoid(input - other)", "sigmoid(other - input)"},
      .latex = R"(\ln(e^x + e^y))",
      .special = {0, -0.0, 1, 40, 750, -750},
      .needs = {first | second, first | second},
  };
  template <class T>
  static T value(T a, T b) {
    const Difference<T> d(a, b);
    const T rest = where(d.value < 0, -d.rest, d.rest);
    return maximum(a, b) + log1p(exp(-abs(d.value)) * (1 - rest));
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& a, const V& b, const V&) {
    const Difference<V> d(i == 0 ? a : b, i == 0 ? b : a);
    return g * (sigmoid(d.value) * (1 + d.rest * sigmoid(-d.value)));
  }
};

/// 0 where input is 0, whatever the logarithm, and so is the derivative by `other` there; where
/// the logarithm does not exist the derivative by `input` is 0 as well, as in PyTorch.
struct Xlogy {
  static constexpr OperationInfo info{
      .signature = "xlogy(input, other)",
      .grad_fn = "XlogyBackward0",
      .value = "where(input == 0, 0, input * log(other))",
      .derivative = {"log(other), 0 if input = 0 and other <= 0", "input / other, 0 if input = 0"},
      .latex = R"(x \ln y)",
      .domain = {reals, positive},
      .typical = {Interval{-3, 3}, Interval{0.2, 3}},
      .kinks = "input = 0 with other <= 0, outside the domain",
      .special = {0, -0.0, 1, 1e-300, 1e300},
      .needs = {first | second, first | second},
  };
  template <class T>
  static T value(T x, T y) {
    return where(x == 0, where(y == y, T(0), y), x * log(y));
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& y, const V&) {
    using T = scalar_of<V>;
    if constexpr (i == 0) {
      const auto flat = where(x == 0, where(y <= 0, V(T(1)), V(T(0))), V(T(0))) != 0;
      return where(flat, zeros_like(g), g * log(where(flat, V(T(1)), y)));
    } else {
      const auto flat = where(x == 0, where(y == 0, V(T(1)), V(T(0))), V(T(0))) != 0;
      return g * (x / where(flat, V(T(1)), y));
    }
  }
  template <class T>
  static std::int64_t branch(T x, T y) {
    return y > 0 ? 2 : x > 0 ? 1 : x < 0 ? -1 : 0;
  }
};

}  // namespace

VERIGRAD_DEFINE_UNARY(exp2, Exp2)
VERIGRAD_DEFINE_UNARY(cbrt, Cbrt)
VERIGRAD_DEFINE_BINARY(hypot, Hypot)
VERIGRAD_DEFINE_BINARY(logaddexp, Logaddexp)
VERIGRAD_DEFINE_BINARY(xlogy, Xlogy)

std::vector<const Operation*> logarithmic_operations() {
  return {VERIGRAD_ROW(Exp2), VERIGRAD_ROW(Cbrt), VERIGRAD_ROW(Hypot), VERIGRAD_ROW(Logaddexp),
          VERIGRAD_ROW(Xlogy)};
}

}  // namespace verigrad
