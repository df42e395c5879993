// Activations that are put together from pieces.
#include "engine/elementwise.hpp"
#include "engine/ops/activation_numbers.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/pieces.hpp"

namespace verigrad {

// celu's slopes are operations of their own, since a formula of tensors would lose digits where
// x / alpha is not exact.
template <class T>
Tensor<T> exp_quotient(const Tensor<T>& input, const Tensor<T>& divisor);
template <class T>
Tensor<T> scaled_expm1_by_scale(const Tensor<T>& input, const Tensor<T>& scale);

namespace {

/// At -3 and 3 the derivative is that of the middle piece, as in PyTorch. It is (2 x + 3) / 6 and
/// not x / 3 + 1 / 2, which cancels near -1.5.
struct Hardswish {
  static constexpr OperationInfo info{
      .signature = "hardswish(input)",
      .grad_fn = "HardswishBackward0",
      .value = "input * clamp(input + 3, 0, 6) / 6",
      .derivative = {"where(input < -3, 0, where(input > 3, 1, (2 * input + 3) / 6))"},
      .latex = R"(\frac{x}{6} \min(\max(x + 3, 0), 6))",
      .typical = {Interval{-4, 4}},
      .kinks = "input = -3, input = 3",
      .special = {0, -0.0, -3, 3, -1.5, 1e308},
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return x * (minimum(maximum(x + 3, T(0)), T(6)) / 6);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    const V middle = g * ((2 * x + 3) / scalar_of<V>(6));
    return where(x < -3, zeros_like(g), where(x > 3, g, middle));
  }
  template <class T>
  static std::int64_t branch(T x) {
    return (x < -3 ? -1 : x > -3 ? 1 : 0) * 4 + (x < 3 ? -1 : x > 3 ? 1 : 0);
  }
};

/// Unlike clamp, `input` gets no gradient at the bounds, which get it instead, as in PyTorch.
struct Hardtanh : BetweenBounds {
  static constexpr OperationInfo info{
      .signature = "hardtanh(input, min_val = -1, max_val = 1)",
      .grad_fn = "HardtanhBackward0",
      .value = "minimum(maximum(input, min_val), max_val)",
      .derivative = {"1 for min_val < input < max_val, else 0",
                     "1 for input <= min_val < max_val, else 0",
                     "1 for input >= max_val or min_val >= max_val, else 0"},
      .latex = R"(\min(\max(x, a), b))",
      .typical = {Interval{-3, 3}, Interval{-1.5, -0.5}, Interval{0.5, 1.5}},
      .kinks = "input = min_val, input = max_val",
      .special = {0, -1, 1},
      .needs = {first | second | third, first | second | third, first | second | third},
  };
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& low, const V& high, const V&) {
    const V zero = zeros_like(g);
    if constexpr (i == 0) {
      return where(x <= low, zero, where(x >= high, zero, g));
    } else if constexpr (i == 1) {
      return where(x <= low, where(low < high, g, zero), zero);
    } else {
      return where(x >= high, g, where(low >= high, g, zero));
    }
  }
};

/// The rule divides twice, since the square overflows from 1e154 on.
struct Softsign : KinkAtZero {
  static constexpr OperationInfo info{
      .signature = "softsign(input)",
      .grad_fn = "DivBackward0",
      .value = "input / (1 + abs(input))",
      .derivative = {"1 / (1 + abs(input)) ** 2"},
      .latex = R"(\frac{x}{1 + |x|})",
      .kinks = "input = 0, of the second derivative",
      .special = {0, -0.0, 1, 1e154, -1e160},
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return x / (1 + abs(x));
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    const V size = 1 + abs(x);
    return g / size / size;
  }
};

/// exp(x / a) with all digits, which rounding the quotient would cost it.
struct ExpQuotient {
  static constexpr OperationInfo info{
      .signature = "exp_quotient(input, divisor)",
      .grad_fn = "ExpQuotientBackward0",
      .value = "exp(input / divisor)",
      .derivative = {"exp(input / divisor) / divisor",
                     "-input * exp(input / divisor) / divisor ** 2"},
      .latex = R"(e^{x / a})",
      .domain = {reals, positive},
      .typical = {Interval{-3, 3}, Interval{0.5, 2}},
      .special = {0, -0.0, 1, -40},
      .needs = {second | result, first | second | result},
      .internal = true,
  };
  template <class T>
  static T value(T x, T a) {
    return exp_quotient(x, a);
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& a, const V& y) {
    if constexpr (i == 0) {
      return g * (y / a);
    } else {
      return -(g * (x / a * (y / a)));
    }
  }
};

/// The derivative of a (exp(x / a) - 1) by a.
struct ScaledExpm1ByScale {
  static constexpr OperationInfo info{
      .signature = "scaled_expm1_by_scale(input, scale)",
      .grad_fn = "ScaledExpm1ByScaleBackward0",
      .value = "expm1(input / scale) - input / scale * exp(input / scale)",
      .derivative = {"-input * exp(input / scale) / scale ** 2",
                     "input ** 2 * exp(input / scale) / scale ** 3"},
      .latex = R"(e^{x / a} - 1 - \frac{x}{a} e^{x / a})",
      .domain = {reals, positive},
      .typical = {Interval{-3, 3}, Interval{0.5, 2}},
      .special = {0, -0.0, -1, -40},
      .needs = {first | second, first | second},
      .internal = true,
  };
  template <class T>
  static T value(T x, T a) {
    return scaled_expm1_by_scale(x, a);
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& a, const V&) {
    const V ratio = x / a, slope = ratio / a * exp_quotient(x, a);
    if constexpr (i == 0) {
      return -(g * slope);
    } else {
      return g * (ratio * slope);
    }
  }
};

/// Only the non-positive part of x enters the exponential, so that the unused branch cannot
/// overflow. As alpha goes to 0 the value is relu's.
struct Celu : KinkAtZero {
  static constexpr OperationInfo info{
      .signature = "celu(input, alpha = 1)",
      .grad_fn = "CeluBackward0",
      .value = "where(input > 0, input, alpha * expm1(minimum(input, 0) / alpha))",
      .derivative = {"where(input > 0, 1, exp(minimum(input, 0) / alpha))",
                     "expm1(z) - z * exp(z) with z = minimum(input, 0) / alpha"},
      .latex = R"(\max(x, 0) + \alpha (e^{\min(x, 0) / \alpha} - 1))",
      .domain = {reals, positive},
      .typical = {Interval{-3, 3}, Interval{0.5, 2}},
      .kinks = "input = 0, of the second derivative",
      .special = {0, -0.0, 800.0, -40.0, -1e-10},
      .needs = {first | second, first | second},
  };
  template <class T>
  static T value(T x, T alpha) {
    return where(x >= 0, x, scaled_expm1(where(x > 0, T(0), x), alpha));
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& alpha, const V&) {
    const V low = where(x > 0, V(scalar_of<V>(0)), x);
    if constexpr (i == 0) {
      return where(x >= 0, g, g * exp_quotient(low, alpha));
    } else {
      return where(x >= 0, zeros_like(g), g * scaled_expm1_by_scale(low, alpha));
    }
  }
};

/// elu with the alpha and scale that keep mean 0 and variance 1 (Klambauer et al., 2017). At 0 the
/// slope is that of the left side, as in PyTorch.
struct Selu : KinkAtZero {
  static constexpr double scale = 1.0507009873554805;
  static constexpr double scaled_alpha = 1.7580993408473768;

