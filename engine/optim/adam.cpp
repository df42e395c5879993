#include "engine/optim/adam.hpp"

#include <cmath>

#include "engine/scalar.hpp"

namespace verigrad {

template <class T>
Adam<T>::Adam(std::vector<Tensor<T>> params, double lr, AdamOptions options)
    : Optimizer<T>(std::move(params), lr), options_(options), moments_(this->states()) {
  const auto in_range = [](double beta) { return 0 <= beta && beta < 1; };
  this->require(options.eps >= 0, "epsilon value", options.eps);
  this->require(in_range(options.betas[0]), "beta parameter at index 0", options.betas[0]);
  this->require(in_range(options.betas[1]), "beta parameter at index 1", options.betas[1]);
  this->require(options.weight_decay >= 0, "weight_decay value", options.weight_decay);
}

template <class T>
void Adam<T>::update(std::size_t state, std::span<const T> parameter, std::span<const T> gradient,
                     std::span<T> u) {
  Moments& moments = moments_[state];
  const auto t = static_cast<double>(++moments.t);
  moments.m.resize(u.size());
  moments.v.resize(u.size());
  if (options_.amsgrad) moments.v_max.resize(u.size());

  const auto [beta1, beta2] = options_.betas;
  const T rate = static_cast<T>(this->lr() / (1 - std::pow(beta1, t)));
  const T root = static_cast<T>(std::sqrt(1 - std::pow(beta2, t)));
  const T b1 = static_cast<T>(beta1), b2 = static_cast<T>(beta2);
  const T share1 = static_cast<T>(1 - beta1), share2 = static_cast<T>(1 - beta2);
  const T eps = static_cast<T>(options_.eps), decay = static_cast<T>(options_.weight_decay);
  const bool decays = options_.weight_decay != 0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    const T d = decays ? gradient[i] + decay * parameter[i] : gradient[i];
    const T m = moments.m[i] = b1 * moments.m[i] + share1 * d;
    T v = moments.v[i] = b2 * moments.v[i] + share2 * (d * d);
    if (options_.amsgrad) v = moments.v_max[i] = maximum(moments.v_max[i], v);
    u[i] = rate * m / (std::sqrt(v) / root + eps);
  }
}

template class Adam<float>;
template class Adam<double>;

}  // namespace verigrad
