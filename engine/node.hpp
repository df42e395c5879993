#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string_view>

#include "engine/attributes.hpp"
#include "engine/hook.hpp"
#include "engine/pool.hpp"
#include "engine/shape_ref.hpp"
#include "engine/tensor.hpp"

namespace verigrad {

struct Operation;

/// A value kept for the backward pass: entries and the version they had. Holds no tensor object, so
/// that a node which saves its own result makes no cycle.
template <class T>
struct SavedValue {
  Ref<Storage<T>> storage;  ///< null when not saved
  std::uint32_t version = 0;

  SavedValue() = default;
  explicit SavedValue(const Ref<Storage<T>>& entries)
      : storage(entries), version(entries->version()) {}
};

/// An operand of a recorded operation: where its gradient goes, and its value if the rule needs it.
template <class T>
struct Operand {
  Ref<Node<T>> node;        ///< the operation that made it,
  Ref<TensorImpl<T>> leaf;  ///< or the leaf itself; both null for a constant
  ShapeRef shape;
  [[no_unique_address]] SavedValue<T> saved;
  bool is_number;

  /// `differentiable` says that the operation has a rule for it, `needed` that some rule reads it.
  Operand(const Ref<TensorImpl<T>>& from, bool differentiable, bool needed)
      : node(differentiable ? from->grad_fn : Ref<Node<T>>()),
        leaf(differentiable && !node && from->requires_grad ? from : Ref<TensorImpl<T>>()),
        shape(from->shape),
        saved(needed ? SavedValue<T>(from->storage) : SavedValue<T>()),
        is_number(from->is_number) {}
  bool requires_grad() const { return node || leaf; }
};

/// One recorded application of an operation. Its operands lie behind it in the same block.
template <class T>
struct Node : RefCounted {
  const std::uint32_t operand_count;
  const Operation* const operation;
  AttributesRef attributes;
  ShapeRef shape;                              ///< of the result
  std::unique_ptr<Watchers<T>> watchers;       ///< of the result
  [[no_unique_address]] SavedValue<T> result;  ///< if the rule needs it; or slopes
  bool freed = false;  ///< what was saved has been released by a backward pass
  bool scalar;         ///< the result and all operands are 0-dim

  // Scratch of the backward pass in progress.
  bool needed = false;
  bool has_number = false;
  T number = 0;        ///< the gradient of a 0-dim result, while it is a mere number
  Tensor<T> gradient;  ///< or any gradient
  union {
    std::uint64_t visit = 0;
    Node* next_waiting;  ///< among nodes about to be released
  };

  /// The node that makes `out`. Bit i of `rules` is set when there is a derivative by operand i, of
  /// `saves` when some derivative reads it; operands from the 64th on begin anew at bit 0.
  [[gnu::always_inline]] static Ref<Node> create(const Operation& operation,
                                                 std::span<const Tensor<T>* const> operands,
                                                 std::uint64_t rules, std::uint64_t saves,
                                                 bool saves_result, const TensorImpl<T>& out) {
    void* memory = pool_allocate(sizeof(Node) + operands.size() * sizeof(Operand<T>));
    Ref<Node> node(new (memory) Node(operation, operands.size(), out));
    Operand<T>* to = node->begin();
    for (std::size_t i = 0; i < operands.size(); ++i, ++to) {
      const Ref<TensorImpl<T>>& from = operands[i]->impl();
      new (to) Operand<T>(from, ((rules >> (i & 63)) & 1) != 0, ((saves >> (i & 63)) & 1) != 0);
      node->scalar = node->scalar && from->shape.is_scalar();
    }
    if (saves_result) node->result = SavedValue<T>(out.storage);
    return node;
  }

  /// Slopes take the place of a result that no rule needs.
  void keep_slopes(const Ref<Storage<T>>& slopes) { result = SavedValue<T>(slopes); }

  Operand<T>* begin() { return reinterpret_cast<Operand<T>*>(this + 1); }
  std::span<Operand<T>> operands() { return {begin(), operand_count}; }
  std::span<const Operand<T>> operands() const {
    return {reinterpret_cast<const Operand<T>*>(this + 1), operand_count};
  }
  const Shape& operand_shape(std::size_t i) const { return *operands()[i].shape; }
  /// PyTorch's name of the recorded operation.
  std::string_view name() const;

 private:
  Node(const Operation& what, std::size_t count, const TensorImpl<T>& out)
      : operand_count(static_cast<std::uint32_t>(count)),
        operation(&what),
        shape(out.shape),
        scalar(shape.is_scalar()) {}
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
  Storage<T>& operand_entries(std::size_t i) const {
    const Operand<T>& operand = node_.begin()[i];
    check(operand.saved, *operand.shape);
    return *operand.saved.storage;
  }
  Storage<T>& result_entries() const {
    check(node_.result, *node_.shape);
    return *node_.result.storage;
  }
  bool has_operand(std::size_t i) const {
    return static_cast<bool>(node_.begin()[i].saved.storage);
  }
  bool has_result() const { return static_cast<bool>(node_.result.storage); }
  /// For operations whose rule reads no result (JointOp): the slopes kept with the value.
  bool has_slopes() const { return has_result(); }
  Storage<T>& slopes() const { return result_entries(); }

  const Shape& operand_shape(std::size_t i) const { return node_.operand_shape(i); }
  const Shape& shape() const { return *node_.shape; }
  const ShapeRef& shape_ref() const { return node_.shape; }
  const ShapeRef& operand_shape_ref(std::size_t i) const { return node_.begin()[i].shape; }
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
