#pragma once

#include <array>
#include <concepts>
#include <initializer_list>

#include "engine/optim/optimizer.hpp"

namespace verigrad {

/// PyTorch's names and defaults.
struct AdamOptions {
  std::array<double, 2> betas = {0.9, 0.999};  ///< β₁, β₂
  double eps = 1e-8;                           ///< ε
  double weight_decay = 0;                     ///< λ, added to the gradient
  bool amsgrad = false;
};

/// Adam (Kingma and Ba 2015) with AMSGrad (Reddi, Kale and Kumar 2018), `torch.optim.Adam` of
/// PyTorch 1.13. The t-th step of a parameter p with gradient g, t from 1, computes
///
///     d ← g + λ p
///     m ← β₁ m + (1 - β₁) d           m = v = v̂ = 0 before
///     v ← β₂ v + (1 - β₂) d²
///     v̂ ← max(v̂, v) with amsgrad, else v
///     p ← p - lr / (1 - β₁ᵗ) · m / (√v̂ / √(1 - β₂ᵗ) + ε)
///
/// With amsgrad PyTorch takes the maximum before it corrects the bias, and so does this. t counts
/// the steps in which the parameter had a gradient.
///
///     Adam optimiser({w, b}, 1e-3, {.amsgrad = true});
template <class T>
class Adam final : public Optimizer<T> {
 public:
  /// Throws Error as Optimizer does, for a negative or NaN ε or weight decay, and for a β outside
  /// [0, 1).
  Adam(std::vector<Tensor<T>> params, double lr = 1e-3, AdamOptions options = {});
  Adam(std::initializer_list<Tensor<T>> params, double lr = 1e-3, AdamOptions options = {})
      : Adam(std::vector<Tensor<T>>(params), lr, options) {}

  /// A bare tensor is no list of parameters: throws Error.
  template <std::same_as<Tensor<T>> Parameter>
  Adam(const Parameter& params, double lr = 1e-3, AdamOptions options = {})
      : Adam(Optimizer<T>::refuse(params), lr, options) {}

  const AdamOptions& options() const { return options_; }

 private:
  struct Moments {
    std::int64_t t = 0;
    std::vector<T> m, v, v_max;
  };

  void update(std::size_t state, std::span<const T> parameter, std::span<const T> gradient,
              std::span<T> u) override;

  AdamOptions options_;
  std::vector<Moments> moments_;
};

template <class T>
Adam(std::vector<Tensor<T>>, double = 1e-3, AdamOptions = {}) -> Adam<T>;

extern template class Adam<float>;
extern template class Adam<double>;

}  // namespace verigrad
