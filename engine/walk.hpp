#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/captures.hpp"
#include "engine/node.hpp"
#include "engine/tensor.hpp"

namespace verigrad {

/// Adds into a tensor's `grad`, which never becomes an alias of another gradient or of a caller's
/// cotangent; in place unless the sum is to be recorded.
template <class T>
void add_to_grad(Tensor<T>& grad, const Tensor<T>& gradient, bool recorded);

/// One walk over a graph: orders the nodes, then runs each one's rule from the roots to the leaves.
/// Leaves change only when the walk is complete.
template <class T>
class Walk {
 public:
  /// Without captures, gradients go into the leaves.
  Walk(BackwardOptions options, Captures<T>* captures);
  ~Walk();
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;

  /// The caller holds the roots until the end; a root that stands twice counts twice.
  void run(std::span<const Tensor<T>> roots, std::span<const Tensor<T>> cotangents);

 private:
  /// A node on the way down, and its next operand.
  struct Visit {
    Node<T>* node;
    std::uint32_t next;
  };
  /// What the walk that called a hook had noted in a node or a leaf which the hook walks over too.
  struct NodeScratch {
    Node<T>* node;
    bool needed, has_number;
    T number;
    Tensor<T> gradient;
  };
  struct LeafScratch {
    TensorImpl<T>* leaf;
    bool has_number;
    T number;
    Tensor<T> gradient;
  };
  /// The lists of a finished walk, for the next one on this thread.
  struct Lists {
    std::vector<Visit> stack;
    std::vector<Node<T>*> order;
    std::vector<TensorImpl<T>*> leaves;
    std::vector<Ref<Node<T>>> roots;  ///< kept alive, whatever hooks do to the roots' tensors
    std::vector<std::pair<Ref<TensorImpl<T>>, Tensor<T>>> retained;
    std::vector<NodeScratch> outer_nodes;
    std::vector<LeafScratch> outer_leaves;
  };
  static Lists& spare();

  void visit_below(Node<T>* root);
  void enter(Node<T>* node);
  bool is_needed(const Operand<T>& operand) const {
    if (operand.node) return operand.node->needed;
    return operand.leaf && (captures_ == nullptr || captures_->contains(operand.leaf.get()));
  }

  bool step(Node<T>& node);
  void step_number(Node<T>& node);
  bool steps_as_number(const Node<T>& node) const;
  void hand_on(const Operand<T>& operand, const Tensor<T>& share);
  static Tensor<T> apply_rule(const Node<T>& node, const Saved<T>& saved, const Tensor<T>& gradient,
                              std::size_t operand);
  Tensor<T> take_gradient(Node<T>& node) const;
  Tensor<T> after_hooks(Node<T>& node, Tensor<T> gradient);
  static void run_hooks(const TensorImpl<T>& leaf, Tensor<T>& gradient);
  void check_for_nan(const Node<T>& node, const Tensor<T>& share, std::size_t operand) const;
  static void release(Node<T>& node);

  void set_aside(Node<T>& node);
  void set_aside(TensorImpl<T>& leaf);
  void restore_outer();
  void deliver(TensorImpl<T>* leaf, const Tensor<T>& gradient);
  void deliver_number(TensorImpl<T>* leaf, T gradient);
  void accumulate(Tensor<T>& slot, const Tensor<T>& gradient) const;
  void add_to_node(Node<T>& node, const Tensor<T>& gradient) const;
  void add_number_to_node(Node<T>& node, T gradient) const;
  void compute_pending(std::span<const Tensor<T>> roots) const;
  void finish_leaves();
  void commit();

  static int& depth();

  GradModeScope mode_;
  bool nested_;  ///< called by a hook of another walk on this thread
  bool keep_, create_, anomaly_;
  Captures<T>* captures_;
  std::uint64_t visit_ = 0;
  Lists lists_;
};

}  // namespace verigrad
