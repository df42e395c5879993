#include "engine/walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "engine/arithmetic.hpp"
#include "engine/error.hpp"
#include "engine/lazy.hpp"
#include "engine/operation.hpp"
#include "engine/recording.hpp"

namespace verigrad {
namespace {

// Shared by all threads: a graph may be walked in another thread than the one that made it.
std::atomic<std::uint64_t> visit_count = 0;

thread_local bool anomaly_mode = false;

template <class T>
void add_entries(T* to, const Tensor<T>& term) {
  const T* from = term.data();
  for (std::int64_t i = 0, n = term.numel(); i < n; ++i) to[i] += from[i];
}

template <class T>
bool unshared(const Tensor<T>& tensor) {
  return tensor.impl()->owners() == 1 && tensor.impl()->storage->owners() == 1;
}

template <class T>
bool is_pending(const Tensor<T>& tensor) {
  return tensor.impl()->storage->is_pending();
}

/// What a hook returned, which must have the gradient's shape.
template <class T>
const Tensor<T>& same_shape(const Tensor<T>& replaced, const Tensor<T>& gradient,
                            std::string_view owner) {
  if (!(replaced.shape() == gradient.shape()))
    throw ShapeError(fmt::format("a hook of {} has changed the size of its gradient from {} to {}",
                                 owner, to_string(gradient.shape()), to_string(replaced.shape())));
  return replaced;
}

}  // namespace

DetectAnomaly::DetectAnomaly() : previous_(anomaly_mode) { anomaly_mode = true; }

DetectAnomaly::~DetectAnomaly() { anomaly_mode = previous_; }

template <class T>
void add_to_grad(Tensor<T>& grad, const Tensor<T>& gradient, bool recorded) {
  if (grad.defined()) {
    if (!recorded && grad.shape() == gradient.shape()) {
      gradient.data();
      add_entries(grad.impl()->storage->change(), gradient);
    } else {
      grad = grad + gradient;
    }
  } else if (recorded) {
    grad = gradient * T(1);
  } else {
    grad = unshared(gradient) ? gradient : gradient.clone_entries();
  }
}

template <class T>
Walk<T>::Walk(BackwardOptions options, Captures<T>* captures)
    : mode_(options.create_graph),
      nested_(depth()++ > 0),
      keep_(options.retain_graph || options.create_graph),
      create_(options.create_graph),
      anomaly_(anomaly_mode),
      captures_(captures) {
  std::swap(lists_, spare());
}

template <class T>
Walk<T>::~Walk() {
  for (Node<T>* node : lists_.order) {
    node->gradient = Tensor<T>();
    node->has_number = false;
  }
  for (TensorImpl<T>* leaf : lists_.leaves) {
    leaf->pending = Tensor<T>();
    leaf->has_pending_number = false;
  }
  if (nested_) restore_outer();
  --depth();
  lists_.order.clear();
  lists_.leaves.clear();
  lists_.stack.clear();
  lists_.roots.clear();
  lists_.retained.clear();
  std::swap(lists_, spare());
}

template <class T>
int& Walk<T>::depth() {
  constinit static thread_local int walks = 0;
  return walks;
}

template <class T>
void Walk<T>::set_aside(Node<T>& node) {
  lists_.outer_nodes.push_back({&node, node.needed, std::exchange(node.has_number, false),
                                node.number, std::exchange(node.gradient, Tensor<T>())});
}

template <class T>
void Walk<T>::set_aside(TensorImpl<T>& leaf) {
  if (std::find(lists_.leaves.begin(), lists_.leaves.end(), &leaf) != lists_.leaves.end()) return;
  lists_.outer_leaves.push_back({&leaf, std::exchange(leaf.has_pending_number, false),
                                 leaf.pending_number, std::exchange(leaf.pending, Tensor<T>())});
}

template <class T>
void Walk<T>::restore_outer() {
  for (NodeScratch& outer : lists_.outer_nodes) {
    outer.node->needed = outer.needed;
    outer.node->has_number = outer.has_number;
    outer.node->number = outer.number;
    outer.node->gradient = std::move(outer.gradient);
  }
  for (LeafScratch& outer : lists_.outer_leaves) {
    outer.leaf->has_pending_number = outer.has_number;
    outer.leaf->pending_number = outer.number;
    outer.leaf->pending = std::move(outer.gradient);
  }
  lists_.outer_nodes.clear();
  lists_.outer_leaves.clear();
}

template <class T>
typename Walk<T>::Lists& Walk<T>::spare() {
  static thread_local Lists lists;
  return lists;
}

template <class T>
void Walk<T>::run(std::span<const Tensor<T>> roots, std::span<const Tensor<T>> cotangents) {
  if (!create_ && recording<T>() != nullptr)
    throw NotRecordable("a backward pass without create_graph, whose rules run fused");
  visit_ = ++visit_count;
  for (const Tensor<T>& root : roots)
    if (root.impl()->grad_fn) {
      lists_.roots.push_back(root.impl()->grad_fn);
      visit_below(root.impl()->grad_fn.get());
    }
  for (std::size_t i = 0; i < roots.size(); ++i) {
    if (Node<T>* node = roots[i].impl()->grad_fn.get()) {
      add_to_node(*node, cotangents[i]);
    } else {
      deliver(roots[i].impl().get(), cotangents[i]);
    }
  }
  const std::vector<Node<T>*>& order = lists_.order;
  for (std::size_t i = order.size(); i-- > 0;) {
    Node<T>& node = *order[i];
    if (!node.needed || !(node.has_number || node.gradient.defined())) continue;
    bool ran = true;
    if (steps_as_number(node)) {
      step_number(node);
    } else {
      ran = step(node);
    }
    if (ran && !keep_) release(node);
  }
  finish_leaves();
  if (!create_) compute_pending(roots);
  commit();
}

// ---------------------------------------------------------------------------------- the way down

template <class T>
void Walk<T>::enter(Node<T>* node) {
  if (node->visit == visit_) return;
  node->visit = visit_;
  if (nested_) set_aside(*node);
  node->needed = captures_ == nullptr || captures_->contains(node);
  lists_.stack.push_back({node, 0});
}

/// Depth first without recursion; operands stand before the nodes that use them.
template <class T>
void Walk<T>::visit_below(Node<T>* root) {
  enter(root);
  while (!lists_.stack.empty()) {
    Visit& top = lists_.stack.back();
    Node<T>* node = top.node;
    if (top.next < node->operand_count) {
      if (Node<T>* below = node->begin()[top.next++].node.get()) enter(below);
      continue;
    }
    if (!node->needed)
      for (const Operand<T>& operand : node->operands()) node->needed |= is_needed(operand);
    lists_.order.push_back(node);
    lists_.stack.pop_back();
  }
}

// -------------------------------------------------------------------------------------- one step

/// Whether nothing but numbers is at work: no tensor need be made for the gradients.
template <class T>
bool Walk<T>::steps_as_number(const Node<T>& node) const {
  if (!node.has_number || !node.scalar || create_ || anomaly_ || captures_ != nullptr ||
      node.watchers)
    return false;
  const Kernels<T>& kernels = node.operation->template kernels<T>();
  return kernels.number_vjp != nullptr && kernels.number_stands_for == kernels.vjp;
}

template <class T>
void Walk<T>::step_number(Node<T>& node) {
  node.has_number = false;
  const Saved<T> saved(node);
  const auto rule = node.operation->template kernels<T>().number_vjp;
  Operand<T>* operand = node.begin();
  for (std::size_t i = 0; i < node.operand_count; ++i, ++operand) {
    if (operand->node) {
      add_number_to_node(*operand->node, rule(saved, node.number, i));
    } else if (operand->leaf) {
      deliver_number(operand->leaf.get(), rule(saved, node.number, i));
    }
  }
}

template <class T>
Tensor<T> Walk<T>::take_gradient(Node<T>& node) const {
  if (!node.has_number) return std::exchange(node.gradient, Tensor<T>());
  node.has_number = false;
  return Tensor<T>::scalar(node.number);
}

/// Under a recording the rule is named in what refuses it.
template <class T>
Tensor<T> Walk<T>::apply_rule(const Node<T>& node, const Saved<T>& saved, const Tensor<T>& gradient,
                              std::size_t operand) {
  const auto rule = node.operation->template kernels<T>().vjp;
  if (recording<T>() == nullptr) [[likely]]
    return rule(saved, gradient, operand);
  return recording<T>()->in_rule_of(node, [&] { return rule(saved, gradient, operand); });
}

/// Adds an operand's share to its gradient.
template <class T>
void Walk<T>::hand_on(const Operand<T>& operand, const Tensor<T>& share) {
  const auto add = [&] {
    if (operand.node)
      add_to_node(*operand.node, share);
    else
      deliver(operand.leaf.get(), share);
  };
  if (!create_ || recording<T>() == nullptr) return add();
  recording<T>()->in_sum_of(operand, add);
}

/// Whether the node's rule ran: a result whose gradient is only caught keeps what it has saved.
template <class T>
bool Walk<T>::step(Node<T>& node) {
  Tensor<T> gradient = after_hooks(node, take_gradient(node));
  if (captures_ != nullptr) {
    if (Capture<T>* const capture = captures_->find(&node)) accumulate(capture->gradient, gradient);
  }
  std::size_t last = node.operand_count;
  for (std::size_t i = 0; i < node.operand_count; ++i)
    if (is_needed(node.begin()[i])) last = i;
  for (std::size_t i = 0; i < node.operand_count; ++i) {
    const Operand<T>& operand = node.begin()[i];
    if (!is_needed(operand)) continue;
    const Saved<T> saved(node, i == last && !create_);
    const Tensor<T> share = apply_rule(node, saved, gradient, i);
    if (i == last) gradient = Tensor<T>();
    if (anomaly_) check_for_nan(node, share, i);
    hand_on(operand, share);
  }
  return last != node.operand_count;
}

/// Runs the hooks of a node on its gradient, and keeps it for the result's tensor on the way.
template <class T>
Tensor<T> Walk<T>::after_hooks(Node<T>& node, Tensor<T> gradient) {
  if (!node.watchers) return gradient;
  const Watchers<T>& watchers = *node.watchers;
  const Hooks<T> list = watchers.hooks;  // a hook may remove itself, or add another
  const auto hooks = list ? list->hooks : decltype(list->hooks){};
  const std::uint64_t first_after = watchers.retains_before;
  bool kept = captures_ != nullptr;
  const auto keep = [&] {
    if (!std::exchange(kept, true) && watchers.retains != nullptr)
      lists_.retained.emplace_back(Ref<TensorImpl<T>>(watchers.retains), gradient);
  };
  for (const auto& [id, hook] : hooks) {
    if (id >= first_after) keep();
    const Tensor<T> replaced = hook(gradient);
    if (replaced.defined()) gradient = same_shape(replaced, gradient, node.name());
  }
  keep();
  return gradient;
}

template <class T>
void Walk<T>::check_for_nan(const Node<T>& node, const Tensor<T>& share,
                            std::size_t operand) const {
  const auto entries = share.entries();
  const auto nan = std::find_if(entries.begin(), entries.end(), [](T x) { return std::isnan(x); });
  if (nan == entries.end()) return;
  throw Error(fmt::format(
      "Function '{}' returned nan values in its {}th output: entry {} of the gradient of its "
      "operand {}, of shape {}",
      node.name(), operand, nan - entries.begin(), operand, to_string(share.shape())));
}

template <class T>
void Walk<T>::release(Node<T>& node) {
  bool held = static_cast<bool>(node.result.storage);
  for (Operand<T>& operand : node.operands()) {
    held = held || operand.saved.storage;
    operand.saved.storage.reset();
  }
  node.result.storage.reset();
  node.freed = node.freed || held;
}

// ------------------------------------------------------------------------------------- gradients

/// A leaf's share of this walk is summed apart from `grad`, so that a walk that fails changes no
/// leaf, and one whose cotangent is some leaf's `grad` reads it unchanged.
template <class T>
void Walk<T>::deliver(TensorImpl<T>* leaf, const Tensor<T>& gradient) {
  if (captures_ != nullptr) {
    if (Capture<T>* const capture = captures_->find(leaf)) accumulate(capture->gradient, gradient);
    return;
  }
  if (nested_) set_aside(*leaf);
  if (leaf->has_pending_number) {
    leaf->has_pending_number = false;
    leaf->pending = Tensor<T>::scalar(leaf->pending_number);
  } else if (!leaf->pending.defined()) {
    lists_.leaves.push_back(leaf);
  }
  accumulate(leaf->pending, gradient);
}

template <class T>
void Walk<T>::deliver_number(TensorImpl<T>* leaf, T gradient) {
  if (nested_) set_aside(*leaf);
  if (leaf->has_pending_number) {
    leaf->pending_number += gradient;
  } else if (leaf->pending.defined()) {
    accumulate(leaf->pending, Tensor<T>::scalar(gradient));
  } else {
    lists_.leaves.push_back(leaf);
    leaf->has_pending_number = true;
    leaf->pending_number = gradient;
  }
}

/// Adds into a slot of the walk; its buffer is reused when nobody else can see it.
template <class T>
void Walk<T>::accumulate(Tensor<T>& slot, const Tensor<T>& gradient) const {
  if (!slot.defined()) {
    slot = gradient;
  } else if (!create_ && unshared(slot) && slot.shape() == gradient.shape() && !is_pending(slot) &&
             !is_pending(gradient)) {
    add_entries(slot.mutable_data(), gradient);
  } else {
    slot = slot + gradient;
  }
}

template <class T>
void Walk<T>::add_to_node(Node<T>& node, const Tensor<T>& gradient) const {
  if (node.has_number) {
    node.has_number = false;
    node.gradient = Tensor<T>::scalar(node.number);
  }
  if (!create_ && !node.gradient.defined() && node.scalar && gradient.impl()->shape.is_scalar() &&
      !is_pending(gradient)) {
    node.has_number = true;
    node.number = *gradient.data();
    return;
  }
  accumulate(node.gradient, gradient);
}

template <class T>
void Walk<T>::add_number_to_node(Node<T>& node, T gradient) const {
  if (node.has_number) {
    node.number += gradient;
  } else if (node.gradient.defined()) {
    accumulate(node.gradient, Tensor<T>::scalar(gradient));
  } else {
    node.has_number = true;
    node.number = gradient;
  }
}

/// Everything that is still pending when the walk has ended is computed in one go, after the roots'
/// own values: what these need may bring slopes along.
template <class T>
void Walk<T>::compute_pending(std::span<const Tensor<T>> roots) const {
  PoolVector<Storage<T>*> pending;
  auto add = [&](const Tensor<T>& tensor) {
    if (tensor.defined() && is_pending(tensor)) pending.push_back(tensor.impl()->storage.get());
  };
  for (const Tensor<T>& root : roots) add(root);
  const std::size_t values = pending.size();
  for (TensorImpl<T>* leaf : lists_.leaves) add(leaf->pending);
  if (captures_ != nullptr)
    for (Capture<T>& capture : *captures_) add(capture.gradient);
  if (pending.size() == values) return;
  compute_together<T>(pending);
}

template <class T>
void Walk<T>::run_hooks(const TensorImpl<T>& leaf, Tensor<T>& gradient) {
  if (!leaf.watchers || !leaf.watchers->hooks) return;
  const auto hooks = leaf.watchers->hooks->hooks;
  for (const auto& [id, hook] : hooks) {
    const Tensor<T> seen = gradient, replaced = hook(seen);
    if (replaced.defined()) gradient = same_shape(replaced, seen, "a leaf");
  }
}

/// The leaves' own hooks see their whole gradients.
template <class T>
void Walk<T>::finish_leaves() {
  for (TensorImpl<T>* leaf : lists_.leaves) {
    if (leaf->grad_fn) throw Error("leaf variable has been moved into the graph interior");
    if (std::exchange(leaf->has_pending_number, false))
      leaf->pending = Tensor<T>::scalar(leaf->pending_number);
    run_hooks(*leaf, leaf->pending);
  }
  if (captures_ == nullptr) return;
  for (Capture<T>& capture : *captures_)
    if (capture.leaf != nullptr && capture.gradient.defined())
      run_hooks(*capture.leaf, capture.gradient);
}

/// Nothing has failed: gradients go to where users see them. What others can see is copied first,
/// since it may be a gradient that is about to change. Leaves that require none any more get none.
template <class T>
void Walk<T>::commit() {
  for (TensorImpl<T>* leaf : lists_.leaves)
    if (!create_ && !unshared(leaf->pending)) leaf->pending = leaf->pending.clone_entries();
  for (auto& [impl, gradient] : lists_.retained) {
    if (impl->grad.defined()) {
      impl->grad = impl->grad + gradient;
    } else {
      impl->grad = create_ ? gradient * T(1) : gradient.clone_entries();
    }
  }
  for (TensorImpl<T>* leaf : lists_.leaves) {
    const Tensor<T> gradient = std::exchange(leaf->pending, Tensor<T>());
    if (leaf->requires_grad) add_to_grad(leaf->grad, gradient, create_);
  }
}

template class Walk<float>;
template class Walk<double>;
template void add_to_grad(Tensor<float>&, const Tensor<float>&, bool);
template void add_to_grad(Tensor<double>&, const Tensor<double>&, bool);

}  // namespace verigrad
