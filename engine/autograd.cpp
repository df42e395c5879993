#include <fmt/format.h>

#include <atomic>
#include <unordered_map>

#include "engine/arithmetic.hpp"
#include "engine/error.hpp"
#include "engine/node.hpp"
#include "engine/operation.hpp"

namespace verigrad {
namespace {

thread_local bool grad_mode = true;
// Shared by all threads: a graph may be walked in another thread than the one that made it.
std::atomic<std::uint64_t> visit_count = 0;

/// Where a gradient of `grad()` is caught instead of going into a leaf.
template <class T>
using Captures = std::unordered_map<const void*, Tensor<T>>;

/// One walk over a graph: orders the nodes, then runs each one's rule from the roots to the leaves.
template <class T>
class Walk {
 public:
  Walk(BackwardOptions options, Captures<T>* captures)
      : mode_(options.create_graph),
        keep_(options.retain_graph || options.create_graph),
        create_(options.create_graph),
        captures_(captures) {}

  ~Walk() {
    for (Node<T>* node : order_) node->gradient = Tensor<T>();
    for (TensorImpl<T>* leaf : leaves_) leaf->pending = Tensor<T>();
  }
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;

  void run(std::span<const Tensor<T>> roots, std::span<const Tensor<T>> cotangents) {
    visit_ = ++visit_count;
    for (const Tensor<T>& root : roots)
      if (root.impl()->grad_fn) visit_below(root.impl()->grad_fn.get());
    for (std::size_t i = 0; i < roots.size(); ++i) {
      if (Node<T>* node = root_node(roots[i])) {
        accumulate(node->gradient, cotangents[i]);
      } else {
        deliver(roots[i].impl().get(), cotangents[i]);
      }
    }
    for (std::size_t i = order_.size(); i-- > 0;)
      if (order_[i]->needed) step(*order_[i]);
    for (TensorImpl<T>* leaf : leaves_) {
      const Tensor<T> gradient = std::exchange(leaf->pending, Tensor<T>());
      add_to_grad(leaf->grad, gradient, !create_);
    }
  }

 private:
  static Node<T>* root_node(const Tensor<T>& root) { return root.impl()->grad_fn.get(); }

  /// Depth first without recursion; `order_` ends up with operands before the nodes that use them.
  void visit_below(Node<T>* root) {
    std::vector<std::pair<Node<T>*, std::size_t>> stack;
    auto enter = [&](Node<T>* node) {
      if (node->visit == visit_) return;
      node->visit = visit_;
      node->needed = captures_ == nullptr || captures_->contains(node);
      stack.emplace_back(node, 0);
    };
    enter(root);
    while (!stack.empty()) {
      auto& [node, next] = stack.back();
      if (next == node->operands.size()) {
        for (const Operand<T>& operand : node->operands) node->needed |= is_needed(operand);
        order_.push_back(node);
        stack.pop_back();
      } else if (Node<T>* below = node->operands[next++].node.get()) {
        enter(below);
      }
    }
  }

  bool is_needed(const Operand<T>& operand) const {
    if (operand.node) return operand.node->needed;
    return operand.leaf && (captures_ == nullptr || captures_->contains(operand.leaf.get()));
  }

  void step(Node<T>& node) {
    const Tensor<T> gradient = std::exchange(node.gradient, Tensor<T>());
    if (!gradient.defined()) return;
    if (node.retains != nullptr && captures_ == nullptr)
      add_to_grad(node.retains->grad, gradient, false);
    if (captures_ != nullptr) {
      if (const auto capture = captures_->find(&node); capture != captures_->end())
        accumulate(capture->second, gradient);
    }
    const Saved<T> saved(node);
    for (std::size_t i = 0; i < node.operands.size(); ++i) {
      const Operand<T>& operand = node.operands[i];
      if (!is_needed(operand) || !node.operation->differentiable(i)) continue;
      const Tensor<T> share = node.operation->template kernels<T>().vjp(saved, gradient, i);
      if (operand.node) {
        accumulate(operand.node->gradient, share);
      } else {
        deliver(operand.leaf.get(), share);
      }
    }
    if (!keep_) release(node);
  }

  static void release(Node<T>& node) {
    bool held = static_cast<bool>(node.result.storage);
    for (Operand<T>& operand : node.operands) {
      held = held || operand.saved.storage;
      operand.saved.storage.reset();
    }
    node.result.storage.reset();
    node.freed = node.freed || held;
  }

