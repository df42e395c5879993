#include "properties/modes_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "properties/modes_walk.hpp"

namespace verigrad::properties {
namespace {

constexpr std::size_t most_tensors = 12;
/// Entries of operands, and degrees of polynomials, up to which nothing is rounded.
constexpr double largest_term = 32, largest_factor = 8;
constexpr int largest_degree = 4;

int modulo(int number, std::size_t count) { return number % static_cast<int>(count); }

}  // namespace

void refuse(const std::string& message) { throw std::runtime_error(message); }

ModesModel::ModesModel() {
  for (const int leaf : first_leaves) step({Action::leaf, 0, 0, leaf});
}

double ModesModel::size(int tensor) const {
  double largest = 0;
  for (const double entry : entries(at(tensor))) largest = std::max(largest, std::abs(entry));
  return largest;
}

/// Whether some graph reaches the leaf.
bool ModesModel::is_used(int leaf) const {
  return std::ranges::any_of(nodes_, [&](const Node& node) {
    return std::ranges::any_of(node.operands,
                               [&](const Operand& operand) { return operand.leaf == leaf; });
  });
}

Command ModesModel::decode(Command drawn) const {
  Command command = drawn;
  command.a = modulo(drawn.a, tensors_.size());
  command.b = modulo(drawn.b, tensors_.size());
  const int a = command.a, b = command.b;
  if (command.action <= Action::detach && tensors_.size() >= most_tensors)
    command.action = Action::backward;
  const int degree =
      at(a).degree + (command.action == Action::square ? at(a).degree : at(b).degree);
  const bool multiplies = command.action == Action::mul || command.action == Action::square ||
                          command.action == Action::mul_in_place;
  if (multiplies &&
      (degree > largest_degree || size(a) > largest_factor || size(b) > largest_factor))
    command.action = Action::clear_grad;
  const bool adds = command.action == Action::add || command.action == Action::add_in_place ||
                    command.action == Action::sum;
  if (adds && (size(a) > largest_term || size(b) > largest_term))
    command.action = Action::clear_grad;
  if (command.action == Action::requires_grad && at(a).node < 0 && is_used(a)) command.p |= 1;
  if (command.action == Action::fill_in_place) command.p = modulo(drawn.p, 3);
  if (command.action == Action::remove_hook) {
    if (hooks_.empty()) return {Action::hook, a, b, command.p};
    command.a = modulo(drawn.a, hooks_.size());
  }
  return command;
}

std::vector<Entries1D> ModesModel::cotangents(std::span<const int> roots,
                                              CotangentChoice choice) const {
  std::vector<Entries1D> result;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    const Shape& shape = at(roots[i]).shape;
    if (!is_tracked(roots[i]))
      refuse(fmt::format("element {} of tensors does not require grad and does not have a grad_fn",
                         i));
    if (choice == CotangentChoice::none) {
      if (shape.numel() != 1) refuse("grad can be implicitly created only for scalar outputs");
      result.push_back({1});
      continue;
    }
    const NewLeaf given = cotangent_for(shape, choice);
    if (!(given.shape == shape))
      refuse(fmt::format(
          "Mismatch in shape: grad_output[{}] has a shape of {} and output[{}] has a shape of {}",
          i, to_string(given.shape), i, to_string(shape)));
    result.push_back(given.entries);
  }
  return result;
}

void ModesModel::backward(const Command& command) {
  const PassChoice pass = pass_of(command.p);
  std::vector<int> roots{command.a};
  if (pass.two_roots) roots.push_back(command.b);
  Walk(*this, nullptr, pass.retain_graph).run(roots, cotangents(roots, pass.cotangent));
}

void ModesModel::grad(const Command& command) {
  const PassChoice pass = pass_of(command.p);
  if (pass.inputs == 0) refuse("grad requires non-empty inputs.");
  const std::vector<int> roots{command.a};
  const std::vector<Entries1D> v = cotangents(roots, pass.cotangent);
  const auto key_of = [&](int offset) {
    const int input = modulo(command.b + offset, tensors_.size());
    if (!is_tracked(input)) refuse("One of the differentiated Tensors does not require grad");
    return at(input).node >= 0 ? std::pair(true, at(input).node) : std::pair(false, input);
  };
  Captures captures;
  for (int i = 0; i < pass.inputs; ++i) captures[key_of(i)];
  Walk(*this, &captures, pass.retain_graph).run(roots, v);
  std::vector<std::optional<Entries1D>> found;
  for (int i = 0; i < pass.inputs; ++i) {
    found.push_back(captures.at(key_of(i)));
    if (!found.back() && !pass.allow_unused)
      refuse(
          "One of the differentiated Tensors appears to not have been used in the graph. Set "
          "allow_unused=True if this is the desired behavior.");
  }
  latest_ = found;
}

