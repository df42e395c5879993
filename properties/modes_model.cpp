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

bool is_binary(Action action) { return action == Action::add || action == Action::mul; }

[[noreturn]] void refuse(std::string message) { throw std::runtime_error(std::move(message)); }

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
    if (int& retains = nodes_[static_cast<std::size_t>(target.node)].retains; retains == tensor)
      retains = -1;
  target.node = node;
  target.requires_grad = false;
  if (target.retains_grad) nodes_[static_cast<std::size_t>(node)].retains = tensor;
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

void ModesModel::step(const Command& command) {
  const int a = command.a, b = command.b;
  switch (command.action) {
    case Action::leaf: {
      NewLeaf leaf = leaf_of(command.p);
      const int entries = new_storage(std::move(leaf.entries));
      tensors_.push_back({.shape = leaf.shape,
                          .storage = entries,
                          .requires_grad = leaf.requires_grad,
                          .degree = 1});
      return;
    }
    case Action::detach: {
      tensors_.push_back({.shape = at(a).shape, .storage = at(a).storage, .degree = at(a).degree});
      return;
    }
    case Action::backward:
      return backward(command);
    case Action::grad:
      return grad(command);
    case Action::clear_grad:
      at(a).grad = -1;
      return;
    case Action::zero_grad:
      if (at(a).grad < 0) return;
      std::ranges::fill(storage(at(a).grad).entries, 0.0);
      ++storage(at(a).grad).version;
      return;
    case Action::set_grad:
      if (!(at(a).shape == at(b).shape))
        refuse(fmt::format("assigned grad has data of a different size: {} for a tensor of {}",
                           to_string(at(b).shape), to_string(at(a).shape)));
      at(a).grad = at(b).storage;
      return;
    case Action::retain_grad:
      if (!is_tracked(a)) refuse("can't retain_grad on Tensor that has requires_grad=False");
      if (at(a).node < 0 || at(a).retains_grad) return;
      at(a).retains_grad = true;
      nodes_[static_cast<std::size_t>(at(a).node)].retains = a;
      nodes_[static_cast<std::size_t>(at(a).node)].retains_after =
          nodes_[static_cast<std::size_t>(at(a).node)].hooks.size();
      return;
    case Action::requires_grad:
      if (at(a).node < 0) {
        at(a).requires_grad = command.p % 2 == 1;
      } else if (command.p % 2 == 0) {
        refuse(
            "you can only change requires_grad flags of leaf variables. If you want to use a "
            "computed variable in a subgraph that doesn't require differentiation use "
            "var_no_grad = var.detach().");
      }
      return;
    case Action::enter_no_grad:
      ++scopes_;
      return;
    case Action::leave_no_grad:
      scopes_ = std::max(0, scopes_ - 1);
      return;
    case Action::fail_in_no_grad:
      return;
    case Action::hook: {
      if (!is_tracked(a))
        refuse("cannot register a hook on a tensor that doesn't require gradient");
      auto& list =
          at(a).node >= 0 ? nodes_[static_cast<std::size_t>(at(a).node)].hooks : at(a).hooks;
      list.push_back({hooks_.size(), command.p % 2 == 1});
      hooks_.emplace_back();
      return;
    }
    case Action::remove_hook: {
      const auto is_it = [&](const Hook& hook) {
        return hook.handle == static_cast<std::size_t>(a);
      };
      for (Node& node : nodes_) std::erase_if(node.hooks, is_it);
      for (Tensor& tensor : tensors_) std::erase_if(tensor.hooks, is_it);
      return;
    }
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
    if (tensor.node >= 0)
      view.grad_fn = grad_fn_name(nodes_[static_cast<std::size_t>(tensor.node)].action);
    if (tensor.grad >= 0) view.grad = storages_[static_cast<std::size_t>(tensor.grad)].entries;
  }
  return seen;
}

}  // namespace verigrad::properties