  /// A leaf's share of this walk is summed apart from `grad`, so that a walk that fails changes no
  /// leaf, and one whose cotangent is some leaf's `grad` reads it unchanged.
  void deliver(TensorImpl<T>* leaf, const Tensor<T>& gradient) {
    if (captures_ == nullptr) {
      if (!leaf->pending.defined()) leaves_.push_back(leaf);
      accumulate(leaf->pending, gradient);
    } else if (const auto capture = captures_->find(leaf); capture != captures_->end()) {
      accumulate(capture->second, gradient);
    }
  }

  /// Adds into a slot of the walk; its buffer is reused when nobody else can see it.
  void accumulate(Tensor<T>& slot, const Tensor<T>& gradient) {
    if (!slot.defined()) {
      slot = gradient;
      return;
    }
    const bool unshared =
        slot.impl()->owners() == 1 && slot.impl()->storage->owners() == 1 && !slot.requires_grad();
    if (!create_ && unshared && slot.shape() == gradient.shape()) {
      add_in_place(slot, gradient);
    } else {
      slot = slot + gradient;
    }
  }

  /// Adds into a tensor's `grad`, which never becomes an alias of another gradient or of the
  /// caller's cotangent.
  void add_to_grad(Tensor<T>& grad, const Tensor<T>& gradient, bool in_place) {
    if (grad.defined()) {
      if (in_place && grad.shape() == gradient.shape()) {
        add_in_place(grad, gradient);
      } else {
        grad = grad + gradient;
      }
    } else if (create_) {
      grad = gradient * T(1);
    } else {
      const bool shared = gradient.impl()->owners() > 1 || gradient.impl()->storage->owners() > 1;
      grad = shared ? gradient.clone_entries() : gradient;
    }
  }

  static void add_in_place(Tensor<T>& sum, const Tensor<T>& term) {
    T* to = sum.mutable_data();
    const T* from = term.data();
    for (std::int64_t i = 0, n = sum.numel(); i < n; ++i) to[i] += from[i];
    sum.impl()->storage->bump_version();
  }

