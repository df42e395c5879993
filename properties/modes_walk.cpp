#include "properties/modes_walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace verigrad::properties {
namespace {

void add_to(std::map<int, Entries1D>& gradients, int index, const Entries1D& term) {
  const auto [place, is_new] = gradients.emplace(index, term);
  if (is_new) return;
  for (std::size_t i = 0; i < term.size(); ++i) place->second[i] += term[i];
}

}  // namespace

Entries1D broadcast(const Entries1D& entries, const Shape& shape) {
  const auto count = static_cast<std::size_t>(shape.numel());
  return entries.size() == count ? entries : Entries1D(count, entries.at(0));
}

Entries1D reduce(const Entries1D& entries, const Shape& shape) {
  if (static_cast<std::int64_t>(entries.size()) == shape.numel()) return entries;
  return {std::accumulate(entries.begin(), entries.end(), 0.0)};
}

std::string_view grad_fn_name(Action action) {
  switch (action) {
    case Action::add:
      return "AddBackward0";
    case Action::mul:
      return "MulBackward0";
    case Action::square:
      return "PowBackward0";
    case Action::relu:
      return "ReluBackward0";
    case Action::sum:
      return "SumBackward0";
    case Action::fill_in_place:
      return "FillBackward0";
    default:
      throw std::logic_error("not an operation");
  }
}

bool ModesModel::Walk::is_needed(const Operand& operand) const {
  if (operand.node >= 0) return needed_.at(operand.node);
  return operand.leaf >= 0 && (captures_ == nullptr || captures_->contains({false, operand.leaf}));
}

void ModesModel::Walk::visit(int index) {
  if (needed_.contains(index)) return;
  bool& needed = needed_[index];
  needed = captures_ == nullptr || captures_->contains({true, index});
  const Node& node = model_.node(index);
  for (const Operand& operand : node.operands)
    if (operand.node >= 0) visit(operand.node);
  for (const Operand& operand : node.operands) needed = needed || is_needed(operand);
  order_.push_back(index);
}

void ModesModel::Walk::run(std::span<const int> roots, const std::vector<Entries1D>& cotangents) {
  for (const int root : roots)
    if (model_.at(root).node >= 0) visit(model_.at(root).node);
  for (std::size_t i = 0; i < roots.size(); ++i) {
    const int node = model_.at(roots[i]).node;
    if (node >= 0) {
      add_to(of_nodes_, node, cotangents[i]);
    } else if (captures_ == nullptr) {
      add_to(of_leaves_, roots[i], cotangents[i]);
    } else {
      capture(false, roots[i], cotangents[i]);
    }
  }
  for (std::size_t i = order_.size(); i-- > 0;)
    if (needed_[order_[i]] && of_nodes_.contains(order_[i])) step(order_[i]);
  commit();
}

void ModesModel::Walk::run_hook(const Hook& hook, Entries1D& gradient) {
  model_.hooks_[hook.handle].push_back(gradient);
  if (hook.doubles)
    for (double& entry : gradient) entry *= 2;
}

void ModesModel::Walk::capture(bool is_node, int index, const Entries1D& gradient) {
  if (captures_ == nullptr) return;
  const auto found = captures_->find({is_node, index});
  if (found == captures_->end()) return;
  if (!found->second) found->second = Entries1D(gradient.size());
  for (std::size_t i = 0; i < gradient.size(); ++i) (*found->second)[i] += gradient[i];
}

