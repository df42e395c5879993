// nll_loss and cross_entropy. Both are
//
//   L_s = -sum_c q_sc w_c l_sc,   then none, the sum over s, or the sum divided by D,
//
// where l is the input (nll_loss) or its log_softmax over the classes (cross_entropy), w the weight
// of each class, and q the target: for a class index t, (1 - e) at t plus e / C at every class; for
// given probabilities p, (1 - e) p + e / C, with e the label smoothing. D is the sum of w_t over
// the samples that are not ignored, or, for probabilities, the number of samples.
#include <fmt/format.h>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/class_backward.hpp"
#include "engine/ops/class_form.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/loss.hpp"
#include "engine/ops/normalisation.hpp"

namespace verigrad {
namespace {

using detail::ClassForm, detail::ignored, detail::Peak, detail::peak_of;

/// Adds up the loss of every sample in double.
template <class T>
class ClassSums {
 public:
  ClassSums(const ClassForm& form, Operands<T> operands, bool logits, double smoothing)
      : form_(form),
        target_(operands[1]),
        weight_(operands[2]),
        logits_(logits),
        smoothing_(smoothing),
        terms_(static_cast<std::size_t>(form.classes)) {}

  /// The loss of one lane of the input, whose class is given unless the target has probabilities.
  double loss(const T* x, std::int64_t start, std::int64_t step, std::int64_t target) {
    if (!form_.probabilities && target == ignored) return 0;
    const std::int64_t n = form_.classes;
    const Peak peak = logits_ ? peak_of(x + start, n, step) : Peak();
    const double log_rest = std::log1p(peak.rest);
    const auto log_probability = [&](std::int64_t c) {
      const auto entry = static_cast<double>(x[start + c * step]);
      return logits_ ? entry - peak.greatest - log_rest : entry;
    };
    if (!form_.probabilities && smoothing_ == 0) return -weight(target) * log_probability(target);
    for (std::int64_t c = 0; c < n; ++c) {
      const double share = form_.probabilities ? static_cast<double>(target_[start + c * step])
                           : c == target       ? 1.0
                                               : 0.0;
      const double q = share * (1 - smoothing_) + smoothing_ / static_cast<double>(n);
      terms_[static_cast<std::size_t>(c)] = -q * weight(c) * log_probability(c);
    }
    return pairwise_sum(terms_.data(), n);
  }

  double weight(std::int64_t c) const {
    return static_cast<double>(weight_[weight_.shape().rank() == 0 ? 0 : c]);
  }

 private:
  const ClassForm& form_;
  const Tensor<T>&target_, &weight_;
  bool logits_;
  double smoothing_;
  std::vector<double> terms_;
};

/// What both losses share. The definition gives `info`, `name` and `logits`, whether the input goes
/// through log_softmax.
template <class Op>
struct ClassLoss : Op {
  static ClassForm form(std::span<const Shape> operands) {
    return {Op::name, operands, Op::logits};
  }

  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const ClassForm shapes = form(operands);
    if (shapes.probabilities && attributes.integer(0) >= 0)
      throw Error(fmt::format(
          "{}: ignore_index is not supported for floating point target; input and target have "
          "shape {}",
          Op::name, to_string(shapes.input)));
    if (Op::logits && operands[3].rank() != 0)
      throw ShapeError(fmt::format("{}: label_smoothing must be a number, but it has shape {}",
                                   Op::name, to_string(operands[3])));
    return reduction(attributes) == "none" ? shapes.each : Shape();
  }

  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    const Shape shapes[] = {operands[0].shape(), operands[1].shape(), operands[2].shape()};
    const ClassForm at = form(shapes);
    const double smoothing = smoothing_of(operands);
    std::vector<std::int64_t> classes(static_cast<std::size_t>(at.each.numel()), ignored);
    if (!at.probabilities) classes = at.classes_of(operands[1], attributes.integer(0));
    ClassSums<T> sums(at, operands, Op::logits, smoothing);
    std::vector<double> losses(classes.size()), weights(classes.size());
    const Lanes<T> lanes(operands[0], at.class_dims());
    lanes.each([&](std::int64_t lane, std::int64_t start) {
      const auto s = static_cast<std::size_t>(lane);
      losses[s] = sums.loss(lanes.data, start, lanes.inner, classes[s]);
      weights[s] = at.probabilities ? 1 : classes[s] == ignored ? 0 : sums.weight(classes[s]);
    });
    if (reduction(attributes) == "none") {
      Tensor<T> out = Tensor<T>::uninitialised(shape);
      std::transform(losses.begin(), losses.end(), out.mutable_data(),
                     [](double loss) { return static_cast<T>(loss); });
      return out;
    }
    const auto count = static_cast<std::int64_t>(losses.size());
    double total = pairwise_sum(losses.data(), count);
    if (reduction(attributes) == "mean") total /= pairwise_sum(weights.data(), count);
    return Tensor<T>(Shape(), {static_cast<T>(total)});
  }

  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    const std::array shapes{saved.operand_shape(0), saved.operand_shape(1), saved.operand_shape(2)};
    const detail::ClassBackward<T, Op::logits> at(form(shapes), saved, g,
                                                  reduction(saved.attributes()) == "mean");
    switch (operand) {
      case 0:
        return at.by_input(saved);
      case 1:
        return at.by_target(saved);
      case 2:
        return at.by_weight(saved);
      default:
        return at.by_smoothing(saved);
    }
  }

 private:
  static const std::string& reduction(const Attributes& attributes) {
    return detail::checked_reduction(Op::name, attributes.word(1));
  }

  template <class T>
  static double smoothing_of(Operands<T> operands) {
    if constexpr (!Op::logits) return 0;
    const auto smoothing = static_cast<double>(operands[operands.size() - 1].item());
    if (!(smoothing >= 0 && smoothing <= 1))
      throw Error(fmt::format("{}: label_smoothing must be between 0.0 and 1.0. Got: {}", Op::name,
                              smoothing));
    return smoothing;
  }
};