  static constexpr OperationInfo info{
      .signature = "selu(input)",
      .grad_fn = "EluBackward0",
      .value =
          "1.0507009873554805 * where(input > 0, input, 1.6732632423543772 * "
          "expm1(minimum(input, 0)))",
      .derivative = {"1.0507009873554805 * where(input > 0, 1, 1.6732632423543772 * "
                     "exp(minimum(input, 0)))"},
      .latex = R"(\lambda (\max(x, 0) + \alpha (e^{\min(x, 0)} - 1)))",
      .kinks = "input = 0",
      .special = {0, -0.0, 800.0, -40.0},
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    const T low = where(x > 0, T(0), x);
    return where(x > 0, static_cast<T>(scale) * x, static_cast<T>(scaled_alpha) * expm1(low));
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    using T = scalar_of<V>;
    const V low = where(x > 0, V(T(0)), x);
    return g * where(x > 0, V(static_cast<T>(scale)), static_cast<T>(scaled_alpha) * exp(low));
  }
};

/// The jump itself has no derivative by the threshold.
struct Threshold {
  static constexpr OperationInfo info{
      .signature = "threshold(input, threshold, value)",
      .grad_fn = "ThresholdBackward0",
      .value = "where(input > threshold, input, value)",
      .derivative = {"where(input > threshold, 1, 0)", "", "where(input > threshold, 0, 1)"},
      .latex = R"(\begin{cases} x & x > t \\ v & x \le t \end{cases})",
      .typical = {Interval{-3, 3}, Interval{-0.3, 0.3}, Interval{-2, 2}},
      .kinks = "input = threshold",
      .special = {0, -0.0, 1, -1},
      .needs = {first | second, nothing, first | second},
  };
  template <class T>
  static T value(T x, T limit, T otherwise) {
    return where(x <= limit, otherwise, x);
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& limit, const V&, const V&) {
    const V zero = zeros_like(g);
    return i == 0 ? where(x <= limit, zero, g) : where(x <= limit, g, zero);
  }
  template <class T>
  static std::int64_t branch(T x, T limit, T) {
    return x < limit ? -1 : x > limit ? 1 : 0;
  }
};

}  // namespace

VERIGRAD_DEFINE_UNARY(hardswish, Hardswish)
VERIGRAD_DEFINE_UNARY(softsign, Softsign)
VERIGRAD_DEFINE_UNARY(selu, Selu)
VERIGRAD_DEFINE_BINARY(exp_quotient, ExpQuotient)
VERIGRAD_DEFINE_BINARY(scaled_expm1_by_scale, ScaledExpm1ByScale)

template <class T>
Tensor<T> celu(const Tensor<T>& input, const AsTensor<T>& alpha) {
  return apply<T>(operation<Celu>(), {input, alpha});
}
template Tensor<float> celu(const Tensor<float>&, const AsTensor<float>&);
template Tensor<double> celu(const Tensor<double>&, const AsTensor<double>&);

VERIGRAD_DEFINE_TERNARY(hardtanh, Hardtanh)
VERIGRAD_DEFINE_TERNARY(threshold, Threshold)

std::vector<const Operation*> piecewise_activation_operations() {
  return {VERIGRAD_ROW(Hardswish),   VERIGRAD_ROW(Hardtanh),
          VERIGRAD_ROW(Softsign),    VERIGRAD_ROW(Celu),
          VERIGRAD_ROW(Selu),        VERIGRAD_ROW(Threshold),
          VERIGRAD_ROW(ExpQuotient), VERIGRAD_ROW(ScaledExpm1ByScale)};
}

}  // namespace verigrad
