// Losses of the distance between two tensors, and of that between two distributions.
#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/loss.hpp"
#include "engine/ops/residual.hpp"

namespace verigrad {
namespace {

using detail::Loss;

/// -1 and 1 on the two straight pieces, 0 on the parabola between them.
template <class T>
std::int64_t piece_of(T distance, T half_width) {
  return distance >= half_width ? 1 : distance <= -half_width ? -1 : 0;
}

/// The second derivative jumps where |input - target| = delta; the first does not.
struct HuberRule {
  static constexpr const char* name = "huber";
  static constexpr OperationInfo info{
      .signature = R"(huber(input, target, reduction: word = "mean", delta = 1))",
      .grad_fn = "HuberLossBackward0",
      .value =
          "mean(where(abs(input - target) < delta, (input - target) ** 2 / 2, delta * "
          "(abs(input - target) - delta / 2)))",
      .derivative = {"clamp(input - target, -delta, delta) / n",
                     "-clamp(input - target, -delta, delta) / n",
                     "maximum(abs(input - target) - delta, 0) / n"},
      .latex = R"(\frac{1}{n} \sum_i h_\delta(x_i - t_i))",
      .domain = {reals, reals, positive},
      .typical = {Interval{-3, 3}, Interval{-3, 3}, Interval{0.5, 2}},
      .kinks = "|input - target| = delta (of the derivative)",
      .special = {0, 1, -1, 2},
      .needs = {first | second | third, first | second | third, first | second | third},
  };
  template <class T>
  static void check(Operands<T> operands) {
    for (T delta : operands[2].entries())
      if (!(delta > 0))
        throw Error(fmt::format(
            "huber: huber_loss does not support non-positive values for delta, got {}", delta));
  }
  template <class T>
  static T value(T x, T t, T delta) {
    const T distance = abs(x - t);
    return where(distance < delta, T(0.5) * distance * distance,
                 delta * (distance - T(0.5) * delta));
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& t, const V& delta, const V&) {
    const V d = x - t;
    if constexpr (i == 2) {
      const V excess = excess_of(x, t, d, delta);
      return where(excess < 0, zeros_like(g), g * excess);
    } else {
      const V slope = g * where(abs(d) < delta, d, delta * sign(d));
      if constexpr (i == 0) {
        return slope;
      } else {
        return -slope;
      }
    }
  }
  template <class T>
  static std::int64_t branch(T x, T t, T delta) {
    return piece_of(x - t, delta);
  }

 private:
  /// |x - t| - delta. Below 2 delta the difference of the rounded d and delta is exact, and what is
  /// wrong with it is the rounding of d; above, that is less than an ulp.
  template <class V>
  static V excess_of(const V& x, const V& t, const V& d, const V& delta) {
    const V rest = sign(d) * sub_residual(x, t, d);
    return (abs(d) - delta) + where(abs(d) < 2 * delta, rest, zeros_like(rest));
  }
};

/// With beta = 0 this is |input - target|, whose derivative at 0 is 0.
struct SmoothL1Rule {
  static constexpr const char* name = "smooth_l1";
  static constexpr OperationInfo info{
      .signature = R"(smooth_l1(input, target, reduction: word = "mean", beta = 1))",
      .grad_fn = "SmoothL1LossBackward0",
      .value =
          "mean(where(abs(input - target) < beta, (input - target) ** 2 / (2 * beta), "
          "abs(input - target) - beta / 2))",
      .derivative = {"clamp((input - target) / beta, -1, 1) / n",
                     "-clamp((input - target) / beta, -1, 1) / n",
                     "-minimum(abs(input - target) / beta, 1) ** 2 / 2 / n"},
      .latex = R"(\frac{1}{n} \sum_i \tfrac{1}{\beta} h_\beta(x_i - t_i))",
      .domain = {reals, reals, Interval{.lower = 0}},
      .typical = {Interval{-3, 3}, Interval{-3, 3}, Interval{0.5, 2}},
      .kinks = "|input - target| = beta (of the derivative), and input = target where beta = 0",
      .special = {0, 1, -1, 2},
      .needs = {first | second | third, first | second | third, first | second | third},
  };
  template <class T>
  static void check(Operands<T> operands) {
    for (T beta : operands[2].entries())
      if (!(beta >= 0))
        throw Error(fmt::format(
            "smooth_l1: smooth_l1_loss does not support negative values for beta, got {}", beta));
  }
  template <class T>
  static T value(T x, T t, T beta) {
    const T distance = abs(x - t);
    const T divisor = where(beta == 0, T(1), beta);
    return where(distance < beta, T(0.5) * distance * (distance / divisor),
                 distance - T(0.5) * beta);
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& t, const V& beta, const V&) {
    const V d = x - t;
    const V ratio = d / where(beta == 0, V(1), beta);
    if constexpr (i == 2) {
      return g * where(abs(d) < beta, V(-0.5) * ratio * ratio, V(-0.5));
    } else {
      const V slope = g * where(abs(d) < beta, ratio, sign(d));
      if constexpr (i == 0) {
        return slope;
      } else {
        return -slope;
      }
    }
  }
  template <class T>
  static std::int64_t branch(T x, T t, T beta) {
    return beta == 0 && x == t ? 2 : piece_of(x - t, beta);
  }
};

constexpr OperationInfo kl_div_info{
    .signature = R"(kl_div(input, target, reduction: word = "mean", log_target: flag = False))",
    .grad_fn = "KlDivBackward0",
    .value =
        "mean(target * (log(target) - input)), or mean(exp(target) * (target - input)) with "
        "log_target",
    .derivative = {"-target / n, or -exp(target) / n",
                   "(log(target) + 1 - input) / n, or exp(target) * (target + 1 - input) / n"},
    .latex = R"(\frac{1}{n} \sum_i t_i (\ln t_i - x_i))",
    .domain = {reals, Interval{.lower = 0}},
    .typical = {Interval{-3, 0}, Interval{0.05, 0.95}},
    .special = {0, 1, 0.5, 1e-300},
    .needs = {second, first | second},
};

/// The input is a log of a probability, the target a probability. 0 log 0 is 0: a target of 0 adds
/// nothing, whatever the input.
struct KlDivRule {
  static constexpr const char* name = "kl_div";
  static constexpr bool batchmean = true;
  static constexpr OperationInfo info = kl_div_info;

