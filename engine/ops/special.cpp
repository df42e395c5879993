// The error function's complement, the gamma function's logarithm and its derivatives, sinc.
#include <fmt/format.h>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/gaussian.hpp"
#include "engine/ops/special_numbers.hpp"

namespace verigrad {

template <class T>
Tensor<T> sinc_derivative(std::int64_t n, const Tensor<T>& input);

namespace {

struct Erfc {
  static constexpr OperationInfo info{
      .signature = "erfc(input)",
      .grad_fn = "ErfcBackward0",
      .value = "1 - erf(input)",
      .derivative = {"-2 / sqrt(pi) * exp(-input ** 2)"},
      .latex = R"(\operatorname{erfc} x)",
      .special = {0, -0.0, 6.0, -6.0, 26.0, 27.0},
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return erfc(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return -erf_slope(x, g);
  }
};

struct Lgamma {
  static constexpr OperationInfo info{
      .signature = "lgamma(input)",
      .grad_fn = "LgammaBackward0",
      .value = "log(abs(gamma(input)))",
      .derivative = {"digamma(input)"},
      .latex = R"(\ln |\Gamma(x)|)",
      .domain = {positive},
      .typical = {Interval{0.3, 5}},
      .special = {0, 1, 2, 1.4616321449683622, 1e-300, 1e300},
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return lgamma(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * digamma(x);
  }
};

struct Digamma {
  static constexpr OperationInfo info{
      .signature = "digamma(input)",
      .grad_fn = "DigammaBackward0",
      .value = "the derivative of lgamma(input)",
      .derivative = {"polygamma(1, input)"},
      .latex = R"(\psi(x) = \frac{\Gamma'(x)}{\Gamma(x)})",
      .domain = {positive},
      .typical = {Interval{0.3, 5}},
      .special = {0, 1, 1.4616321449683622, 1e-150, 1e300},
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return digamma(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * polygamma(1, x);
  }
};

/// Supplies what the families of n-th derivatives share: the attribute n, and that the derivative
/// of the n-th is the next. `Op` gives `info` and `at(n, x)` for numbers and for tensors.
template <class Op>
struct DerivativeOfOrder : Op {
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const std::int64_t n = attributes.integer(0);
    if (n < 0)
      throw Error(fmt::format("{0}: {0}(n, x) does not support negative n; n is {1}", Op::name, n));
    return operands[0];
  }

  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    for (const T x : operands[0].entries()) *y++ = Op::at(attributes.integer(0), x);
    return out;
  }

  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return g * Op::at(saved.attributes().integer(0) + 1, saved.operand(0));
  }
};

struct PolygammaRule {
  static constexpr const char* name = "polygamma";
  static constexpr OperationInfo info{
      .signature = "polygamma(n: int, input)",
      .grad_fn = "PolygammaBackward0",
      .value = "the n-th derivative of digamma(input)",
      .derivative = {"polygamma(n + 1, input)"},
      .latex = R"(\psi^{(n)}(x))",
      .domain = {positive},
      .typical = {Interval{0.4, 5}},
      .special = {0, 1, 1e-100, 1e100},
      .needs = {first},
  };
  template <class V>
  static V at(std::int64_t n, const V& x) {
    return polygamma(n, x);
  }
};
using Polygamma = DerivativeOfOrder<PolygammaRule>;

struct Sinc {
  static constexpr OperationInfo info{
      .signature = "sinc(input)",
      .grad_fn = "SincBackward0",
      .value = "where(input == 0, 1, sin(pi * input) / (pi * input))",
      .derivative = {"(cos(pi * input) - sinc(input)) / input, 0 at 0"},
      .latex = R"(\frac{\sin \pi x}{\pi x})",
      .special = {0, -0.0, 1e-9, 0.5, 1, -2, 1e15},
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return sinc(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * sinc_derivative(1, x);
  }
};

struct SincDerivativeRule {
  static constexpr const char* name = "sinc_derivative";
  static constexpr OperationInfo info{
      .signature = "sinc_derivative(n: int, input)",
      .grad_fn = "SincDerivativeBackward0",
      .value = "the n-th derivative of sinc(input)",
      .derivative = {"sinc_derivative(n + 1, input)"},
      .latex = R"(\operatorname{sinc}^{(n)}(x))",
      .special = {0, -0.0, 0.5, 1},
      .needs = {first},
      .internal = true,
  };
  template <class V>
  static V at(std::int64_t n, const V& x) {
    return sinc_derivative(n, x);
  }
};
using SincDerivative = DerivativeOfOrder<SincDerivativeRule>;

}  // namespace

VERIGRAD_DEFINE_UNARY(erfc, Erfc)
VERIGRAD_DEFINE_UNARY(lgamma, Lgamma)
VERIGRAD_DEFINE_UNARY(digamma, Digamma)
VERIGRAD_DEFINE_UNARY(sinc, Sinc)

#define VERIGRAD_DEFINE_OF_ORDER(function, Op)                           \
  template <class T>                                                     \
  Tensor<T> function(std::int64_t n, const Tensor<T>& input) {           \
    return apply<T>(operation<Op>(), {input}, make_attributes({n}));     \
  }                                                                      \
  template Tensor<float> function(std::int64_t n, const Tensor<float>&); \
  template Tensor<double> function(std::int64_t n, const Tensor<double>&);

VERIGRAD_DEFINE_OF_ORDER(polygamma, Polygamma)
VERIGRAD_DEFINE_OF_ORDER(sinc_derivative, SincDerivative)

std::vector<const Operation*> special_operations() {
  return {VERIGRAD_ROW(Erfc),      VERIGRAD_ROW(Lgamma), VERIGRAD_ROW(Digamma),
          VERIGRAD_ROW(Polygamma), VERIGRAD_ROW(Sinc),   VERIGRAD_ROW(SincDerivative)};
}

}  // namespace verigrad