void ModesModel::make_leaf(const NewLeaf& leaf) {
  const int entries = new_storage(leaf.entries);
  tensors_.push_back(
      {.shape = leaf.shape, .storage = entries, .requires_grad = leaf.requires_grad, .degree = 1});
}

void ModesModel::detach(int tensor) {
  const Tensor& from = at(tensor);
  tensors_.push_back({.shape = from.shape, .storage = from.storage, .degree = from.degree});
}

void ModesModel::zero_grad(int tensor) {
  if (at(tensor).grad < 0) return;
  Storage& grad = storage(at(tensor).grad);
  std::ranges::fill(grad.entries, 0.0);
  ++grad.version;
}

void ModesModel::set_grad(int tensor, int grad) {
  if (!(at(tensor).shape == at(grad).shape))
    refuse(fmt::format("assigned grad has data of a different size: {} for a tensor of {}",
                       to_string(at(grad).shape), to_string(at(tensor).shape)));
  at(tensor).grad = at(grad).storage;
}

void ModesModel::retain_grad(int tensor) {
  if (!is_tracked(tensor)) refuse("can't retain_grad on Tensor that has requires_grad=False");
  if (at(tensor).node < 0 || at(tensor).retains_grad) return;
  at(tensor).retains_grad = true;
  Node& maker = node(at(tensor).node);
  maker.retains = tensor;
  maker.retains_after = maker.hooks.size();
}

void ModesModel::set_requires_grad(int tensor, bool value) {
  if (at(tensor).node < 0) {
    at(tensor).requires_grad = value;
  } else if (!value) {
    refuse(
        "you can only change requires_grad flags of leaf variables. If you want to use a computed "
        "variable in a subgraph that doesn't require differentiation use var_no_grad = "
        "var.detach().");
  }
}

void ModesModel::add_hook(int tensor, bool doubles) {
  if (!is_tracked(tensor))
    refuse("cannot register a hook on a tensor that doesn't require gradient");
  auto& list = at(tensor).node >= 0 ? node(at(tensor).node).hooks : at(tensor).hooks;
  list.push_back({hooks_.size(), doubles});
  hooks_.emplace_back();
}

void ModesModel::remove_hook(std::size_t handle) {
  const auto is_it = [&](const Hook& hook) { return hook.handle == handle; };
  for (Node& each : nodes_) {
    const auto before = each.hooks.begin() + static_cast<std::ptrdiff_t>(each.retains_after);
    each.retains_after -=
        static_cast<std::size_t>(std::count_if(each.hooks.begin(), before, is_it));
    std::erase_if(each.hooks, is_it);
  }
  for (Tensor& tensor : tensors_) std::erase_if(tensor.hooks, is_it);
}

void ModesModel::step(const Command& command) {
  const int a = command.a, b = command.b;
  const bool is_odd = command.p % 2 == 1;
  switch (command.action) {
    case Action::leaf:
      return make_leaf(leaf_of(command.p));
    case Action::detach:
      return detach(a);
    case Action::backward:
      return backward(command);
    case Action::grad:
      return grad(command);
    case Action::clear_grad:
      at(a).grad = -1;
      return;
    case Action::zero_grad:
      return zero_grad(a);
    case Action::set_grad:
      return set_grad(a, b);
    case Action::retain_grad:
      return retain_grad(a);
    case Action::requires_grad:
      return set_requires_grad(a, is_odd);
    case Action::enter_no_grad:
      ++scopes_;
      return;
    case Action::leave_no_grad:
      scopes_ = std::max(0, scopes_ - 1);
      return;
    case Action::fail_in_no_grad:
      return;
    case Action::hook:
      return add_hook(a, is_odd);
    case Action::remove_hook:
      return remove_hook(static_cast<std::size_t>(a));
    case Action::add_in_place:
    case Action::mul_in_place:
    case Action::fill_in_place:
      return change_in_place(command);
    default:
      return apply(command.action, a, b);
  }
}

ModesView ModesModel::view() const {
  ModesView seen{.grad_enabled = grad_enabled(), .hooks = hooks_, .latest = latest_};
  for (const Tensor& tensor : tensors_) {
    TensorView& view = seen.tensors.emplace_back();
    view.shape = tensor.shape;
    view.entries = entries(tensor);
    view.version = storages_[static_cast<std::size_t>(tensor.storage)].version;
    view.requires_grad = tensor.requires_grad || tensor.node >= 0;
    view.is_leaf = tensor.node < 0;
    view.retains_grad = tensor.retains_grad;
    if (tensor.node >= 0) view.grad_fn = grad_fn_name(node(tensor.node).action);
    if (tensor.grad >= 0) view.grad = storages_[static_cast<std::size_t>(tensor.grad)].entries;
  }
  return seen;
}

}  // namespace verigrad::properties
