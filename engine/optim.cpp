#include "engine/optim.hpp"

#include <fmt/format.h>

#include "engine/arithmetic.hpp"
#include "engine/error.hpp"

namespace verigrad {

template <class T>
SGD<T>::SGD(std::vector<Tensor<T>> params, double lr)
    : params_(std::move(params)), lr_(static_cast<T>(lr)) {
  if (!(lr >= 0)) throw Error(fmt::format("Invalid learning rate: {}", lr));
  if (params_.empty()) throw Error("optimizer got an empty parameter list");
  bool repeated = false;
  for (std::size_t i = 0; i < params_.size(); ++i) {
    if (!params_[i].defined())
      throw Error(fmt::format(
          "optimizer can only optimize Tensors, but parameter {} is undefined (None)", i));
    if (!params_[i].is_leaf() && !params_[i].impl()->retains_grad)
      throw Error(fmt::format("can't optimize a non-leaf Tensor (parameter {})", i));
    for (std::size_t j = 0; j < i; ++j) repeated = repeated || params_[i].is(params_[j]);
  }
  if (repeated)
    warn("optimizer contains a parameter group with duplicate parameters: each is updated twice");
}

template <class T>
void SGD<T>::refuse(const Tensor<T>& params) {
  throw Error(
      fmt::format("params argument given to the optimizer should be an iterable of Tensors or "
                  "dicts, but got a tensor of shape {}; write it as a list",
                  params.defined() ? to_string(params.shape()) : "None"));
}

template <class T>
void SGD<T>::step() {
  const NoGrad scope;
  for (Tensor<T>& parameter : params_)
    if (const Tensor<T>& gradient = parameter.impl()->grad; gradient.defined())
      parameter.sub_(gradient * lr_);
}

template <class T>
void SGD<T>::zero_grad() {
  for (Tensor<T>& parameter : params_) parameter.zero_grad();
}

template class SGD<float>;
template class SGD<double>;

}  // namespace verigrad