void ModesModel::Walk::step(int index) {
  Node& node = model_.node(index);
  Entries1D gradient = of_nodes_.at(index);
  for (std::size_t i = 0; i <= node.hooks.size(); ++i) {
    if (i == node.retains_after && node.retains >= 0 && captures_ == nullptr)
      retained_.emplace_back(node.retains, gradient);
    if (i < node.hooks.size()) run_hook(node.hooks[i], gradient);
  }
  capture(true, index, gradient);
  bool ran = false;
  for (std::size_t i = 0; i < node.operands.size(); ++i) {
    const Operand& operand = node.operands[i];
    if (!is_needed(operand)) continue;
    ran = true;
    const Entries1D part = share(node, i, gradient);
    if (operand.node >= 0) {
      add_to(of_nodes_, operand.node, part);
    } else if (captures_ == nullptr) {
      add_to(of_leaves_, operand.leaf, part);
    } else {
      capture(false, operand.leaf, part);
    }
  }
  if (ran && !retain_graph_) release(node);
}

/// d value / d operand, transposed, times the gradient.
Entries1D ModesModel::Walk::share(const Node& node, std::size_t i,
                                  const Entries1D& gradient) const {
  const Operand& operand = node.operands[i];
  Entries1D result = gradient;
  if (node.action == Action::mul) {
    const Operand& other = node.operands[1 - i];
    const Entries1D factor = broadcast(read(node, other.saved, other.shape), node.shape);
    for (std::size_t k = 0; k < result.size(); ++k) result[k] *= factor[k];
  } else if (node.action == Action::square) {
    const Entries1D& x = read(node, operand.saved, operand.shape);
    for (std::size_t k = 0; k < result.size(); ++k) result[k] *= 2 * x[k];
  } else if (node.action == Action::relu) {
    const Entries1D& y = read(node, node.result, node.shape);
    for (std::size_t k = 0; k < result.size(); ++k) result[k] = y[k] > 0 ? result[k] : 0;
  } else if (node.action == Action::sum) {
    return broadcast(gradient, operand.shape);
  } else if (node.action == Action::fill_in_place) {
    result.assign(result.size(), 0);
  }
  return reduce(result, operand.shape);
}

const Entries1D& ModesModel::Walk::read(const Node& node, const Saved& saved,
                                        const Shape& shape) const {
  if (node.freed)
    refuse(
        "Trying to backward through the graph a second time (or directly access saved tensors "
        "after they have already been freed). Saved intermediate values of the graph are freed "
        "when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to "
        "backward through the graph a second time or if you need to access saved tensors after "
        "calling backward.");
  const Storage& storage = model_.storage(saved.storage);
  if (storage.version != saved.version)
    refuse(fmt::format(
        "one of the variables needed for gradient computation has been modified by an inplace "
        "operation: [float64 {}], saved by {}, is at version {}; expected version {} instead.",
        to_string(shape), grad_fn_name(node.action), storage.version, saved.version));
  return storage.entries;
}

void ModesModel::Walk::release(Node& node) const {
  bool held = node.result.storage >= 0;
  for (const Operand& operand : node.operands) held = held || operand.saved.storage >= 0;
  node.freed = held;
}

/// Nothing has failed. Hooks of leaves see their whole gradients.
void ModesModel::Walk::commit() {
  for (auto& [leaf, gradient] : of_leaves_)
    for (const Hook& hook : model_.at(leaf).hooks) run_hook(hook, gradient);
  if (captures_ != nullptr)
    for (auto& [key, gradient] : *captures_)
      if (!key.first && gradient)
        for (const Hook& hook : model_.at(key.second).hooks) run_hook(hook, *gradient);
  for (auto& [tensor, gradient] : retained_) {
    if (const int before = model_.at(tensor).grad; before >= 0)
      for (std::size_t i = 0; i < gradient.size(); ++i)
        gradient[i] += model_.storage(before).entries[i];
    model_.at(tensor).grad = model_.new_storage(gradient);
  }
  for (const auto& [leaf, gradient] : of_leaves_) {
    if (model_.at(leaf).grad < 0) {
      model_.at(leaf).grad = model_.new_storage(gradient);
      continue;
    }
    Storage& grad = model_.storage(model_.at(leaf).grad);
    ++grad.version;
    for (std::size_t i = 0; i < gradient.size(); ++i) grad.entries[i] += gradient[i];
  }
}

}  // namespace verigrad::properties
