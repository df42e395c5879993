#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/hook.hpp"
#include "engine/ref.hpp"
#include "engine/shape.hpp"
#include "engine/shape_ref.hpp"
#include "engine/storage.hpp"

namespace verigrad {

template <class T>
struct Node;
template <class T>
struct TensorImpl;

/// The entry types: float, double, and std::int64_t, whose tensors refuse gradients.
template <class T>
constexpr std::string_view dtype_name();
template <>
constexpr std::string_view dtype_name<float>() {
  return "float32";
}
template <>
constexpr std::string_view dtype_name<double>() {
  return "float64";
}
template <>
constexpr std::string_view dtype_name<std::int64_t>() {
  return "int64";
}

/// What `backward` is asked to do beside walking the graph.
struct BackwardOptions {
  /// Keep what the graph saved, so that it can be walked again.
  bool retain_graph = false;
  /// Record the backward pass itself, so that its results can be differentiated; keeps the graph.
  bool create_graph = false;
};

/// A dense row-major tensor of rank 0 to 8 with PyTorch's autograd semantics.
///
/// A Tensor is a handle: copies share entries, `grad` and place in the graph, as in PyTorch. A
/// tensor that no recorded operation made is a *leaf*. The result of an operation on a tensor with
/// `requires_grad()` remembers how it was made (`grad_fn()`) unless `NoGrad` is in force;
/// `backward()` walks that graph and adds into the `grad()` of its leaves.
///
/// Not thread-safe, even for reading: a graph and all tensors in it belong to one thread at a time.
template <class T>
class Tensor {
 public:
  using value_type = T;

  /// The undefined tensor, PyTorch's `None`.
  Tensor() = default;
  /// A scalar constant. Implicit, so that `x * 2` reads as it should; such a number takes part in
  /// naming as Python's numbers do (`x ** 2` is PowBackward0).
  Tensor(T number);
  /// Takes the entries in row-major order. Throws ShapeError when their number is not the shape's.
  Tensor(const Shape& shape, std::span<const T> entries);
  Tensor(const Shape& shape, std::initializer_list<T> entries)
      : Tensor(shape, std::span<const T>(entries.begin(), entries.size())) {}
  explicit Tensor(Ref<TensorImpl<T>> impl) : impl_(std::move(impl)) {}
  /// A constant that shares the entries of a storage.
  Tensor(ShapeRef shape, Ref<Storage<T>> entries);
  Tensor(const Shape& shape, Ref<Storage<T>> entries)
      : Tensor(ShapeRef(shape), std::move(entries)) {}

  /// Entries with indeterminate values, to be written through `mutable_data`.
  static Tensor uninitialised(const Shape& shape);
  static Tensor uninitialised(ShapeRef shape);
  /// A 0-dim tensor, which unlike Tensor(value) does not stand for a number.
  [[gnu::always_inline]] static Tensor scalar(T value) {
    Ref<Storage<T>> entry = Storage<T>::allocate(1);
    *entry->fresh_data() = value;
    return Tensor(ShapeRef(), std::move(entry));
  }

  bool defined() const { return static_cast<bool>(impl_); }
  const Shape& shape() const {
    require_defined();
    return *impl_->shape;
  }
  std::int64_t numel() const { return shape().numel(); }
  const T* data() const;
  std::span<const T> entries() const;
  /// The entries for writing. Bypasses the version counter: for tensors that no graph has saved.
  T* mutable_data();
  /// The one entry of a tensor with one entry; throws Error otherwise.
  T item() const;
  T operator[](std::int64_t flat_index) const { return data()[flat_index]; }
  /// Whether this stands for a plain number rather than a 0-dim tensor.
  bool is_number() const;
  /// The count of in-place changes to the entries.
  std::uint32_t version() const;
  /// Whether both handles are the same tensor object.
  bool is(const Tensor& other) const { return impl_ == other.impl_; }

  // --- the graph -------------------------------------------------------------------------------

  /// For a leaf, whether gradients are collected; for a result, whether any operand required one.
  bool requires_grad() const;
  /// Turns collecting on or off for a leaf. Throws Error for integer tensors and for results.
  Tensor& requires_grad_(bool value = true);
  bool is_leaf() const;
  /// PyTorch's name of the recorded operation, such as `MulBackward0`; empty for a leaf.
  std::string_view grad_fn() const;
  /// The collected gradient, undefined before the first backward. Warns for a result that does not
  /// retain its gradient.
  Tensor grad() const;
  /// Replaces the collected gradient. Throws Error when the size differs from this tensor's.
  void set_grad(const Tensor& grad);
  /// Makes a result keep its gradient in the next backward passes.
  void retain_grad();
  /// Sets every entry of `grad()` to zero, if there is one.
  void zero_grad();
  /// Calls `hook` in every backward pass that reaches this tensor, once its gradient is complete
  /// and before it goes further: into `grad()` for a leaf, to the operands for a result. Hooks run
  /// in the order of their registration, each on what the one before returned; `retain_grad()`
  /// keeps the gradient as it is after the hooks registered before it. Throws Error when this
  /// tensor does not require gradients.
  HookHandle<T> register_hook(Hook<T> hook);
  /// The same entries as a constant: no graph, no gradient; in-place changes are shared.
  Tensor detach() const;
  /// A copy of the entries as a fresh constant.
  Tensor clone_entries() const;

  /// Adds d(this)/d(leaf) into every reachable leaf's `grad()`. A tensor with more than one entry
  /// needs a `cotangent` v of its shape and yields vᵀJ. Throws Error when there is nothing to
  /// differentiate, for a freed graph, and for saved values that were changed in place since.
  void backward(const Tensor& cotangent = Tensor(), BackwardOptions options = {}) const;

