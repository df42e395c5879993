// Activations and special functions.
#include <numbers>

#include "engine/elementwise.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/pieces.hpp"

namespace verigrad {
namespace {

/// The rule is s(x) s(-x), as e / (1 + e) ** 2 with e = exp(-|x|), and not s (1 - s), which is 0
/// above 37. Only in float, and only while 1 - s keeps half of its digits (x < 8.3), it is s (1 -
/// s) with the rounded s: in log(1 - s(x)) the rounding of 1 - s then cancels, as in PyTorch, where
/// the accurate factor would leave 6e-5 at 6.7.
struct Sigmoid {
  static constexpr OperationInfo info{
      .signature = "sigmoid(input)",
      .grad_fn = "SigmoidBackward0",
      .value = "1 / (1 + exp(-input))",
      .derivative = {"sigmoid(input) * sigmoid(-input)"},
      .latex = R"(\sigma(x) = \frac{1}{1 + e^{-x}})",
      .special = {0, -0.0, 40.0, -40.0, 710.0, -750.0},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return sigmoid(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    const V e = exp(where(x < 0, x, -x));
    const V accurate = g * (e / (1 + e * (2 + e)));
    if constexpr (std::is_same_v<scalar_of<V>, float>) {
      const V y = where(x < 0, e, V(1)) / (1 + e), rest = 1 - y;
      return where(rest >= 0x1p-12F, g * rest * y, accurate);
    } else {
      return accurate;
    }
  }
  static ValueAndSlope<double> joint(Pack<double> x) {
    const Pack<double> e = exp(-abs(x)), one = 1.0;
    return {where(x >= Pack<double>(0.0), one, e) / (one + e), e / (one + e * (2.0 + e))};
  }
};

struct Logsigmoid {
  static constexpr OperationInfo info{
      .signature = "logsigmoid(input)",
      .grad_fn = "LogSigmoidBackward0",
      .value = "log(sigmoid(input))",
      .derivative = {"sigmoid(-input)"},
      .latex = R"(\ln \sigma(x))",
      .special = {0, -0.0, 40.0, -40.0, 750.0, -750.0},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return -softplus(-x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * sigmoid(-x);
  }
};

/// With z = beta x, the derivative by beta is (z s(z) - log(1 + exp(z))) / beta ** 2. It is even in
/// z, and on the negative side its two terms do not cancel. The rounding of z, which the
/// exponential multiplies by z, is added back to first order. In the tail, where exp(-|z|) loses
/// its digits and a small beta would bring them back, it is computed in two or three factors.
struct Softplus {
  static constexpr OperationInfo info{
      .signature = "softplus(input, beta = 1)",
      .grad_fn = "SoftplusBackward0",
      .value = "log(1 + exp(beta * input)) / beta",
      .derivative = {"sigmoid(beta * input)",
                     "(input * sigmoid(beta * input) - softplus(input, beta)) / beta"},
      .latex = R"(\frac{1}{\beta} \ln(1 + e^{\beta x}))",
      .domain = {reals, positive},
      .typical = {Interval{-3, 3}, Interval{0.5, 2}},
      .special = {0, -0.0, 40.0, -40.0, 750.0, -750.0},
      .needs = {first | second, first | second},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x, T beta) {
    const Decay<T> decay(x, beta);
    const T e = decay.factor, rest = log1p(e) - decay.residual * (e / (1 + e));
    const T tail =
        e * (1 - decay.residual) / decay.below * decay.unit * decay.rest * decay.last / decay.above;
    return where(x > 0, x, T(0)) + where(decay.tail, tail, rest / beta);
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& beta, const V&) {
    if constexpr (i == 0) {
      const V z = beta * x, s = sigmoid(z);
      return g * (s + s * sigmoid(-z) * mul_residual(beta, x));
    } else {
      const Decay<V> decay(x, beta);
      const V &size = decay.size, e = where(decay.tail, V(0), decay.factor), s = e / (1 + e);
      const V rest = size * s + (log1p(e) - decay.residual * size * s / (1 + e));
      const V far = where(decay.tail, decay.factor, V(0)) / decay.below * decay.rest;
      const V tail = far * (size + 1 - decay.residual * size) * (decay.unit / decay.below) *
                     decay.last / decay.above / decay.above;
      return -(g * where(decay.tail, tail, rest / beta / beta));
    }
  }

 private:
  /// exp(-|beta x|) = factor * unit ** k, where k is 0, in the tail 1, and 2 and 3 farther out.
  template <class V>
  struct Decay {
    using T = scalar_of<V>;
    static constexpr bool single = std::is_same_v<T, float>;
    /// unit = exp(-shift); it rounds by less than 0.01 ulp.
    static constexpr T shift = single ? T(76.5) : T(670);
    static constexpr T unit = single ? T(0x1.8d3ac8p-111) : T(0x1.5077a2b3a069bp-967);

    Decay(const V& x, const V& beta)
        : z(beta * x),
          size(where(z < 0, where(z < -5000, V(5000), -z), where(z > 5000, V(5000), z))),
          residual(sign(z) * mul_residual(beta, x)),
          below(where(beta < 1, beta, V(1))),
          above(where(beta < 1, V(1), beta)),
          tail(size > shift),
          far(size > 2 * shift),
          farther(size > 3 * shift),
          factor(exp(
              where(farther, V(3 * shift), where(far, V(2 * shift), where(tail, V(shift), V(0)))) -
              size)),
          rest(where(far, V(unit), V(1))),
          last(where(farther, V(unit), V(1))) {}

