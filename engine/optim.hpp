#pragma once

#include <concepts>
#include <initializer_list>
#include <vector>

#include "engine/tensor.hpp"

namespace verigrad {

/// Stochastic gradient descent: `step()` sets every parameter p to p - lr · p.grad.
///
///     SGD optimiser({w, b}, 0.1);
///     for (…) { optimiser.zero_grad(); loss(w, b).backward(); optimiser.step(); }
template <class T>
class SGD {
 public:
  /// Throws Error for an empty list, an undefined parameter, one that is the result of an operation
  /// (unless it retains its gradient), and a learning rate that is negative or NaN. Warns when a
  /// parameter is named twice.
  SGD(std::vector<Tensor<T>> params, double lr);

  /// A bare tensor is no list of parameters: throws Error.
  template <std::same_as<Tensor<T>> Parameter>
  SGD(const Parameter& params, double lr) : lr_(static_cast<T>(lr)) {
    refuse(params);
  }

  /// Updates in place without recording, and so changes each parameter's version. Parameters
  /// without a gradient stay as they are.
  void step();
  /// Fills the gradients with zeros; those that are undefined stay so.
  void zero_grad();

  const std::vector<Tensor<T>>& params() const { return params_; }
  T lr() const { return lr_; }

 private:
  [[noreturn]] static void refuse(const Tensor<T>& params);

  std::vector<Tensor<T>> params_;
  T lr_;
};

template <class T>
SGD(std::initializer_list<Tensor<T>>, double) -> SGD<T>;
template <class T>
SGD(std::vector<Tensor<T>>, double) -> SGD<T>;

extern template class SGD<float>;
extern template class SGD<double>;

}  // namespace verigrad
