// Losses: an elementwise rule followed by a reduction ("mean", "sum" or "none").
#include "engine/ops/loss.hpp"
#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/families.hpp"

namespace verigrad {
namespace {

using detail::Loss, detail::reduction_attribute;

/// The gradient is (p - t) / (p (1 - p)) inside (0, 1), without a floor under the denominator; at p
/// = 0 and p = 1 it is infinite, or, where the target is met, 1 and -1. 1 - p is exact for p >=
/// 1/2, and log1p keeps the digits of small p. Around p = 1/2, where the two logarithms of the
/// derivative by the target cancel, it is log1p((1 - 2 p) / p), whose numerator is exact.
struct BceRule {
  static constexpr const char* name = "bce";
  static constexpr OperationInfo info{
      .signature = R"(bce(input, target, weight = 1, reduction: word = "mean"))",
      .grad_fn = "BinaryCrossEntropyBackward0",
      .value = "mean(-weight * (target * log(input) + (1 - target) * log(1 - input)))",
      .derivative = {"weight * (input - target) / (input * (1 - input)) / n",
                     "weight * (log(1 - input) - log(input)) / n", ""},
      .latex = R"(-\frac{1}{n} \sum_i w_i (t_i \ln p_i + (1 - t_i) \ln(1 - p_i)))",
      .domain = {Interval{0, 1}, reals, reals},
      .typical = {Interval{0.05, 0.95}, Interval{0, 1}, Interval{0.5, 2}},
      .kinks = "input = 0 and input = 1, by convention",
      .special = {0, 1, 1e-13, 0.5},
      .needs = {first | second | third, first | third},
  };
  static constexpr bool packed = true, refused_are_nan = true;
  template <class T>
  static void check(Operands<T> operands) {
    for (T p : operands[0].entries())
      if (!(p >= 0 && p <= 1)) throw Error("bce: all elements of input should be between 0 and 1");
  }
  template <class T>
  static T value(T p, T t, T w) {
    const T least = T(-100);
    return -w * (t * maximum(log(p), least) + (1 - t) * maximum(log1p(-p), least));
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& p, const V& t, const V& w, const V&) {
    if constexpr (i == 0) {
      const V spread = p * (1 - p);
      const auto met = where(p == t, spread, V(1)) == 0;
      const auto low = p <= scalar_of<V>(0.5);
      const V at_end = where(low, 1 / where(low, 1 - p, V(1)), -1 / where(low, V(1), p));
      return g * w * where(met, at_end, (p - t) / where(met, V(1), spread));
    } else {
      const auto middle = abs(p - scalar_of<V>(0.5)) <= scalar_of<V>(0.25);
      const V inner = where(middle, p, V(scalar_of<V>(0.5)));
      return g * w * where(middle, log1p((1 - 2 * inner) / inner), log1p(-p) - log(p));
    }
  }
  /// PyTorch's gradient at 0 and 1 is 0 where the target is met and else finite, as it divides by
  /// maximum(p (1 - p), 1e-12), which falsifies it below 1e-12.
  template <class T>
  static std::int64_t branch(T p, T, T) {
    return p <= 0 ? -1 : p >= 1 ? 1 : 0;
  }
};

/// The derivative by the logit, (1 - t) s(z) - pos_weight t s(-z), keeps its digits in both tails.
/// In the derivative by the target, (c - 1) log(1 + exp(-z)) - z with c = pos_weight, left of 0 the
/// linear part of the logarithm joins z. Factors are multiplied in an order in which no product
/// leaves the normal numbers before the weight brings it back.
struct BceWithLogitsRule {
  static constexpr const char* name = "bce_with_logits";
  static constexpr OperationInfo info{
      .signature =
          "bce_with_logits(input, target, weight = 1, reduction: word = \"mean\", "
          "pos_weight = 1)",
      .grad_fn = "BinaryCrossEntropyWithLogitsBackward0",
      .value =
          "mean(weight * ((1 - target) * softplus(input) + pos_weight * target * "
          "softplus(-input)))",
      .derivative =
          {"weight * ((1 - target) * sigmoid(input) - pos_weight * target * sigmoid(-input)) / n",
           "weight * ((pos_weight - 1) * softplus(-input) - input) / n", "", ""},
      .latex = R"(\frac{1}{n} \sum_i w_i ((1 - t_i) \ln(1 + e^{z_i}) + c_i t_i \ln(1 + e^{-z_i})))",
      .typical = {Interval{-3, 3}, Interval{0, 1}, Interval{0.5, 2}, Interval{0.5, 2}},
      .special = {0, 1, 40, -40, 750, -750},
      .needs = {first | second | third | fourth, first | third | fourth},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T z, T t, T w, T c) {
    const Logit<T> logit(z);
    const T head = log1p(logit.root), linear = logit.size + head, a = w * (1 - t), b = w * c;
    const T low = where(logit.tail, logit.root, head), rest = where(logit.tail, logit.root, T(1));
    const T bent = where(z < 0, a, b * t) * low * rest;
    return where(z < 0, where(linear > 1, b * (t * linear), b * t * linear), a * linear) + bent;
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& z, const V& t, const V& w, const V& c, const V&) {
    const Logit<V> logit(z);
    if constexpr (i == 0) {
      const V rest = where(logit.tail, logit.root, V(1)), sum = 1 + logit.root * rest;
      const V major = 1 / sum, minor = logit.root / sum;
      const V a = w * (1 - t), b = w * c * t;
      return g * where(z < 0, a * minor * rest - b * major, a * major - b * minor * rest);
    } else {
      const V low = where(logit.tail, logit.root * logit.root, log1p(logit.root));
      return g * (w * (c - 1) * low - w * where(z < 0, c, V(1)) * z);
    }
  }

