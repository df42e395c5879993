#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "engine/pool.hpp"

namespace verigrad {

template <class T>
class Tensor;
template <class T>
struct TensorImpl;

/// Called with a tensor's whole gradient during a backward pass. What it returns replaces the
/// gradient; an undefined tensor leaves it as it is.
template <class T>
using Hook = std::function<Tensor<T>(const Tensor<T>& gradient)>;

/// The hooks of one tensor, in the order of their registration.
template <class T>
struct HookList {
  std::vector<std::pair<std::uint64_t, Hook<T>>> hooks;
  std::uint64_t next = 0;
};

/// Null as long as there is none.
template <class T>
using Hooks = std::shared_ptr<HookList<T>>;

/// Who wants to see a tensor's gradient on its way: hooks, and a result's tensor itself while it
/// retains its gradient.
template <class T>
struct Watchers : Pooled<Watchers<T>> {
  Hooks<T> hooks;
  TensorImpl<T>* retains = nullptr;
  std::uint64_t retains_before = 0;  ///< hooks from this one on come after
};

/// Stands for a registered hook.
template <class T>
class HookHandle {
 public:
  HookHandle() = default;
  HookHandle(const Hooks<T>& list, std::uint64_t id) : list_(list), id_(id) {}

  /// Takes the hook off its tensor; does nothing the second time, or when the tensor is gone.
  void remove() {
    if (const Hooks<T> list = list_.lock())
      std::erase_if(list->hooks, [&](const auto& hook) { return hook.first == id_; });
    list_.reset();
  }

 private:
  std::weak_ptr<HookList<T>> list_;
  std::uint64_t id_ = 0;
};

}  // namespace verigrad
