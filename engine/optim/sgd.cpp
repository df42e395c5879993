#include "engine/optim/sgd.hpp"

#include <cmath>

#include "engine/error.hpp"

namespace verigrad {

template <class T>
SGD<T>::SGD(std::vector<Tensor<T>> params, double lr, SGDOptions options)
    : Optimizer<T>(std::move(params), lr),
      options_(options),
      buffers_(this->states()),
      started_(this->states()) {
  this->require(options.momentum >= 0, "momentum value", options.momentum);
  this->require(!std::isnan(options.dampening), "dampening value", options.dampening);
  this->require(options.weight_decay >= 0, "weight_decay value", options.weight_decay);
  if (options.nesterov && (options.momentum <= 0 || options.dampening != 0))
    throw Error("Nesterov momentum requires a momentum and zero dampening");
}

template <class T>
void SGD<T>::begin_step() {
  for (std::size_t i = 0; i < buffers_.size(); ++i) started_[i] = !buffers_[i].empty();
}

template <class T>
void SGD<T>::update(std::size_t state, std::span<const T> parameter, std::span<const T> gradient,
                    std::span<T> u) {
  const T lr = static_cast<T>(this->lr());
  const T momentum = static_cast<T>(options_.momentum);
  const T share = static_cast<T>(1 - options_.dampening);
  const T decay = static_cast<T>(options_.weight_decay);
  std::vector<T>& buffer = buffers_[state];
  const bool decays = options_.weight_decay != 0, moves = options_.momentum != 0;
  if (moves) buffer.resize(u.size());
  for (std::size_t i = 0; i < u.size(); ++i) {
    T d = decays ? gradient[i] + decay * parameter[i] : gradient[i];
    if (moves) {
      buffer[i] = started_[state] ? momentum * buffer[i] + share * d : d;
      d = options_.nesterov ? d + momentum * buffer[i] : buffer[i];
    }
    u[i] = lr * d;
  }
}

template class SGD<float>;
template class SGD<double>;

}  // namespace verigrad
