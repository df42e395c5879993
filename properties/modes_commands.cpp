// What commands mean, for all who run them, and how they are written.
#include <fmt/format.h>

#include <stdexcept>

#include "properties/modes.hpp"

namespace verigrad::properties {

NewLeaf leaf_of(int p) {
  const Shape shapes[] = {{2}, {}, {0}};
  const Shape shape = shapes[p % 3];
  Entries1D entries;
  for (int i = 0; i < shape.numel(); ++i) entries.push_back((p / 6 + 3 * i) % 5 - 1);
  return {shape, entries, p / 3 % 2 == 1};
}

PassChoice pass_of(int p) {
  constexpr CotangentChoice choices[] = {CotangentChoice::fitting, CotangentChoice::none,
                                         CotangentChoice::fitting,
                                         CotangentChoice::of_another_shape};
  return {.retain_graph = p % 2 == 1,
          .two_roots = p / 2 % 2 == 1,
          .allow_unused = p / 2 % 2 == 1,
          .inputs = (p / 16 + 1) % 4,
          .cotangent = choices[p / 4 % 4]};
}

NewLeaf cotangent_for(const Shape& root, CotangentChoice choice) {
  const bool fits = choice == CotangentChoice::fitting;
  const Shape shape = fits ? root : root == Shape{2} ? Shape{} : Shape{2};
  Entries1D entries;
  for (int i = 0; i < shape.numel(); ++i) entries.push_back(2 - 3 * i);
  return {shape, entries, false};
}

namespace {

std::string pass_text(const Command& command) {
  const PassChoice pass = pass_of(command.p);
  std::string text = fmt::format("t{}", command.a);
  if (command.action == Action::backward && pass.two_roots) text += fmt::format(", t{}", command.b);
  if (command.action == Action::grad)
    text += fmt::format(" by {} from t{} on{}", pass.inputs, command.b,
                        pass.allow_unused ? ", allow_unused" : "");
  if (pass.cotangent == CotangentChoice::none) text += ", no cotangent";
  if (pass.cotangent == CotangentChoice::of_another_shape) text += ", cotangent of another shape";
  if (pass.retain_graph) text += ", retain_graph";
  return fmt::format("{}({})", command.action == Action::grad ? "grad" : "backward", text);
}

}  // namespace

std::string to_string(const Command& command) {
  const int a = command.a, b = command.b, p = command.p;
  switch (command.action) {
    case Action::leaf: {
      const NewLeaf leaf = leaf_of(p);
      return fmt::format("a leaf of {}{}", to_string(leaf.shape),
                         leaf.requires_grad ? " that requires gradients" : "");
    }
    case Action::add:
      return fmt::format("t{} + t{}", a, b);
    case Action::mul:
      return fmt::format("t{} * t{}", a, b);
    case Action::square:
      return fmt::format("t{} ** 2", a);
    case Action::relu:
      return fmt::format("relu(t{})", a);
    case Action::sum:
      return fmt::format("sum(t{})", a);
    case Action::detach:
      return fmt::format("t{}.detach()", a);
    case Action::backward:
    case Action::grad:
      return pass_text(command);
    case Action::clear_grad:
      return fmt::format("t{}.grad = None", a);
    case Action::zero_grad:
      return fmt::format("t{}.zero_grad()", a);
    case Action::set_grad:
      return fmt::format("t{}.grad = t{}.detach()", a, b);
    case Action::retain_grad:
      return fmt::format("t{}.retain_grad()", a);
    case Action::requires_grad:
      return fmt::format("t{}.requires_grad_({})", a, p % 2 == 1 ? "True" : "False");
    case Action::enter_no_grad:
      return "enter no_grad";
    case Action::leave_no_grad:
      return "leave no_grad";
    case Action::fail_in_no_grad:
      return fmt::format("an exception in no_grad after t{} * t{}", a, b);
    case Action::hook:
      return fmt::format("a hook on t{}{}", a, p % 2 == 1 ? " that doubles" : "");
    case Action::remove_hook:
      return fmt::format("remove hook {}", a);
    case Action::add_in_place:
      return fmt::format("t{}.add_(t{})", a, b);
    case Action::mul_in_place:
      return fmt::format("t{}.mul_(t{})", a, b);
    case Action::fill_in_place:
      return fmt::format("t{}.fill_({})", a, p);
  }
  throw std::logic_error("not a command");
}

}  // namespace verigrad::properties
