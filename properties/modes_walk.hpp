// A backward pass of the model.
#pragma once

#include "properties/modes_model.hpp"

namespace verigrad::properties {

/// Entries of a [2], [] or [0] as an operand of another of these shapes, and gradients back.
Entries1D broadcast(const Entries1D& entries, const Shape& shape);
Entries1D reduce(const Entries1D& entries, const Shape& shape);
std::string_view grad_fn_name(Action action);

/// Nodes run from the roots to the leaves, in the reverse of the order in which a depth-first visit
/// of roots and operands, first ones first, leaves them.
class ModesModel::Walk {
 public:
  /// Without captures gradients go into the leaves.
  Walk(ModesModel& model, Captures* captures, bool retain_graph)
      : model_(model), captures_(captures), retain_graph_(retain_graph) {}
  void run(std::span<const int> roots, const std::vector<Entries1D>& cotangents);

 private:
  void visit(int node);
  bool is_needed(const Operand& operand) const;
  void step(int node);
  Entries1D share(const Node& node, std::size_t operand, const Entries1D& gradient) const;
  const Entries1D& read(const Node& node, const Saved& saved, const Shape& shape) const;
  void release(Node& node) const;
  void capture(bool is_node, int index, const Entries1D& gradient);
  void run_hook(const Hook& hook, Entries1D& gradient);
  void commit();

  ModesModel& model_;
  Captures* captures_;
  bool retain_graph_;
  std::map<int, bool> needed_;
  std::vector<int> order_;
  std::map<int, Entries1D> of_nodes_, of_leaves_;
  std::vector<std::pair<int, Entries1D>> retained_;
};

}  // namespace verigrad::properties
