#include "engine/optim/optimizer.hpp"

#include <fmt/format.h>

#include "engine/error.hpp"

namespace verigrad {

template <class T>
Optimizer<T>::Optimizer(std::vector<Tensor<T>> params, double lr)
    : params_(std::move(params)), lr_(lr) {
  require(lr >= 0, "learning rate", lr);
  if (params_.empty()) throw Error("optimizer got an empty parameter list");
  for (std::size_t i = 0; i < params_.size(); ++i) {
    if (!params_[i].defined())
      throw Error(fmt::format(
          "optimizer can only optimize Tensors, but parameter {} is undefined (None)", i));
    if (!params_[i].is_leaf() && !params_[i].impl()->retains_grad)
      throw Error(fmt::format("can't optimize a non-leaf Tensor (parameter {})", i));
    std::size_t earlier = 0;
    while (!params_[earlier].is(params_[i])) ++earlier;
    state_of_.push_back(earlier < i ? state_of_[earlier] : states_++);
  }
  if (states_ < params_.size())
    warn("optimizer contains a parameter group with duplicate parameters: each is updated twice");
}

template <class T>
std::vector<Tensor<T>> Optimizer<T>::refuse(const Tensor<T>& params) {
  throw Error(
      fmt::format("params argument given to the optimizer should be an iterable of Tensors or "
                  "dicts, but got a tensor of shape {}; write it as a list",
                  params.defined() ? to_string(params.shape()) : "None"));
}

template <class T>
void Optimizer<T>::require(bool valid, std::string_view name, double value) {
  if (!valid) throw Error(fmt::format("Invalid {}: {}", name, value));
}

template <class T>
void Optimizer<T>::set_lr(double lr) {
  require(lr >= 0, "learning rate", lr);
  lr_ = lr;
}

template <class T>
void Optimizer<T>::step() {
  const NoGrad scope;
  begin_step();
  for (std::size_t i = 0; i < params_.size(); ++i) {
    Tensor<T>& parameter = params_[i];
    const Tensor<T>& gradient = parameter.impl()->grad;
    if (!gradient.defined()) continue;
    Tensor<T> u = Tensor<T>::uninitialised(parameter.shape());
    update(state_of_[i], parameter.entries(), gradient.entries(),
           {u.mutable_data(), static_cast<std::size_t>(u.numel())});
    parameter.sub_(u);
  }
  ++steps_;
}

template <class T>
void Optimizer<T>::zero_grad() {
  for (Tensor<T>& parameter : params_) parameter.zero_grad();
}

template class Optimizer<float>;
template class Optimizer<double>;

}  // namespace verigrad