 private:
  /// With size = |z|, exp(-size), or its root in the tail, where a weight above 1 would show that
  /// exp(-size) has lost its digits.
  template <class V>
  struct Logit {
    explicit Logit(const V& z)
        : size(where(z < 0, -z, z)),
          tail(size > scalar_of<V>(std::is_same_v<scalar_of<V>, float> ? 60 : 600)),
          root(exp(-where(tail, size / 2, size))) {}

    V size;
    decltype(std::declval<V>() > 0) tail;
    V root;
  };
};

struct MseRule {
  static constexpr const char* name = "mse";
  static constexpr OperationInfo info{
      .signature = R"(mse(input, target, reduction: word = "mean"))",
      .grad_fn = "MseLossBackward0",
      .value = "mean((input - target) ** 2)",
      .derivative = {"2 * (input - target) / n", "-2 * (input - target) / n"},
      .latex = R"(\frac{1}{n} \sum_i (x_i - t_i)^2)",
      .special = {0, 1},
      .needs = {first | second, first | second},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x, T t) {
    return (x - t) * (x - t);
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& t, const V&) {
    const V slope = g * (2 * (x - t));
    if constexpr (i == 0) {
      return slope;
    } else {
      return -slope;
    }
  }
};

using Bce = Loss<BceRule>;
using BceWithLogits = Loss<BceWithLogitsRule>;
using Mse = Loss<MseRule>;

}  // namespace

template <class T>
Tensor<T> bce(const Tensor<T>& input, const AsTensor<T>& target, std::string_view reduction) {
  return apply<T>(operation<Bce>(), {input, target, Tensor<T>(T(1))},
                  reduction_attribute(reduction));
}

template <class T>
Tensor<T> bce_with_logits(const Tensor<T>& input, const AsTensor<T>& target,
                          std::string_view reduction) {
  const Tensor<T> one(T(1));
  return apply<T>(operation<BceWithLogits>(), {input, target, one, one},
                  reduction_attribute(reduction));
}

template <class T>
Tensor<T> mse(const Tensor<T>& input, const AsTensor<T>& target, std::string_view reduction) {
  return apply<T>(operation<Mse>(), {input, target}, reduction_attribute(reduction));
}

#define VERIGRAD_INSTANTIATE_LOSS(function)                                                        \
  template Tensor<float> function(const Tensor<float>&, const AsTensor<float>&, std::string_view); \
  template Tensor<double> function(const Tensor<double>&, const AsTensor<double>&,                 \
                                   std::string_view);

VERIGRAD_INSTANTIATE_LOSS(bce)
VERIGRAD_INSTANTIATE_LOSS(bce_with_logits)
VERIGRAD_INSTANTIATE_LOSS(mse)

std::vector<const Operation*> loss_operations() {
  return {VERIGRAD_ROW(Bce), VERIGRAD_ROW(BceWithLogits), VERIGRAD_ROW(Mse)};
}

}  // namespace verigrad
