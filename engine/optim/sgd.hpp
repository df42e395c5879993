#pragma once

#include <concepts>
#include <initializer_list>

#include "engine/optim/optimizer.hpp"

namespace verigrad {

/// What a plain step of SGD leaves out; PyTorch's names and defaults.
struct SGDOptions {
  double momentum = 0;      ///< μ
  double dampening = 0;     ///< τ
  double weight_decay = 0;  ///< λ
  bool nesterov = false;
};

/// Stochastic gradient descent, `torch.optim.SGD` of PyTorch 1.13. A step computes, for every
/// parameter p with gradient g and buffer b,
///
///     d ← g + λ p
///     b ← d at the parameter's first step, then μ b + (1 - τ) d          (if μ ≠ 0)
///     d ← d + μ b with nesterov, else b                                  (if μ ≠ 0)
///     p ← p - lr d
///
/// The first buffer is d itself, undampened; with τ = 0 that is the rule with b = 0 before.
///
///     SGD optimiser({w, b}, 0.1, {.momentum = 0.9});
///     for (…) { optimiser.zero_grad(); loss(w, b).backward(); optimiser.step(); }
template <class T>
class SGD final : public Optimizer<T> {
 public:
  /// Throws Error as Optimizer does, for a negative or NaN momentum or weight decay, for a NaN
  /// dampening, and for nesterov without momentum or with dampening.
  SGD(std::vector<Tensor<T>> params, double lr, SGDOptions options = {});

  /// A bare tensor is no list of parameters: throws Error.
  template <std::same_as<Tensor<T>> Parameter>
  SGD(const Parameter& params, double lr, SGDOptions options = {})
      : SGD(Optimizer<T>::refuse(params), lr, options) {}

  const SGDOptions& options() const { return options_; }

 private:
  void begin_step() override;
  void update(std::size_t state, std::span<const T> parameter, std::span<const T> gradient,
              std::span<T> u) override;

  SGDOptions options_;
  std::vector<std::vector<T>> buffers_;  ///< b
  std::vector<bool> started_;            ///< whether b existed when the present step began
};

template <class T>
SGD(std::initializer_list<Tensor<T>>, double, SGDOptions = {}) -> SGD<T>;
template <class T>
SGD(std::vector<Tensor<T>>, double, SGDOptions = {}) -> SGD<T>;

extern template class SGD<float>;
extern template class SGD<double>;

}  // namespace verigrad
