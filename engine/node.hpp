#pragma once

#include <vector>

#include "engine/attributes.hpp"
#include "engine/tensor.hpp"

namespace verigrad {

struct Operation;

/// A value kept for the backward pass: entries and the version they had. Holds no tensor object, so
/// that a node which saves its own result makes no cycle.
template <class T>
struct SavedValue {
  Ref<Storage<T>> storage;  ///< null when not saved
  std::uint32_t version = 0;
};

/// An operand of a recorded operation: where its gradient goes, and its value if the rule needs it.
template <class T>
struct Operand {
  Ref<Node<T>> node;        ///< the operation that made it,
  Ref<TensorImpl<T>> leaf;  ///< or the leaf itself; both null for a constant
  Shape shape;
  SavedValue<T> saved;
  bool is_number = false;

  bool requires_grad() const { return node || leaf; }
};

/// One recorded application of an operation.
template <class T>
struct Node : RefCounted {
  const Operation* operation = nullptr;
  AttributesRef attributes;
  std::vector<Operand<T>> operands;
  Shape shape;           ///< of the result
  SavedValue<T> result;  ///< if the rule needs it
  std::string_view name;
  bool freed = false;                ///< what was saved has been released by a backward pass
  TensorImpl<T>* retains = nullptr;  ///< the result's tensor while it retains its gradient

  // Scratch of the backward pass in progress.
  std::uint64_t visit = 0;
  bool needed = false;
  Tensor<T> gradient;
};

/// Releases a node and, without recursion, every node that only it kept alive.
template <class T>
void dispose(Node<T>* node);

/// The saved operands, result and attributes as a derivative rule sees them.
template <class T>
class Saved {
 public:
  Saved(Node<T>& node) : node_(node) {}

  /// The operand with its place in the graph. Throws Error when it was changed in place since, or
  /// freed; throws std::logic_error when the operation did not declare that it needs it.
  Tensor<T> operand(std::size_t i) const;
  Tensor<T> result() const;
  bool has_operand(std::size_t i) const;
  bool has_result() const;

  const Shape& operand_shape(std::size_t i) const { return node_.operands[i].shape; }
  const Shape& shape() const { return node_.shape; }
  std::size_t operand_count() const { return node_.operands.size(); }
  const Attributes& attributes() const { return *node_.attributes; }

 private:
  void check(const SavedValue<T>& saved, const Shape& shape) const;
  Node<T>& node_;
};

}  // namespace verigrad