constexpr Interval weights{0.5, 2};

struct NllLossRule {
  static constexpr const char* name = "nll_loss";
  static constexpr bool logits = false;
  static constexpr OperationInfo info{
      .signature =
          "nll_loss(input, target, weight = 1, ignore_index: int = -100, "
          "reduction: word = \"mean\")",
      .grad_fn = "NllLossBackward0",
      .value =
          "-sum(weight[target] * input[target]) / sum(weight[target]), over the samples whose "
          "target is not ignore_index",
      .derivative = {"-weight[target] / sum(weight[target]) at the target, 0 elsewhere", "",
                     "-(input[target] + loss) / sum(weight[target]), added up for each class"},
      .latex = R"(-\frac{\sum_s w_{t_s} x_{s t_s}}{\sum_s w_{t_s}})",
      .domain = {reals, reals, positive},
      .typical = {Interval{-3, 0}, Interval{0, 1}, weights},
      .special = {0, 1, -40},
      .needs = {second | third, nothing, first | second | third},
      .indices = second,
  };
  static std::string_view grad_fn(const Call& call) {
    const std::size_t rank = call.shapes[0].rank();
    if (rank <= 2) return "NllLossBackward0";
    return rank != 4 && call.attributes.word(1) == "none" ? "ViewBackward0" : "NllLoss2DBackward0";
  }
};

/// The gradient is softmax(input) - target, where for a target that is almost certain 1 - p is
/// computed as -expm1(log p) and keeps its digits.
struct CrossEntropyRule {
  static constexpr const char* name = "cross_entropy";
  static constexpr bool logits = true;
  static constexpr OperationInfo info{
      .signature =
          "cross_entropy(input, target, weight = 1, ignore_index: int = -100, "
          "reduction: word = \"mean\", label_smoothing = 0)",
      .grad_fn = "NllLossBackward0",
      .value =
          "nll_loss(log_softmax(input, 1), target, weight) for class indices; "
          "-sum(weight * target * log_softmax(input, 1)) / n for a target of the input's shape",
      .derivative = {"(softmax(input, 1) - target) / n",
                     "-log_softmax(input, 1) / n for probabilities; indices have none",
                     "-(log_softmax(input, 1) * target) / n for each class, and for indices less "
                     "loss / n",
                     "sum((target - 1 / classes) * log_softmax(input, 1)) / n"},
      .latex = R"(-\frac{1}{n} \sum_s \sum_c q_{sc} \ln \frac{e^{x_{sc}}}{\sum_k e^{x_{sk}}})",
      .domain = {reals, reals, positive, Interval{0, 1}},
      .typical = {Interval{-3, 3}, Interval{0.05, 0.95}, weights, Interval{0, 0.5}},
      .special = {0, 1, 40, -40, 710},
      .needs = {first | second | third | fourth, first | second | third | fourth,
                first | second | third | fourth, first | second | third | fourth},
  };
  static std::string_view grad_fn(const Call& call) {
    if (call.shapes[0] == call.shapes[1])
      return call.attributes.word(1) == "mean" ? "DivBackward0" : "NegBackward0";
    return NllLossRule::grad_fn(call);
  }
};

using NllLoss = ClassLoss<NllLossRule>;
using CrossEntropy = ClassLoss<CrossEntropyRule>;

AttributesRef class_attributes(std::int64_t ignore_index, std::string_view reduction) {
  return make_attributes({ignore_index, std::string(reduction)});
}

}  // namespace

template <class T>
Tensor<T> nll_loss(const Tensor<T>& input, const AsTensor<T>& target, const AsTensor<T>& weight,
                   std::int64_t ignore_index, std::string_view reduction) {
  return apply<T>(operation<NllLoss>(), {input, target, weight},
                  class_attributes(ignore_index, reduction));
}
template <class T>
Tensor<T> cross_entropy(const Tensor<T>& input, const AsTensor<T>& target,
                        const AsTensor<T>& weight, std::int64_t ignore_index,
                        std::string_view reduction, const AsTensor<T>& label_smoothing) {
  return apply<T>(operation<CrossEntropy>(), {input, target, weight, label_smoothing},
                  class_attributes(ignore_index, reduction));
}

#define VERIGRAD_INSTANTIATE(T)                                                                   \
  template Tensor<T> nll_loss(const Tensor<T>&, const Tensor<T>&, const Tensor<T>&, std::int64_t, \
                              std::string_view);                                                  \
  template Tensor<T> cross_entropy(const Tensor<T>&, const Tensor<T>&, const Tensor<T>&,          \
                                   std::int64_t, std::string_view, const Tensor<T>&);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

std::vector<const Operation*> class_loss_operations() {
  return {VERIGRAD_ROW(NllLoss), VERIGRAD_ROW(CrossEntropy)};
}

}  // namespace verigrad
