#include "engine/tensor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/arithmetic.hpp"
#include "engine/broadcast.hpp"
#include "engine/error.hpp"
#include "engine/node.hpp"
#include "engine/ops/overwriting.hpp"
#include "engine/recording.hpp"

namespace verigrad {
namespace {

/// Forgets a result's tensor that retains its gradient, when it dies or is rebased.
template <class T>
void unretain(TensorImpl<T>& impl) {
  if (!impl.grad_fn || !impl.grad_fn->watchers) return;
  if (TensorImpl<T>*& retains = impl.grad_fn->watchers->retains; retains == &impl)
    retains = nullptr;
}

/// Those of the node that made a result, or of the leaf.
template <class T>
Watchers<T>& watchers_of(TensorImpl<T>& impl) {
  std::unique_ptr<Watchers<T>>& watchers = impl.grad_fn ? impl.grad_fn->watchers : impl.watchers;
  if (!watchers) watchers = std::make_unique<Watchers<T>>();
  return *watchers;
}

}  // namespace

template <class T>
void dispose(TensorImpl<T>* impl) {
  unretain(*impl);
  delete impl;
}

template <class T>
void Tensor<T>::refuse_undefined() {
  throw Error("the tensor is undefined (None)");
}

template <class T>
Tensor<T> Tensor<T>::uninitialised(const Shape& shape) {
  return uninitialised(ShapeRef(shape));
}

template <class T>
Tensor<T>::Tensor(T number) : Tensor(scalar(number)) {
  impl_->is_number = true;
}

template <class T>
Tensor<T>::Tensor(const Shape& shape, std::span<const T> entries) : Tensor(uninitialised(shape)) {
  if (static_cast<std::int64_t>(entries.size()) != shape.numel())
    throw ShapeError(fmt::format("{} entries do not fill a tensor of shape {}", entries.size(),
                                 to_string(shape)));
  std::copy(entries.begin(), entries.end(), mutable_data());
}

template <class T>
std::span<const T> Tensor<T>::entries() const {
  return {data(), static_cast<std::size_t>(numel())};
}

template <class T>
T* Tensor<T>::mutable_data() {
  return impl_->storage->write();
}

template <class T>
T Tensor<T>::item() const {
  if (numel() != 1)
    throw Error(fmt::format("a Tensor with {} elements cannot be converted to Scalar", numel()));
  return *data();
}

template <class T>
std::uint32_t Tensor<T>::version() const {
  require_defined();
  return impl_->storage->version();
}

template <class T>
Tensor<T>& Tensor<T>::requires_grad_(bool value) {
  require_defined();
  if (!std::is_floating_point_v<T> && value)
    throw Error("Only Tensors of floating point and complex dtype can require gradients");
  if (impl_->grad_fn) {
    if (value) return *this;
    throw Error(
        "you can only change requires_grad flags of leaf variables. If you want to use a computed "
        "variable in a subgraph that doesn't require differentiation use var_no_grad = "
        "var.detach().");
  }
  impl_->requires_grad = value;
  impl_->is_number = false;
  return *this;
}

template <class T>
bool Tensor<T>::is_leaf() const {
  require_defined();
  return !impl_->grad_fn;
}

template <class T>
std::string_view Tensor<T>::grad_fn() const {
  require_defined();
  return impl_->grad_fn ? impl_->grad_fn->name() : std::string_view();
}

template <class T>
Tensor<T> Tensor<T>::grad() const {
  require_defined();
  if (impl_->grad_fn && !impl_->retains_grad && !impl_->grad.defined())
    warn(
        "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad "
        "attribute won't be populated during autograd.backward(). If you indeed want the .grad "
        "field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor.");
  return impl_->grad;
}

template <class T>
void Tensor<T>::set_grad(const Tensor& grad) {
  require_defined();
  if (grad.defined() && !(grad.shape() == shape()))
    throw ShapeError(
        fmt::format("assigned grad has data of a different size: {} for a tensor of {}",
                    to_string(grad.shape()), to_string(shape())));
  impl_->grad = grad;
}

template <class T>
void Tensor<T>::retain_grad() {
  require_defined();
  if (!requires_grad()) throw Error("can't retain_grad on Tensor that has requires_grad=False");
  if (!impl_->grad_fn) return;
  if (impl_->retains_grad) return;
  impl_->retains_grad = true;
  Watchers<T>& watchers = watchers_of(*impl_);
  watchers.retains = impl_.get();
  watchers.retains_before = watchers.hooks ? watchers.hooks->next : 0;
}

template <class T>
void Tensor<T>::zero_grad() {
  require_defined();
  if (impl_->grad.defined()) impl_->grad = impl_->grad.detach().zero_();
}

template <class T>
HookHandle<T> Tensor<T>::register_hook(Hook<T> hook) {
  if (!requires_grad())
    throw Error("cannot register a hook on a tensor that doesn't require gradient");
  Hooks<T>& list = watchers_of(*impl_).hooks;
  if (!list) list = std::make_shared<HookList<T>>();
  list->hooks.emplace_back(list->next, std::move(hook));
  return HookHandle<T>(list, list->next++);
}

template <class T>
Tensor<T> Tensor<T>::detach() const {
  require_defined();
  return Tensor(impl_->shape, impl_->storage);
}

template <class T>
Tensor<T> Tensor<T>::clone_entries() const {
  if constexpr (std::is_floating_point_v<T>) {
    if (recording<T>() != nullptr) [[unlikely]]
      return recording<T>()->clone(*this);
  }
  return Tensor(shape(), entries());
}

namespace {

/// Writes the entries of `value`, of the tensor's own shape, and takes over its place in the graph.
template <class T>
void write(const Ref<TensorImpl<T>>& target, const Tensor<T>& value) {
  const T* entries = value.data();
  std::copy_n(entries, value.numel(), target->storage->change());
  if (value.impl()->grad_fn) {
    unretain(*target);
    target->grad_fn = value.impl()->grad_fn;
    target->requires_grad = false;
    if (target->retains_grad) watchers_of(*target).retains = target.get();
  }
}

template <class T>
void check_in_place(const Tensor<T>& target, const Tensor<T>& other, const char* operation) {
  if (grad_enabled() && target.is_leaf() && target.requires_grad())
    throw Error("a leaf Variable that requires grad is being used in an in-place operation.");
  if (target.impl()->storage->is_watched())
    throw NotRecordable(fmt::format("the in-place change {}", operation));
  if (!broadcasts_to(other.shape(), target.shape()))
    throw ShapeError(
        fmt::format("{}: a tensor of shape {} cannot be broadcast into one of shape {}", operation,
                    to_string(other.shape()), to_string(target.shape())));
}

/// Sets every entry of an integer tensor to f(entry, entry of `other`).
template <class T, class F>
void update_entries(Tensor<T>& target, const Tensor<T>& other, F&& f) {
  const auto plan = make_plan<T, 1>(target.shape(), Operands<T>(&other, 1));
  T* entries = target.impl()->storage->change();
  plan.run([&](std::int64_t i, T term) { entries[i] = f(entries[i], term); });
}

/// The tensor as an operand whose saved value later in-place changes cannot reach.
template <class T>
Tensor<T> as_operand(const Tensor<T>& tensor) {
  Ref<TensorImpl<T>> impl(
      new TensorImpl<T>(tensor.impl()->shape, tensor.clone_entries().impl()->storage));
  impl->grad_fn = tensor.impl()->grad_fn;
  return Tensor<T>(std::move(impl));
}

}  // namespace

template <class T>
Tensor<T>& Tensor<T>::fill_(T value) {
  require_defined();
  check_in_place(*this, *this, "fill_");
  if constexpr (std::is_floating_point_v<T>) {
    if (grad_enabled() && impl_->grad_fn) {
      write(impl_, detail::overwritten(*this, Tensor(value)));
      return *this;
    }
  }
  std::fill_n(impl_->storage->change(), numel(), value);
  return *this;
}

template <class T>
Tensor<T>& Tensor<T>::add_(const Tensor& other) {
  check_in_place(*this, other, "add_");
  if constexpr (std::is_floating_point_v<T>) {
    write(impl_, as_operand(*this) + other);
  } else {
    update_entries(*this, other, [](T a, T b) { return a + b; });
  }
  return *this;
}

template <class T>
Tensor<T>& Tensor<T>::sub_(const Tensor& other) {
  check_in_place(*this, other, "sub_");
  if constexpr (std::is_floating_point_v<T>) {
    write(impl_, as_operand(*this) - other);
  } else {
    update_entries(*this, other, [](T a, T b) { return a - b; });
  }
  return *this;
}

template <class T>
Tensor<T>& Tensor<T>::mul_(const Tensor& other) {
  check_in_place(*this, other, "mul_");
  if constexpr (std::is_floating_point_v<T>) {
    write(impl_, as_operand(*this) * other);
  } else {
    update_entries(*this, other, [](T a, T b) { return a * b; });
  }
  return *this;
}

template <class T>
Tensor<T>& Tensor<T>::copy_(const Tensor& other) {
  check_in_place(*this, other, "copy_");
  if constexpr (std::is_floating_point_v<T>) {
    write(impl_, detail::overwritten(*this, other));
  } else {
    update_entries(*this, other, [](T, T b) { return b; });
  }
  return *this;
}

template void dispose(TensorImpl<float>*);
template void dispose(TensorImpl<double>*);
template void dispose(TensorImpl<std::int64_t>*);
template class Tensor<float>;
template class Tensor<double>;
template class Tensor<std::int64_t>;

}  // namespace verigrad
