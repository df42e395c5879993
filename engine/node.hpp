#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string_view>

#include "engine/attributes.hpp"
#include "engine/hook.hpp"
#include "engine/pool.hpp"
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

struct PooledShape : Shape, Pooled<PooledShape> {
  explicit PooledShape(const Shape& shape) : Shape(shape) {}
};

/// An operand of a recorded operation: where its gradient goes, and its value if the rule needs it.
template <class T>
struct Operand {
  Ref<Node<T>> node;        ///< the operation that made it,
  Ref<TensorImpl<T>> leaf;  ///< or the leaf itself; both null for a constant
  SavedValue<T> saved;
  std::unique_ptr<PooledShape> own_shape;  ///< null when it is the result's
  bool is_number = false;

  Operand(const Shape& shape, const Shape& of_result, bool number) : is_number(number) {
    if (!(shape == of_result)) own_shape = std::make_unique<PooledShape>(shape);
  }
  bool requires_grad() const { return node || leaf; }
};

/// One recorded application of an operation. Its operands lie behind it in the same block.
template <class T>
struct Node : RefCounted {
  const Operation* operation;
  std::uint32_t capacity;           ///< operands that there is room for
  std::uint32_t operand_count = 0;  ///< operands that have been constructed
  bool freed = false;               ///< what was saved has been released by a backward pass
  bool scalar = false;              ///< the result and all operands are 0-dim
  AttributesRef attributes;
  Shape shape;           ///< of the result
  SavedValue<T> result;  ///< if the rule needs it
  Hooks<T> hooks;
  TensorImpl<T>* retains = nullptr;  ///< the result's tensor while it retains its gradient
  Node* next_waiting = nullptr;      ///< among nodes about to be released
  std::size_t retains_after = 0;     ///< number of hooks that come before

  // Scratch of the backward pass in progress.
  bool needed = false;
  bool has_number = false;
  T number = 0;        ///< the gradient of a 0-dim result, while it is a mere number
  Tensor<T> gradient;  ///< or any gradient
  std::uint64_t visit = 0;

  /// A node without operands yet: they are constructed from begin() on, and counted.
  static Ref<Node> create(const Operation& operation, std::size_t operand_count,
                          const Shape& shape);

  Operand<T>* begin() { return reinterpret_cast<Operand<T>*>(this + 1); }
  std::span<Operand<T>> operands() { return {begin(), operand_count}; }
  std::span<const Operand<T>> operands() const {
    return {reinterpret_cast<const Operand<T>*>(this + 1), operand_count};
  }
  const Shape& operand_shape(std::size_t i) const {
    const Operand<T>& operand = operands()[i];
    return operand.own_shape ? *operand.own_shape : shape;
  }
  /// PyTorch's name of the recorded operation.
  std::string_view name() const;

 private:
  Node(const Operation& what, std::size_t count, const Shape& its_shape)
      : operation(&what), capacity(static_cast<std::uint32_t>(count)), shape(its_shape) {}
  friend void dispose(Node* node) { destroy(node); }
  static void destroy(Node* node);
};

/// The saved operands, result and attributes as a derivative rule sees them.
template <class T>
class Saved {
 public:
  /// `overwritable` says that the rule may write its answer over the cotangent, if nobody else
  /// holds it.
  explicit Saved(Node<T>& node, bool overwritable = false)
      : node_(node), overwritable_(overwritable) {}

  /// The operand with its place in the graph. Throws Error when it was changed in place since, or
  /// freed; throws std::logic_error when the operation did not declare that it needs it.
  Tensor<T> operand(std::size_t i) const;
  Tensor<T> result() const;
  /// The entries of the same, without a tensor around them.
  Storage<T>& operand_entries(std::size_t i) const;
  Storage<T>& result_entries() const;
  bool has_operand(std::size_t i) const;
  bool has_result() const;

  const Shape& operand_shape(std::size_t i) const { return node_.operand_shape(i); }
  const Shape& shape() const { return node_.shape; }
  std::size_t operand_count() const { return node_.operand_count; }
  const Attributes& attributes() const { return *node_.attributes; }
  /// Whether a rule may write its answer over this cotangent.
  bool may_overwrite(const Tensor<T>& cotangent) const {
    return overwritable_ && cotangent.impl()->owners() == 1 &&
           cotangent.impl()->storage->owners() == 1;
  }

 private:
  void check(const SavedValue<T>& saved, const Shape& shape) const {
    if (node_.freed || !saved.storage || saved.storage->version() != saved.version) [[unlikely]]
      refuse(saved, shape);
  }
  [[noreturn]] void refuse(const SavedValue<T>& saved, const Shape& shape) const;

  Node<T>& node_;
  bool overwritable_;
};

}  // namespace verigrad
