// Autograd's book-keeping in miniature: what the engine's state must be after every command. Knows
// five operations on [2], [] and [0], and nothing of the engine's data structures.
#pragma once

#include <map>
#include <span>
#include <utility>

#include "properties/modes.hpp"

namespace verigrad::properties {

/// Throws what a command must fail with.
[[noreturn]] void refuse(const std::string& message);

class ModesModel {
 public:
  ModesModel();

  /// The command for which numbers drawn at random stand here: tensors that exist, few enough, with
  /// entries so small that all arithmetic is exact.
  Command decode(Command drawn) const;
  /// Throws std::runtime_error with the message that the engine must give; then nothing has changed
  /// but what a backward pass had run over before it failed: hooks, and saved values released.
  void step(const Command& command);
  ModesView view() const;

 private:
  struct Storage {
    Entries1D entries;
    std::uint32_t version = 0;
  };
  struct Saved {
    int storage = -1;  ///< none
    std::uint32_t version = 0;
  };
  struct Hook {
    std::size_t handle;
    bool doubles;
  };
  struct Operand {
    int node = -1, leaf = -1;  ///< where its gradient goes; constants have neither
    Shape shape;
    Saved saved{};
  };
  struct Node {
    Action action;
    std::vector<Operand> operands;
    Shape shape;
    Saved result{};
    bool freed = false;
    std::vector<Hook> hooks{};
    int retains = -1;  ///< the tensor that keeps its gradient
    std::size_t retains_after = 0;
  };
  struct Tensor {
    Shape shape;
    int storage;
    bool requires_grad = false;
    int node = -1;
    int grad = -1;  ///< a storage
    bool retains_grad = false;
    std::vector<Hook> hooks{};
    int degree = 0;  ///< of the polynomial
  };
  /// Gradients that `grad` asks for: of a node (true) or a leaf.
  using Captures = std::map<std::pair<bool, int>, std::optional<Entries1D>>;
  class Walk;

  Tensor& at(int tensor) { return tensors_[static_cast<std::size_t>(tensor)]; }
  const Tensor& at(int tensor) const { return tensors_[static_cast<std::size_t>(tensor)]; }
  Storage& storage(int index) { return storages_[static_cast<std::size_t>(index)]; }
  const Entries1D& entries(const Tensor& tensor) const {
    return storages_[static_cast<std::size_t>(tensor.storage)].entries;
  }
  Node& node(int index) { return nodes_[static_cast<std::size_t>(index)]; }
  const Node& node(int index) const { return nodes_[static_cast<std::size_t>(index)]; }
  /// The largest magnitude of an entry.
  double size(int tensor) const;
  bool is_tracked(int tensor) const { return at(tensor).requires_grad || at(tensor).node >= 0; }
  bool is_used(int leaf) const;

  void make_leaf(const NewLeaf& leaf);
  void detach(int tensor);
  void zero_grad(int tensor);
  void set_grad(int tensor, int grad);
  void retain_grad(int tensor);
  void set_requires_grad(int tensor, bool value);
  void add_hook(int tensor, bool doubles);
  void remove_hook(std::size_t handle);

  int new_storage(Entries1D entries);
  Operand operand(int tensor) const;
  void apply(Action action, int a, int b);
  Entries1D value(Action action, int a, int b, const Shape& shape) const;
  void change_in_place(const Command& command);
  void rebase(int tensor, int node);
  int record(Action action, std::vector<Operand> operands, const Shape& shape);
  void save(Node& node, int a_storage, int b_storage, int result) const;

  std::vector<Entries1D> cotangents(std::span<const int> roots, CotangentChoice choice) const;
  void backward(const Command& command);
  void grad(const Command& command);

  bool grad_enabled() const { return scopes_ == 0; }

  std::vector<Tensor> tensors_;
  std::vector<Storage> storages_;
  std::vector<Node> nodes_;
  int scopes_ = 0;
  std::vector<std::vector<Entries1D>> hooks_;
  std::vector<std::optional<Entries1D>> latest_;
};

}  // namespace verigrad::properties
