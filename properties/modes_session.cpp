// Verigrad's tensors under the commands of the state machine.
#include <stdexcept>

#include "engine/functions.hpp"
#include "engine/node.hpp"
#include "properties/modes.hpp"

namespace verigrad::properties {
namespace {

using Doubles = Tensor<double>;

Entries1D copied(const Doubles& tensor) {
  return {tensor.entries().begin(), tensor.entries().end()};
}

std::optional<Entries1D> copied_if_defined(const Doubles& tensor) {
  if (!tensor.defined()) return std::nullopt;
  return copied(tensor);
}

class VerigradSession : public ModesSession {
 public:
  VerigradSession() {
    for (const int leaf : first_leaves) VerigradSession::step({Action::leaf, 0, 0, leaf});
  }
  ~VerigradSession() override {
    while (!scopes_.empty()) scopes_.pop_back();
  }
  void step(const Command& command) override;
  ModesView view() const override;

 private:
  Doubles& at(int tensor) { return tensors_[static_cast<std::size_t>(tensor)]; }
  void make_leaf(int p);
  void make(const Command& command);
  void change(const Command& command);
  void run_backward(const Command& command);
  void run_grad(const Command& command);
  void fail_in_no_grad(const Command& command);
  void hook(Doubles& tensor, bool doubles);
  Doubles cotangent(const Doubles& root, CotangentChoice choice) const;

  std::vector<Doubles> tensors_;
  std::vector<std::unique_ptr<NoGrad>> scopes_;
  std::vector<std::shared_ptr<std::vector<Entries1D>>> seen_;
  std::vector<HookHandle<double>> handles_;
  std::vector<std::optional<Entries1D>> latest_;
};

void VerigradSession::make_leaf(int p) {
  const NewLeaf leaf = leaf_of(p);
  tensors_.push_back(Doubles(leaf.shape, std::span<const double>(leaf.entries))
                         .requires_grad_(leaf.requires_grad));
}

void VerigradSession::make(const Command& command) {
  const Doubles a = at(command.a), b = at(command.b);
  switch (command.action) {
    case Action::add:
      tensors_.push_back(a + b);
      return;
    case Action::mul:
      tensors_.push_back(a * b);
      return;
    case Action::square:
      tensors_.push_back(square(a));
      return;
    case Action::relu:
      tensors_.push_back(relu(a));
      return;
    case Action::sum:
      tensors_.push_back(sum(a));
      return;
    case Action::detach:
      tensors_.push_back(a.detach());
      return;
    default:
      throw std::logic_error("not a command");
  }
}

void VerigradSession::change(const Command& command) {
  Doubles& a = at(command.a);
  switch (command.action) {
    case Action::add_in_place:
      a.add_(at(command.b));
      return;
    case Action::mul_in_place:
      a.mul_(at(command.b));
      return;
    case Action::fill_in_place:
      a.fill_(command.p);
      return;
    default:
      make(command);
  }
}

Doubles VerigradSession::cotangent(const Doubles& root, CotangentChoice choice) const {
  if (choice == CotangentChoice::none) return {};
  const NewLeaf given = cotangent_for(root.shape(), choice);
  return {given.shape, std::span<const double>(given.entries)};
}

void VerigradSession::run_backward(const Command& command) {
  const PassChoice pass = pass_of(command.p);
  const BackwardOptions options{.retain_graph = pass.retain_graph};
  const Doubles &a = at(command.a), &b = at(command.b);
  const Doubles v = cotangent(a, pass.cotangent);
  if (pass.two_roots) {
    backward<double>({a, b}, {v, cotangent(b, pass.cotangent)}, options);
  } else {
    a.backward(v, options);
  }
}

void VerigradSession::run_grad(const Command& command) {
  const PassChoice pass = pass_of(command.p);
  const Doubles output = at(command.a), v = cotangent(output, pass.cotangent);
  std::vector<Doubles> inputs;
  for (int i = 0; i < pass.inputs; ++i)
    inputs.push_back(at((command.b + i) % static_cast<int>(tensors_.size())));
  const std::vector<Doubles> found = verigrad::grad<double>(
      {&output, 1}, inputs, {&v, 1}, {.retain_graph = pass.retain_graph}, pass.allow_unused);
  latest_.clear();
  for (const Doubles& gradient : found) latest_.push_back(copied_if_defined(gradient));
}

void VerigradSession::fail_in_no_grad(const Command& command) {
  struct Failure {};
  try {
    const NoGrad scope;
    try {
      static_cast<void>(at(command.a) * at(command.b));
    } catch (const std::exception&) {  // shapes that do not fit
    }
    throw Failure();
  } catch (const Failure&) {
  }
}

void VerigradSession::hook(Doubles& tensor, bool doubles) {
  const auto seen = std::make_shared<std::vector<Entries1D>>();
  handles_.push_back(tensor.register_hook([seen, doubles](const Doubles& gradient) {
    seen->push_back(copied(gradient));
    return doubles ? gradient * 2.0 : Doubles();
  }));
  seen_.push_back(seen);
}

void VerigradSession::step(const Command& command) {
  switch (command.action) {
    case Action::leaf:
      return make_leaf(command.p);
    case Action::backward:
      return run_backward(command);
    case Action::grad:
      return run_grad(command);
    case Action::clear_grad:
      return at(command.a).set_grad(Doubles());
    case Action::zero_grad:
      return at(command.a).zero_grad();
    case Action::set_grad:
      return at(command.a).set_grad(at(command.b).detach());
    case Action::retain_grad:
      return at(command.a).retain_grad();
    case Action::requires_grad:
      at(command.a).requires_grad_(command.p % 2 == 1);
      return;
    case Action::enter_no_grad:
      scopes_.push_back(std::make_unique<NoGrad>());
      return;
    case Action::leave_no_grad:
      if (!scopes_.empty()) scopes_.pop_back();
      return;
    case Action::fail_in_no_grad:
      return fail_in_no_grad(command);
    case Action::hook:
      return hook(at(command.a), command.p % 2 == 1);
    case Action::remove_hook:
      return handles_[static_cast<std::size_t>(command.a)].remove();
    default:
      return change(command);
  }
}

ModesView VerigradSession::view() const {
  ModesView result{.grad_enabled = grad_enabled(), .latest = latest_};
  for (const auto& seen : seen_) result.hooks.push_back(*seen);
  for (const Doubles& tensor : tensors_)
    result.tensors.push_back({.shape = tensor.shape(),
                              .entries = copied(tensor),
                              .version = tensor.version(),
                              .requires_grad = tensor.requires_grad(),
                              .is_leaf = tensor.is_leaf(),
                              .retains_grad = tensor.impl()->retains_grad,
                              .grad_fn = std::string(tensor.grad_fn()),
                              .grad = copied_if_defined(tensor.impl()->grad)});
  return result;
}

}  // namespace

std::unique_ptr<ModesSession> verigrad_session() { return std::make_unique<VerigradSession>(); }

}  // namespace verigrad::properties
