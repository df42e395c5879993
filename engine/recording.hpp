#pragma once

#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/error.hpp"
#include "engine/node.hpp"
#include "engine/program.hpp"

namespace verigrad {

/// What a Recording cannot render as a list of operations; the text names it.
class NotRecordable : public Error {
 public:
  explicit NotRecordable(const std::string& what) : Error("not recordable: " + what) {}
};

/// While it lives, every operation that the engine applies on this thread to tensors of T is
/// appended to a Program: those of a forward pass, and those of the derivative rules in a backward
/// pass with `create_graph`. One Recording of a type at a time lives on a thread.
///
///     Recording<double> recording;
///     recording.add_leaf({.name = "x", .shape = x.shape()}, x);
///     const D y = sin(x) * x;
///     const D slope = grad(sum(y), {x}, {.create_graph = true})[0];
///     const ValueId root = recording.id(slope);  // cos(x) * x + sin(x), as the rules have it
///     const Program program = recording.take();
///
/// A tensor is known by its entries' storage: the same entries are the same value, whatever handles
/// or saved values refer to them, and under another shape they are a `reshape` of it. Tensors that
/// were not made under the recording are constant entries, or numbers with their text where run()
/// made them from such.
///
/// The Program depends on its leaves as the computation does, or there is none: entries that depend
/// on a leaf may be read by the operations alone, and no recorded entries may be changed. Whatever
/// else would do so fails with NotRecordable: an ordinary backward pass, whose rules run fused; an
/// in-place change; a rule that reads entries with `data()` or `item()` and not by operations;
/// printing. No operation of the table is refused.
///
/// Beside each value it keeps the *origin*: the value of the Program that run() was running. What a
/// derivative rule applies stems from the value whose rule it is, and a sum of cotangents from the
/// value whose cotangent it is.
template <class T>
class Recording final : private Watch<T> {
  static_assert(std::is_floating_point_v<T>);

 public:
  /// Throws std::logic_error when another one lives.
  Recording();
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  /// Makes a tensor the next leaf of the Program. Throws std::logic_error for entries that are
  /// known already.
  void add_leaf(Leaf leaf, const Tensor<T>& tensor);
  /// Makes a tensor the number that a text stands for, which proofs read as an exact real.
  void add_number(const std::string& text, double value, const Tensor<T>& tensor);
  /// The value that a tensor is; new constant entries when it is not known.
  ValueId id(const Tensor<T>& tensor);

  const Program& program() const { return program_; }
  /// Of every value of the Program, its origin; no_value for what stems from no run().
  const std::vector<ValueId>& origins() const { return origins_; }
  /// Ends the recording: what follows is not appended.
  Program take();

  // What the engine calls.

  /// The value of an operation, which is appended unless it is part of another one's value.
  Tensor<T> apply(const Operation& operation, Operands<T> operands, const AttributesRef& attributes,
                  const Shape& shape);
  /// A copy of the entries, which is the same value.
  Tensor<T> clone(const Tensor<T>& tensor);
  /// Whether a rule may look at the entries, to choose among formulas: they depend on no leaf.
  bool may_read(const Tensor<T>& tensor) const {
    const auto found = known_.find(tensor.impl()->storage.get());
    return reading_ > 0 || found == known_.end() || !found->second.depends;
  }
  /// What is recorded from now on stems from this value.
  void set_origin(ValueId origin) { origin_ = origin; }
  /// A leaf stems from this value.
  void set_origin(const Tensor<T>& leaf, ValueId origin) {
    origins_[static_cast<std::size_t>(id(leaf))] = origin;
  }
  /// Notes that what the node's rule will apply stems from the present origin.
  void add_node(const Node<T>& node) { node_origins_[&node] = origin_; }
  /// Runs a derivative rule of a node, to be named when it is not recordable.
  template <class F>
  Tensor<T> in_rule_of(const Node<T>& node, F&& rule) {
    const Rule within(*this, node.operation, origin_of(node));
    return rule();
  }
  /// Runs what adds up the cotangents of an operand.
  template <class F>
  void in_sum_of(const Operand<T>& operand, F&& add) {
    const Rule within(*this, rule_, origin_of(operand));
    add();
  }

 private:
  /// A value that is stored, with its own shape first.
  struct Known {
    Ref<Storage<T>> entries;  ///< held, so that no other storage gets its address
    std::vector<ValueId> shapes;
    bool depends = false;  ///< on a leaf
  };
  /// While it lives, entries may be read: by an operation.
  class Reading;
  /// While it lives, a rule of this operation runs for a value of this origin.
  class Rule {
   public:
    Rule(Recording& recording, const Operation* operation, ValueId origin)
        : recording_(recording),
          rule_(std::exchange(recording.rule_, operation)),
          origin_(std::exchange(recording.origin_, origin)) {}
    ~Rule() {
      recording_.rule_ = rule_;
      recording_.origin_ = origin_;
    }
    Rule(const Rule&) = delete;
    Rule& operator=(const Rule&) = delete;

   private:
    Recording& recording_;
    const Operation* rule_;
    ValueId origin_;
  };

  /// A value that was just appended, noted with the present origin.
  ValueId noted(ValueId id) {
    origins_.resize(program_.values().size(), origin_);
    return id;
  }
  ValueId origin_of(const Node<T>& node) const;
  ValueId origin_of(const Operand<T>& operand) const;
  Known& learn(const Tensor<T>& tensor, ValueId id, bool depends);
  Known& known(const Tensor<T>& tensor);
  bool is_known(const Tensor<T>& tensor) const {
    return known_.contains(tensor.impl()->storage.get());
  }
  ValueId reshaped(Known& known, const Shape& shape);
  void before_reading(const Storage<T>& entries) override;
  void before_changing(const Storage<T>& entries) override;
  [[noreturn]] void refuse(std::string_view what) const;
  void end();

  Program program_;
  std::unordered_map<const Storage<T>*, Known> known_;
  const Operation* rule_ = nullptr;
  ValueId origin_ = no_value;
  std::vector<ValueId> origins_;
  /// A node's address may be another's after its death, which then is noted in its turn.
  std::unordered_map<const Node<T>*, ValueId> node_origins_;
  int reading_ = 0;
};

extern template class Recording<float>;
extern template class Recording<double>;

}  // namespace verigrad
