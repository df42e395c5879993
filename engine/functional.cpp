#include "engine/functional.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/creation.hpp"
#include "engine/error.hpp"
#include "engine/functions.hpp"

namespace verigrad {
namespace {

template <class T>
void require_shape(const Tensor<T>& given, const Shape& wanted, const char* what) {
  if (!given.defined()) throw Error(fmt::format("{} is undefined (None)", what));
  if (!(given.shape() == wanted))
    throw ShapeError(fmt::format("{} has shape {} but must have shape {}", what,
                                 to_string(given.shape()), to_string(wanted)));
}

template <class T>
void require_input(const Tensor<T>& y, const Tensor<T>& x) {
  if (!y.defined() || !x.defined())
    throw Error("a derivative of or by an undefined tensor (None) was asked for");
  if (!x.requires_grad()) throw Error("One of the differentiated Tensors does not require grad");
}

/// vᵀJ with the graph kept, recorded on request; undefined where y does not depend on x.
template <class T>
Tensor<T> pull_back(const Tensor<T>& y, const Tensor<T>& x, const Tensor<T>& v, bool recorded) {
  if (!y.requires_grad()) return Tensor<T>();
  const std::span<const Tensor<T>> outputs(&y, 1), inputs(&x, 1), cotangents(&v, 1);
  return grad<T>(outputs, inputs, cotangents, {.retain_graph = true, .create_graph = recorded},
                 true)[0];
}

/// The entries as a constant that shares nothing with the graph or the caller's tensors.
template <class T>
Tensor<T> value_or_zeros(const Tensor<T>& value, const Shape& shape) {
  return value.defined() ? value.clone_entries() : zeros<T>(shape);
}

template <class T>
Tensor<T> recorded_gradient(const Tensor<T>& y, const Tensor<T>& x) {
  require_input(y, x);
  if (y.numel() != 1) throw Error("grad can be implicitly created only for scalar outputs");
  return pull_back(y, x, ones<T>(y.shape()), true);
}

}  // namespace

template <class T>
Tensor<T> jacobian(const Tensor<T>& y, const Tensor<T>& x) {
  require_input(y, x);
  Tensor<T> out = zeros<T>(joined(y.shape(), x.shape()));
  for (std::int64_t i = 0; i < y.numel(); ++i) {
    Tensor<T> unit = zeros<T>(y.shape());
    unit.mutable_data()[i] = 1;
    const Tensor<T> row = pull_back(y, x, unit, false);
    if (!row.defined()) break;
    std::copy_n(row.data(), x.numel(), out.mutable_data() + i * x.numel());
  }
  return out;
}

template <class T>
Tensor<T> vjp(const Tensor<T>& y, const Tensor<T>& x, const Tensor<T>& v) {
  require_input(y, x);
  require_shape(v, y.shape(), "vjp: v");
  return value_or_zeros(pull_back(y, x, v.detach(), false), x.shape());
}

template <class T>
Tensor<T> jvp(const Tensor<T>& y, const Tensor<T>& x, const Tensor<T>& u) {
  require_input(y, x);
  require_shape(u, x.shape(), "jvp: u");
  Tensor<T> v = ones<T>(y.shape()).requires_grad_();
  const Tensor<T> product = pull_back(y, x, v, true);
  if (!product.defined()) return zeros<T>(y.shape());
  return value_or_zeros(pull_back(product, v, u.detach(), false), y.shape());
}

template <class T>
Tensor<T> hvp(const Tensor<T>& y, const Tensor<T>& x, const Tensor<T>& u) {
  const Tensor<T> gradient = recorded_gradient(y, x);
  require_shape(u, x.shape(), "hvp: u");
  if (!gradient.defined()) return zeros<T>(x.shape());
  return value_or_zeros(pull_back(gradient, x, u.detach(), false), x.shape());
}

template <class T>
Tensor<T> hessian(const Tensor<T>& y, const Tensor<T>& x) {
  const Tensor<T> gradient = recorded_gradient(y, x);
  if (!gradient.defined()) return zeros<T>(joined(x.shape(), x.shape()));
  return jacobian(gradient, x);
}

#define VERIGRAD_INSTANTIATE(T)                                                 \
  template Tensor<T> jacobian(const Tensor<T>&, const Tensor<T>&);              \
  template Tensor<T> vjp(const Tensor<T>&, const Tensor<T>&, const Tensor<T>&); \
  template Tensor<T> jvp(const Tensor<T>&, const Tensor<T>&, const Tensor<T>&); \
  template Tensor<T> hvp(const Tensor<T>&, const Tensor<T>&, const Tensor<T>&); \
  template Tensor<T> hessian(const Tensor<T>&, const Tensor<T>&);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)

}  // namespace verigrad