  template <class T>
  static T value(T x, T t) {
    return where(t == 0, T(0), t * (log(t) - x));
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& t, const V&) {
    if constexpr (i == 0) {
      return -(g * t);
    } else {
      return g * (log(t) + 1 - x);
    }
  }
};

/// Both are logs of probabilities; a target of -inf adds nothing.
struct KlDivLogRule : KlDivRule {
  template <class T>
  static T value(T x, T t) {
    const T p = exp(t);
    return where(p == 0, T(0), p * (t - x));
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& t, const V&) {
    const V p = exp(t);
    if constexpr (i == 0) {
      return -(g * p);
    } else {
      const auto gone = p == 0;
      return where(gone, zeros_like(g), g * (p * (where(gone, x, t) + 1 - x)));
    }
  }
};

struct KlDiv : Loss<KlDivRule> {
  using InLogs = Loss<KlDivLogRule>;

  static std::string_view grad_fn(const Call& call) {
    const bool scalar = call.shapes[0].rank() == 0;
    return call.attributes.word(0) == "batchmean" && !scalar ? "DivBackward0" : "KlDivBackward0";
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    return attributes.flag(1) ? InLogs::forward<T>(operands, attributes, shape)
                              : Loss<KlDivRule>::forward<T>(operands, attributes, shape);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    return saved.attributes().flag(1) ? InLogs::vjp<T>(saved, g, operand)
                                      : Loss<KlDivRule>::vjp<T>(saved, g, operand);
  }
};

using Huber = Loss<HuberRule>;
using SmoothL1 = Loss<SmoothL1Rule>;

}  // namespace

template <class T>
Tensor<T> huber(const Tensor<T>& input, const AsTensor<T>& target, std::string_view reduction,
                const AsTensor<T>& delta) {
  return apply<T>(operation<Huber>(), {input, target, delta},
                  detail::reduction_attribute(reduction));
}
template <class T>
Tensor<T> smooth_l1(const Tensor<T>& input, const AsTensor<T>& target, std::string_view reduction,
                    const AsTensor<T>& beta) {
  return apply<T>(operation<SmoothL1>(), {input, target, beta},
                  detail::reduction_attribute(reduction));
}
template <class T>
Tensor<T> kl_div(const Tensor<T>& input, const AsTensor<T>& target, std::string_view reduction,
                 bool log_target) {
  return apply<T>(operation<KlDiv>(), {input, target},
                  make_attributes({std::string(reduction), log_target}));
}

#define VERIGRAD_INSTANTIATE(T)                                                      \
  template Tensor<T> huber(const Tensor<T>&, const Tensor<T>&, std::string_view,     \
                           const Tensor<T>&);                                        \
  template Tensor<T> smooth_l1(const Tensor<T>&, const Tensor<T>&, std::string_view, \
                               const Tensor<T>&);                                    \
  template Tensor<T> kl_div(const Tensor<T>&, const Tensor<T>&, std::string_view, bool);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

std::vector<const Operation*> distance_loss_operations() {
  return {VERIGRAD_ROW(Huber), VERIGRAD_ROW(SmoothL1), VERIGRAD_ROW(KlDiv)};
}

}  // namespace verigrad
