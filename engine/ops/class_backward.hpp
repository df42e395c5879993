#pragma once

#include "engine/elementwise.hpp"
#include "engine/ops/class_form.hpp"
#include "engine/ops/normalisation.hpp"

namespace verigrad::detail {

/// The derivatives of the losses of engine/ops/class_loss.cpp, in the notation that stands there.
/// Every factor of -q w l / D is a tensor, recorded when grad mode is on and broadcastable to the
/// input's shape; with `logits` l is the log_softmax of the input, with `mean` the sum is divided.
template <class T, bool logits>
struct ClassBackward {
  ClassBackward(const ClassForm& the_form, const Saved<T>& saved, const Tensor<T>& g, bool mean)
      : form(the_form),
        cotangent(g.shape().rank() == 0 ? g : reshaped(g, form.one_class())),
        weight(saved.operand(2)) {
    if (weight.shape().rank() != 0) weight = reshaped(weight, form.classes_only());
    smoothing = logits ? saved.operand(3) : Tensor<T>(T(0));
    if (form.probabilities) {
      share = saved.operand(1);
      counted = Tensor<T>(T(1));
    } else {
      share = class_mask(saved.operand(1), form.input, saved.attributes().integer(0));
      counted = sum_to(share, form.one_class());
      counts = sum_to(share, form.classes_only());
    }
    if (!mean) {
      divisor = Tensor<T>(T(1));
    } else if (form.probabilities) {
      divisor = Tensor<T>(static_cast<T>(form.each.numel()));
    } else {
      mean_of_indices = true;
      divisor = where(sum(counts) == 0, Tensor<T>(T(1)), sum(weight * counts));
    }
  }

  Tensor<T> by_input(const Saved<T>& saved) const {
    const Tensor<T> slope = cotangent * weight / divisor * -target_distribution();
    if constexpr (logits) {
      const auto dim = static_cast<std::int64_t>(form.dim);
      // softmax(input), and not exp of its log, which multiplies that log's rounding by its size.
      return log_softmax_backward(log_probabilities(saved), softmax(saved.operand(0), dim),
                                  expanded(slope, form.input), form.class_dims());
    } else {
      return where(share, slope, Tensor<T>(T(0)));
    }
  }

  Tensor<T> by_target(const Saved<T>& saved) const {
    if (!form.probabilities) return full_zeros(form.target);
    return cotangent * weight / divisor * (smoothing - 1) * log_probabilities(saved);
  }

  /// The divisor, too, depends on the weight when it is the sum of the targets' weights.
  Tensor<T> by_weight(const Saved<T>& saved) const {
    const Tensor<T> each = masked(-target_distribution() * log_probabilities(saved)) / divisor;
    Tensor<T> slope = sum_to(cotangent * each, weight.shape());
    if (mean_of_indices)
      slope = slope - sum_to(cotangent * sum(weight * each) * counts / divisor, weight.shape());
    return reshaped(slope, saved.operand_shape(2));
  }

  Tensor<T> by_smoothing(const Saved<T>& saved) const {
    const Tensor<T> slope = share - counted / static_cast<T>(form.classes);
    return sum(cotangent * weight / divisor * slope * log_probabilities(saved));
  }

 private:
  Tensor<T> log_probabilities(const Saved<T>& saved) const {
    const Tensor<T> input = saved.operand(0);
    return logits ? log_softmax(input, static_cast<std::int64_t>(form.dim)) : input;
  }

  /// q.
  Tensor<T> target_distribution() const {
    return share * (1 - smoothing) + counted / static_cast<T>(form.classes) * smoothing;
  }

  /// 0 where only a class of probability 0 would contribute: 0 times its log could be NaN.
  Tensor<T> masked(const Tensor<T>& x) const {
    if (form.probabilities || smoothing.requires_grad()) return x;
    return where(where(share, Tensor<T>(T(1)), smoothing != 0), x, Tensor<T>(T(0)));
  }

  static Tensor<T> full_zeros(const Shape& shape) {
    Tensor<T> zeros = Tensor<T>::uninitialised(shape);
    std::fill_n(zeros.mutable_data(), shape.numel(), T(0));
    return zeros;
  }

  ClassForm form;
  Tensor<T> cotangent, weight, smoothing;
  /// 1 at the class of every sample that counts; which samples count; how many in each class.
  Tensor<T> share, counted, counts;
  Tensor<T> divisor;
  bool mean_of_indices = false;
};

}  // namespace verigrad::detail
