// Results and in-place changes of the model.
#include <fmt/format.h>

#include <algorithm>

#include "properties/modes_walk.hpp"

namespace verigrad::properties {
namespace {

bool is_binary(Action action) { return action == Action::add || action == Action::mul; }

/// The shape of a result of two operands.
Shape common_shape(Action action, const Shape& a, const Shape& b) {
  if (a == b || b == Shape{}) return a;
  if (a == Shape{}) return b;
  refuse(
      fmt::format("{}: shapes {} and {} do not broadcast together: at dim 0 the sizes {} and {} "
                  "differ and neither is 1",
                  action == Action::add ? "add" : "mul", to_string(a), to_string(b), a[0], b[0]));
}

}  // namespace

int ModesModel::new_storage(Entries1D entries) {
  storages_.push_back({std::move(entries)});
  return static_cast<int>(storages_.size()) - 1;
}

ModesModel::Operand ModesModel::operand(int tensor) const {
  const Tensor& from = at(tensor);
  return {.node = from.node,
          .leaf = from.node < 0 && from.requires_grad ? tensor : -1,
          .shape = from.shape};
}

/// What the rules of operands that require gradients read.
void ModesModel::save(Node& node, int a_storage, int b_storage, int result) const {
  const auto saved = [&](int index) {
    return Saved{index, storages_[static_cast<std::size_t>(index)].version};
  };
  const auto is_tracked = [](const Operand& operand) {
    return operand.node >= 0 || operand.leaf >= 0;
  };
  if (node.action == Action::mul) {
    if (is_tracked(node.operands[1])) node.operands[0].saved = saved(a_storage);
    if (is_tracked(node.operands[0])) node.operands[1].saved = saved(b_storage);
  }
  if (node.action == Action::square) node.operands[0].saved = saved(a_storage);
  if (node.action == Action::relu) node.result = saved(result);
}

Entries1D ModesModel::value(Action action, int a, int b, const Shape& shape) const {
  if (action == Action::sum) return reduce(entries(at(a)), Shape{});
  Entries1D x = broadcast(entries(at(a)), shape);
  const Entries1D y = is_binary(action) ? broadcast(entries(at(b)), shape) : x;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (action == Action::add) x[i] += y[i];
    if (action == Action::mul || action == Action::square) x[i] *= y[i];
    if (action == Action::relu) x[i] = x[i] > 0 ? x[i] : 0;
  }
  return x;
}

/// A node when the mode is on and an operand requires gradients; else -1.
int ModesModel::record(Action action, std::vector<Operand> operands, const Shape& shape) {
  const bool is_tracked = std::ranges::any_of(
      operands, [](const Operand& operand) { return operand.node >= 0 || operand.leaf >= 0; });
  if (!grad_enabled() || !is_tracked) return -1;
  nodes_.push_back({.action = action, .operands = std::move(operands), .shape = shape});
  return static_cast<int>(nodes_.size()) - 1;
}

void ModesModel::apply(Action action, int a, int b) {
  Shape shape = action == Action::sum ? Shape{} : at(a).shape;
  if (is_binary(action)) shape = common_shape(action, at(a).shape, at(b).shape);
  const int result = new_storage(value(action, a, b, shape));
  std::vector<Operand> operands{operand(a)};
  if (is_binary(action)) operands.push_back(operand(b));
  Tensor made{.shape = shape, .storage = result};
  made.node = record(action, std::move(operands), shape);
  if (made.node >= 0) save(nodes_.back(), at(a).storage, at(b).storage, result);
  const int degrees[] = {at(a).degree, at(b).degree};
  made.degree = degrees[0];
  if (action == Action::add) made.degree = std::max(degrees[0], degrees[1]);
  if (action == Action::mul) made.degree = degrees[0] + degrees[1];
  if (action == Action::square) made.degree = 2 * degrees[0];
  tensors_.push_back(std::move(made));
}

/// The tensor becomes the result of another operation.
void ModesModel::rebase(int tensor, int node) {
  Tensor& target = at(tensor);
  if (target.node >= 0)
    if (int& retains = this->node(target.node).retains; retains == tensor) retains = -1;
  target.node = node;
  target.requires_grad = false;
  if (target.retains_grad) this->node(node).retains = tensor;
}

void ModesModel::change_in_place(const Command& command) {
  const int a = command.a, b = command.b;
  const bool fills = command.action == Action::fill_in_place;
  if (grad_enabled() && at(a).node < 0 && at(a).requires_grad)
    refuse("a leaf Variable that requires grad is being used in an in-place operation.");
  if (!fills && !(at(b).shape == at(a).shape) && !(at(b).shape == Shape{}))
    refuse(fmt::format("{}: a tensor of shape {} cannot be broadcast into one of shape {}",
                       command.action == Action::add_in_place ? "add_" : "mul_",
                       to_string(at(b).shape), to_string(at(a).shape)));
  const Action action = fills                                    ? command.action
                        : command.action == Action::add_in_place ? Action::add
                                                                 : Action::mul;
  const Shape shape = at(a).shape;
  const Entries1D changed = fills ? Entries1D(static_cast<std::size_t>(shape.numel()), command.p)
                                  : value(action, a, b, shape);
  std::vector<Operand> operands{operand(a)};
  operands.push_back(fills ? Operand{.shape = {}} : operand(b));
  const int node = record(action, std::move(operands), shape);
  // The rule reads the factor as it was before the change.
  if (node >= 0) save(nodes_.back(), new_storage(entries(at(a))), at(b).storage, -1);
  Storage& target = storage(at(a).storage);
  target.entries = changed;
  ++target.version;
  if (node >= 0) rebase(a, node);
  if (action == Action::add) at(a).degree = std::max(at(a).degree, at(b).degree);
  if (action == Action::mul) at(a).degree += at(b).degree;
}

}  // namespace verigrad::properties