  GradModeScope mode_;
  bool keep_, create_;
  Captures<T>* captures_;
  std::uint64_t visit_ = 0;
  std::vector<Node<T>*> order_;
  std::vector<TensorImpl<T>*> leaves_;
};

/// The cotangent of a root: the given one, checked, or 1 for a scalar.
template <class T>
Tensor<T> cotangent_of(const Tensor<T>& root, const Tensor<T>& given) {
  if (!given.defined()) {
    if (root.numel() != 1) throw Error("grad can be implicitly created only for scalar outputs");
    const T one = 1;
    Tensor<T> result = Tensor<T>::uninitialised(root.shape());
    *result.mutable_data() = one;
    return result;
  }
  if (!(given.shape() == root.shape()))
    throw ShapeError(fmt::format(
        "Mismatch in shape: grad_output[0] has a shape of {} and output[0] has a shape of {}",
        to_string(given.shape()), to_string(root.shape())));
  return given;
}

template <class T>
void check_root(const Tensor<T>& root, std::size_t index) {
  if (!root.requires_grad())
    throw Error(fmt::format(
        "element {} of tensors does not require grad and does not have a grad_fn", index));
}

}  // namespace

bool grad_enabled() { return grad_mode; }

GradModeScope::GradModeScope(bool enabled) : previous_(grad_mode) { grad_mode = enabled; }

GradModeScope::~GradModeScope() { grad_mode = previous_; }

template <class T>
void dispose(Node<T>* node) {
  // Nodes whose last owner is gone wait here, so that a chain of any length is released in a loop.
  thread_local std::vector<Node<T>*> waiting;
  thread_local bool draining = false;
  waiting.push_back(node);
  if (draining) return;
  draining = true;
  while (!waiting.empty()) {
    Node<T>* next = waiting.back();
    waiting.pop_back();
    delete next;
  }
  draining = false;
}

template <class T>
bool Saved<T>::has_operand(std::size_t i) const {
  return static_cast<bool>(node_.operands[i].saved.storage);
}

template <class T>
bool Saved<T>::has_result() const {
  return static_cast<bool>(node_.result.storage);
}

template <class T>
void Saved<T>::check(const SavedValue<T>& saved, const Shape& shape) const {
  if (node_.freed)
    throw Error(
        "Trying to backward through the graph a second time (or directly access saved tensors "
        "after "
        "they have already been freed). Saved intermediate values of the graph are freed when you "
        "call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward "
        "through the graph a second time or if you need to access saved tensors after calling "
        "backward.");
  if (!saved.storage)
    throw std::logic_error(
        fmt::format("{} reads a value that it does not declare", node_.operation->name()));
  if (saved.storage->version() != saved.version)
    throw Error(fmt::format(
        "one of the variables needed for gradient computation has been modified by an inplace "
        "operation: [{} {}], saved by {}, is at version {}; expected version {} instead.",
        dtype_name<T>(), to_string(shape), node_.name, saved.storage->version(), saved.version));
}

template <class T>
Tensor<T> Saved<T>::operand(std::size_t i) const {
  const Operand<T>& operand = node_.operands[i];
  check(operand.saved, operand.shape);
  if (operand.leaf && operand.leaf->storage == operand.saved.storage)
    return Tensor<T>(operand.leaf);
  Ref<TensorImpl<T>> impl(new TensorImpl<T>);
  impl->shape = operand.shape;
  impl->storage = operand.saved.storage;
  impl->grad_fn = operand.node;
  impl->is_number = operand.is_number;
  return Tensor<T>(std::move(impl));
}

template <class T>
Tensor<T> Saved<T>::result() const {
  check(node_.result, node_.shape);
  Ref<TensorImpl<T>> impl(new TensorImpl<T>);
  impl->shape = node_.shape;
  impl->storage = node_.result.storage;
  impl->grad_fn = Ref<Node<T>>(&node_);
  return Tensor<T>(std::move(impl));
}

template <class T>
void Tensor<T>::backward(const Tensor& cotangent, BackwardOptions options) const {
  check_root(*this, 0);
  const Tensor v = cotangent_of(*this, cotangent);
  Walk<T>(options, nullptr).run(std::span<const Tensor>(this, 1), std::span<const Tensor>(&v, 1));
}

template <class T>
std::vector<Tensor<T>> grad(std::span<const Tensor<T>> outputs, std::span<const Tensor<T>> inputs,
                            std::span<const Tensor<T>> cotangents, BackwardOptions options,
                            bool allow_unused) {
  if (inputs.empty()) throw Error("grad requires non-empty inputs.");
  if (cotangents.size() > outputs.size())
    throw Error(fmt::format("got {} tensors and {} gradients", outputs.size(), cotangents.size()));
  std::vector<Tensor<T>> v;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    check_root(outputs[i], i);
    v.push_back(cotangent_of(outputs[i], i < cotangents.size() ? cotangents[i] : Tensor<T>()));
  }
  Captures<T> captures;
  auto key = [](const Tensor<T>& input) -> const void* {
    if (input.impl()->grad_fn) return input.impl()->grad_fn.get();
    return input.impl().get();
  };
  for (const Tensor<T>& input : inputs) {
    if (!input.requires_grad())
      throw Error("One of the differentiated Tensors does not require grad");
    captures.emplace(key(input), Tensor<T>());
  }
  Walk<T>(options, &captures).run(outputs, v);
  std::vector<Tensor<T>> results;
  for (const Tensor<T>& input : inputs) {
    results.push_back(captures.at(key(input)));
    if (!results.back().defined() && !allow_unused)
      throw Error(
          "One of the differentiated Tensors appears to not have been used in the graph. Set "
          "allow_unused=True if this is the desired behavior.");
  }
  return results;
}

template void dispose(Node<float>*);
template void dispose(Node<double>*);
template void dispose(Node<std::int64_t>*);
template class Saved<float>;
template class Saved<double>;
template void Tensor<float>::backward(const Tensor&, BackwardOptions) const;
template void Tensor<double>::backward(const Tensor&, BackwardOptions) const;
template std::vector<Tensor<float>> grad(std::span<const Tensor<float>>,
                                         std::span<const Tensor<float>>,
                                         std::span<const Tensor<float>>, BackwardOptions, bool);
template std::vector<Tensor<double>> grad(std::span<const Tensor<double>>,
                                          std::span<const Tensor<double>>,
                                          std::span<const Tensor<double>>, BackwardOptions, bool);

}  // namespace verigrad