  // --- in-place changes ------------------------------------------------------------------------

  /// Each changes the entries in place and returns this; a leaf that requires gradients may only be
  /// changed under NoGrad. `other` must broadcast to this tensor's shape.
  Tensor& add_(const Tensor& other);
  Tensor& sub_(const Tensor& other);
  Tensor& mul_(const Tensor& other);
  Tensor& copy_(const Tensor& other);
  Tensor& fill_(T value);
  Tensor& zero_() { return fill_(T(0)); }

  const Ref<TensorImpl<T>>& impl() const { return impl_; }

 private:
  void require_defined() const {
    if (!impl_) [[unlikely]]
      refuse_undefined();
  }
  [[noreturn]] static void refuse_undefined();
  Ref<TensorImpl<T>> impl_;
};

/// What a Tensor handle points to.
template <class T>
struct TensorImpl : RefCounted, Pooled<TensorImpl<T>> {
  bool requires_grad = false;  ///< for leaves; a result's follows from grad_fn
  bool retains_grad = false;
  bool is_number = false;
  bool has_pending_number = false;
  ShapeRef shape;
  Ref<Storage<T>> storage;
  Ref<Node<T>> grad_fn;
  Tensor<T> grad;
  std::unique_ptr<Watchers<T>> watchers;  ///< of a leaf
  /// What the backward pass in progress will add to `grad`: a number or any tensor.
  T pending_number = 0;
  Tensor<T> pending;

  TensorImpl(ShapeRef its_shape, Ref<Storage<T>> entries)
      : shape(std::move(its_shape)), storage(std::move(entries)) {}
  bool tracked() const { return requires_grad || grad_fn; }
};

template <class T>
void dispose(TensorImpl<T>* impl);

namespace detail {
extern constinit thread_local bool grad_mode;
}

/// Whether operations on this thread are recorded (PyTorch's grad mode).
inline bool grad_enabled() { return detail::grad_mode; }

/// Sets the grad mode of this thread while it lives; nests, and restores on every way out.
class GradModeScope {
 public:
  explicit GradModeScope(bool enabled);
  ~GradModeScope();
  GradModeScope(const GradModeScope&) = delete;
  GradModeScope& operator=(const GradModeScope&) = delete;

 private:
  bool previous_;
};

/// PyTorch's `no_grad`: nothing is recorded while it lives.
class NoGrad : public GradModeScope {
 public:
  NoGrad() : GradModeScope(false) {}
};

/// While it lives, a backward pass on this thread fails at the first operation whose rule makes a
/// NaN, with an error that names it (PyTorch's anomaly mode).
class DetectAnomaly {
 public:
  DetectAnomaly();
  ~DetectAnomaly();
  DetectAnomaly(const DetectAnomaly&) = delete;
  DetectAnomaly& operator=(const DetectAnomaly&) = delete;

 private:
  bool previous_;
};

/// Adds vᵀJ, summed over `roots` with one cotangent each (undefined means 1 for a tensor with one
/// entry), into `grad()` of every leaf that they reach, in one pass; a root that is named twice
/// counts twice. With `inputs`, which may be results too, gradients are collected in these alone.
/// Errors as for `Tensor::backward`.
template <class T>
void backward(std::span<const Tensor<T>> roots, std::span<const Tensor<T>> cotangents = {},
              BackwardOptions options = {}, std::span<const Tensor<T>> inputs = {});

template <class T>
void backward(std::initializer_list<Tensor<T>> roots,
              std::initializer_list<std::type_identity_t<Tensor<T>>> cotangents = {},
              BackwardOptions options = {},
              std::initializer_list<std::type_identity_t<Tensor<T>>> inputs = {}) {
  auto view = [](const auto& list) {
    return std::span<const Tensor<T>>(list.begin(), list.size());
  };
  backward<T>(view(roots), view(cotangents), options, view(inputs));
}

/// The vector-Jacobian products vᵀJ of `outputs` (with `cotangents`, one each; undefined means 1
/// for a scalar) with respect to `inputs`, without touching any `grad()`. An unreachable input is
/// an error unless `allow_unused`, which yields an undefined tensor for it.
template <class T>
std::vector<Tensor<T>> grad(std::span<const Tensor<T>> outputs, std::span<const Tensor<T>> inputs,
                            std::span<const Tensor<T>> cotangents = {},
                            BackwardOptions options = {}, bool allow_unused = false);

/// One output, one or more inputs.
template <class T>
std::vector<Tensor<T>> grad(const Tensor<T>& output, std::initializer_list<Tensor<T>> inputs,
                            BackwardOptions options = {}) {
  return grad<T>(std::span<const Tensor<T>>(&output, 1),
                 std::span<const Tensor<T>>(inputs.begin(), inputs.size()), {}, options);
}

template <class T>
Tensor<T>::Tensor(ShapeRef shape, Ref<Storage<T>> entries)
    : impl_(new TensorImpl<T>(std::move(shape), std::move(entries))) {}

template <class T>
Tensor<T> Tensor<T>::uninitialised(ShapeRef shape) {
  const std::int64_t numel = shape->numel();
  return Tensor(std::move(shape), Storage<T>::allocate(numel));
}

template <class T>
inline const T* Tensor<T>::data() const {
  require_defined();
  return impl_->storage->data();
}

template <class T>
inline bool Tensor<T>::requires_grad() const {
  return impl_ && impl_->tracked();
}

template <class T>
inline bool Tensor<T>::is_number() const {
  return impl_ && impl_->is_number;
}

extern template class Tensor<float>;
extern template class Tensor<double>;
extern template class Tensor<std::int64_t>;

}  // namespace verigrad
