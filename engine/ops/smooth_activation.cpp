// Activations that are smooth everywhere.
#include <fmt/format.h>

#include <numbers>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/activation_numbers.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/gaussian.hpp"

namespace verigrad {

// The first derivatives are operations of their own, since formulas of tensors would lose digits
// near their zeros where a recorded backward pass evaluates them.
#define VERIGRAD_DECLARE_UNARY(function) \
  template <class T>                     \
  Tensor<T> function(const Tensor<T>& input);
VERIGRAD_DECLARE_UNARY(silu_derivative)
VERIGRAD_DECLARE_UNARY(mish_derivative)
VERIGRAD_DECLARE_UNARY(gelu_derivative)
VERIGRAD_DECLARE_UNARY(gelu_tanh_derivative)
#undef VERIGRAD_DECLARE_UNARY

namespace {

/// x where the function is still curved, ±limit beyond, so that a vanishing factor meets no
/// infinite one.
template <class V>
V curved(const V& x, scalar_of<V> limit) {
  return where(x > limit, V(limit), where(x < -limit, V(-limit), x));
}

struct Silu {
  static constexpr OperationInfo info{
      .signature = "silu(input)",
      .grad_fn = "SiluBackward0",
      .value = "input * sigmoid(input)",
      .derivative = {"sigmoid(input) * (1 + input * sigmoid(-input))"},
      .latex = R"(x \, \sigma(x))",
      .special = {0, -0.0, -1.2784645427610738, 40, -40, 750, -750},
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return silu(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * silu_derivative(x);
  }
};

struct SiluDerivative {
  static constexpr OperationInfo info{
      .signature = "silu_derivative(input)",
      .grad_fn = "SiluDerivativeBackward0",
      .value = "sigmoid(input) * (1 + input * sigmoid(-input))",
      .derivative = {"sigmoid(input) * sigmoid(-input) * (2 + input * (sigmoid(-input) - "
                     "sigmoid(input)))"},
      .latex = R"(\sigma(x) (1 + x \, \sigma(-x)))",
      .special = {0, -0.0, 40, -40},
      .needs = {first},
      .internal = true,
  };
  template <class T>
  static T value(T x) {
    return silu_derivative(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& input, const V&) {
    const V x = curved(input, 800), s = sigmoid(x), q = sigmoid(-x);
    return g * (s * q * (2 + x * (q - s)));
  }
};

struct Mish {
  static constexpr OperationInfo info{
      .signature = "mish(input)",
      .grad_fn = "MishBackward0",
      .value = "input * tanh(softplus(input))",
      .derivative = {"tanh(softplus(input)) + input * sigmoid(input) / "
                     "cosh(softplus(input)) ** 2"},
      .latex = R"(x \tanh(\ln(1 + e^x)))",
      .special = {0, -0.0, -1.1924312145154952, 40, -40, 750, -750},
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return mish(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * mish_derivative(x);
  }
};

/// With s = sigmoid(x), q = sigmoid(-x) and t = tanh(softplus(x)) = (1 - q^2) / (1 + q^2), the
/// slope is t' = 4 s q^2 / (1 + q^2)^2 and t'' = t' (q - 2 s + 4 s q^2 / (1 + q^2)).
struct MishDerivative {
  static constexpr OperationInfo info{
      .signature = "mish_derivative(input)",
      .grad_fn = "MishDerivativeBackward0",
      .value = "tanh(softplus(input)) + input * sigmoid(input) / cosh(softplus(input)) ** 2",
      .derivative = {"2 * t' + input * t'' with t = tanh(softplus(input))"},
      .latex = R"(\frac{d}{dx} x \tanh(\ln(1 + e^x)))",
      .special = {0, -0.0, 40, -40},
      .needs = {first},
      .internal = true,
  };
  template <class T>
  static T value(T x) {
    return mish_derivative(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& input, const V&) {
    const V x = curved(input, 800), s = sigmoid(x), q = sigmoid(-x);
    const V square = q * q, rest = 1 + square;
    const V slope = 4 * s * square / (rest * rest);
    return g * (slope * (2 + x * (q - 2 * s + 4 * s * square / rest)));
  }
};

/// The distribution function of the normal distribution.
struct Ndtr {
  static constexpr OperationInfo info{
      .signature = "ndtr(input)",
      .grad_fn = "SpecialNdtrBackward0",
      .value = "erfc(-input / sqrt(2)) / 2",
      .derivative = {"exp(-input ** 2 / 2) / sqrt(2 * pi)"},
      .latex = R"(\Phi(x))",
      .special = {0, -0.0, 6, -6, -37, 40},
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return ndtr(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return normal_density(x, g);
  }
};

struct GeluDerivative {
  static constexpr OperationInfo info{
      .signature = "gelu_derivative(input)",
      .grad_fn = "GeluDerivativeBackward0",
      .value = "ndtr(input) + input * exp(-input ** 2 / 2) / sqrt(2 * pi)",
      .derivative = {"(2 - input ** 2) * exp(-input ** 2 / 2) / sqrt(2 * pi)"},
      .latex = R"(\Phi(x) + x \varphi(x))",
      .special = {0, -0.0, 6, -6, 40, -40},
      .needs = {first},
      .internal = true,
  };
  template <class T>
  static T value(T x) {
    return gelu_derivative(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& input, const V&) {
    constexpr Split<scalar_of<V>> root(1.4142135623730951, -9.667293313452913e-17);
    const V x = curved(input, 40), size = abs(x);
    return normal_density(x, g * (((root.head - size) + root.rest) * (root.head + size)));
  }
};

/// With w = sqrt(8 / pi) (x + 0.044715 x^3), s = sigmoid(w) and s' = s sigmoid(-w), the derivative
/// is s' (2 w' + x (w'^2 (sigmoid(-w) - s) + w'')).
struct GeluTanhDerivative {
  static constexpr OperationInfo info{
      .signature = "gelu_tanh_derivative(input)",
      .grad_fn = "GeluTanhDerivativeBackward0",
      .value = "sigmoid(w) + input * sigmoid(w) * sigmoid(-w) * w'",
      .derivative = {"sigmoid(w) * sigmoid(-w) * (2 * w' + input * (w' ** 2 * (sigmoid(-w) - "
                     "sigmoid(w)) + w''))"},
      .latex = R"(\sigma(w) + x \, \sigma(w) \sigma(-w) \, w')",
      .special = {0, -0.0, 6, -6, 40, -40},
      .needs = {first},
      .internal = true,
  };
  template <class T>
  static T value(T x) {
    return gelu_tanh_derivative(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& input, const V&) {
    using T = scalar_of<V>;
    constexpr T k = T(1.5957691216057308), c = T(0.044715);
    const V x = curved(input, 30), square = x * x, w = k * (x * (1 + c * square));
    const V s = sigmoid(w), q = sigmoid(-w), slope = k * (1 + 3 * c * square);
    return g * (s * q * (2 * slope + x * (slope * slope * (q - s) + (6 * k * c) * x)));
  }
};

struct GeluInfo {
  static constexpr OperationInfo info{
      .signature = R"(gelu(input, approximate: word = "none"))",
      .grad_fn = "GeluBackward0",
      .value =
          "input * ndtr(input), or with approximate = \"tanh\" input * sigmoid(w), "
          "w = sqrt(8 / pi) * (input + 0.044715 * input ** 3)",
      .derivative = {"ndtr(input) + input * exp(-input ** 2 / 2) / sqrt(2 * pi), or sigmoid(w) + "
                     "input * sigmoid(w) * sigmoid(-w) * w'"},
      .latex = R"(x \, \Phi(x))",
      .special = {0, -0.0, -0.7517915246935645, 6, -6, 40, -40},
      .needs = {first},
  };
};

struct GeluExact : GeluInfo {
  template <class T>
  static T value(T x) {
    return gelu_exact(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * gelu_derivative(x);
  }
};

struct GeluTanh : GeluInfo {
  template <class T>
  static T value(T x) {
    return gelu_tanh(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * gelu_tanh_derivative(x);
  }
};

struct Gelu : GeluInfo {
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const std::string& word = attributes.word(0);
    if (word != "none" && word != "tanh")
      throw Error(fmt::format(
          "gelu: approximate argument must be either \"none\" or \"tanh\", not \"{}\"", word));
    return operands[0];
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    return attributes.word(0) == "tanh"
               ? Elementwise<GeluTanh>::forward<T>(operands, attributes, shape)
               : Elementwise<GeluExact>::forward<T>(operands, attributes, shape);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    return saved.attributes().word(0) == "tanh" ? Elementwise<GeluTanh>::vjp<T>(saved, g, operand)
                                                : Elementwise<GeluExact>::vjp<T>(saved, g, operand);
  }
};

}  // namespace

VERIGRAD_DEFINE_UNARY(silu, Silu)
VERIGRAD_DEFINE_UNARY(silu_derivative, SiluDerivative)
VERIGRAD_DEFINE_UNARY(mish, Mish)
VERIGRAD_DEFINE_UNARY(mish_derivative, MishDerivative)
VERIGRAD_DEFINE_UNARY(ndtr, Ndtr)
VERIGRAD_DEFINE_UNARY(gelu_derivative, GeluDerivative)
VERIGRAD_DEFINE_UNARY(gelu_tanh_derivative, GeluTanhDerivative)

template <class T>
Tensor<T> gelu(const Tensor<T>& input, std::string_view approximate) {
  return apply<T>(operation<Gelu>(), {input}, make_attributes({std::string(approximate)}));
}
template Tensor<float> gelu(const Tensor<float>&, std::string_view);
template Tensor<double> gelu(const Tensor<double>&, std::string_view);

std::vector<const Operation*> smooth_activation_operations() {
  return {VERIGRAD_ROW(Gelu),           VERIGRAD_ROW(Silu),
          VERIGRAD_ROW(Mish),           VERIGRAD_ROW(Ndtr),
          VERIGRAD_ROW(GeluDerivative), VERIGRAD_ROW(GeluTanhDerivative),
          VERIGRAD_ROW(SiluDerivative), VERIGRAD_ROW(MishDerivative)};
}

}  // namespace verigrad