    V z;
    V size;          ///< |z|, or where even the factor is 0 a finite number
    V residual;      ///< |beta x| - size
    V below, above;  ///< beta is their product, and one of them is 1
    decltype(std::declval<V>() > 0) tail, far, farther;
    V factor;
    V rest, last;  ///< their product is unit ** (k - 1) in the tail
  };
};

struct Relu : KinkAtZero {
  static constexpr OperationInfo info{
      .signature = "relu(input)",
      .grad_fn = "ReluBackward0",
      .value = "maximum(input, 0)",
      .derivative = {"where(input > 0, 1, 0)"},
      .latex = R"(\max(x, 0))",
      .kinks = "input = 0",
      .special = {0, -0.0},
      .needs = {result},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return where(x <= 0, T(0), x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V&, const V& y) {
    return where(y <= 0, zeros_like(g), g);
  }
};

struct LeakyRelu : KinkAtZero {
  static constexpr OperationInfo info{
      .signature = "leaky_relu(input, negative_slope = 0.01)",
      .grad_fn = "LeakyReluBackward0",
      .value = "where(input > 0, input, negative_slope * input)",
      .derivative = {"where(input > 0, 1, negative_slope)", "where(input > 0, 0, input)"},
      .latex = R"(\max(x, 0) + s \min(x, 0))",
      .typical = {Interval{-3, 3}, Interval{0.01, 0.5}},
      .kinks = "input = 0",
      .special = {0, -0.0},
      .needs = {first | second, first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x, T slope) {
    return where(x > 0, x, x * slope);
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& slope, const V&) {
    if constexpr (i == 0) {
      return where(x > 0, g, g * slope);
    } else {
      return where(x > 0, zeros_like(g), g * x);
    }
  }
};

/// The exponential is only taken of min(x, 0), so that the unused branch cannot overflow, and in
/// the tail of half of it, so that it has all its digits where a large alpha would show them.
struct Elu : KinkAtZero {
  static constexpr OperationInfo info{
      .signature = "elu(input, alpha = 1)",
      .grad_fn = "EluBackward0",
      .value = "where(input > 0, input, alpha * expm1(minimum(input, 0)))",
      .derivative = {"where(input > 0, 1, alpha * exp(minimum(input, 0)))",
                     "where(input > 0, 0, expm1(minimum(input, 0)))"},
      .latex = R"(\max(x, 0) + \alpha (e^{\min(x, 0)} - 1))",
      .typical = {Interval{-3, 3}, Interval{0.5, 2}},
      .kinks = "input = 0 unless alpha = 1",
      .special = {0, -0.0, 800.0, -40.0},
      .needs = {first | second, first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x, T alpha) {
    return where(x > 0, x, alpha * expm1(minimum(x, T(0))));
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& alpha, const V&) {
    const V low = where(x > 0, V(0), x);
    if constexpr (i == 0) {
      const auto tail = low < scalar_of<V>(std::is_same_v<scalar_of<V>, float> ? -60 : -600);
      const V root = exp(where(tail, low / 2, low));
      return where(x > 0, g, g * (alpha * root * where(tail, root, V(1))));
    } else {
      return where(x > 0, zeros_like(g), g * expm1(low));
    }
  }
};

/// exp(-x ** 2) is computed as exp(-h ** 2) exp((h - x)(h + x)) with h the leading half of x, so
/// that h ** 2 is exact and the second exponent small (the splitting of FreeBSD's s_erf.c).
struct Erf {
  static constexpr OperationInfo info{
      .signature = "erf(input)",
      .grad_fn = "ErfBackward0",
      .value = "erf(input)",
      .derivative = {"2 / sqrt(pi) * exp(-input ** 2)"},
      .latex = R"(\operatorname{erf} x)",
      .special = {0, -0.0, 6.0, -6.0, 27.0},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return erf(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    const V bounded = where(abs(x) > 30, V(30), x);
    const scalar_of<V> places = std::is_same_v<scalar_of<V>, float> ? 0x1p8F : 0x1p20F;
    const V head = trunc(bounded * places) / places;
    const V tail = (head - bounded) * (head + bounded);
    const auto scale = scalar_of<V>(2 * std::numbers::inv_sqrtpi);
    return g * (scale * exp(-(head * head)) * exp(tail));
  }
};

}  // namespace

VERIGRAD_DEFINE_UNARY(sigmoid, Sigmoid)
VERIGRAD_DEFINE_UNARY(logsigmoid, Logsigmoid)
VERIGRAD_DEFINE_UNARY(relu, Relu)
VERIGRAD_DEFINE_UNARY(erf, Erf)

#define VERIGRAD_DEFINE_PARAMETRIC(function, Op)                                 \
  template <class T>                                                             \
  Tensor<T> function(const Tensor<T>& input, const AsTensor<T>& parameter) {     \
    return call<Op>(input, parameter);                                           \
  }                                                                              \
  template Tensor<float> function(const Tensor<float>&, const AsTensor<float>&); \
  template Tensor<double> function(const Tensor<double>&, const AsTensor<double>&);

VERIGRAD_DEFINE_PARAMETRIC(softplus, Softplus)
VERIGRAD_DEFINE_PARAMETRIC(leaky_relu, LeakyRelu)
VERIGRAD_DEFINE_PARAMETRIC(elu, Elu)

std::vector<const Operation*> activation_operations() {
  return {VERIGRAD_ROW(Sigmoid), VERIGRAD_ROW(Logsigmoid), VERIGRAD_ROW(Softplus),
          VERIGRAD_ROW(Relu),    VERIGRAD_ROW(LeakyRelu),  VERIGRAD_ROW(Elu),
          VERIGRAD_ROW(Erf)};
}

}  // namespace verigrad
