#include "properties/modes_comparison.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace verigrad::properties {
namespace {

template <class Runner>
std::string error_of(Runner& runner, const Command& command) {
  try {
    runner.step(command);
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

std::string difference(const ModesView& got, const ModesView& wanted) {
  const auto show = [](const auto& entries) {
    return entries ? fmt::format("[{}]", fmt::join(*entries, ", ")) : std::string("undefined");
  };
  if (got.grad_enabled != wanted.grad_enabled)
    return fmt::format("grad mode is {}", got.grad_enabled ? "on" : "off");
  if (got.tensors.size() != wanted.tensors.size())
    return fmt::format("{} tensors, not {}", got.tensors.size(), wanted.tensors.size());
  for (std::size_t i = 0; i < wanted.tensors.size(); ++i) {
    const TensorView &a = got.tensors[i], &b = wanted.tensors[i];
    if (a == b) continue;
    if (a.grad != b.grad)
      return fmt::format("t{}.grad is {}, not {}", i, show(a.grad), show(b.grad));
    return fmt::format(
        "t{} is [{}] at version {}, {} {}{}, not [{}] at version {}, {} {}{}", i,
        fmt::join(a.entries, ", "), a.version, a.grad_fn, a.is_leaf ? "leaf" : "result",
        a.requires_grad ? " that requires gradients" : "", fmt::join(b.entries, ", "), b.version,
        b.grad_fn, b.is_leaf ? "leaf" : "result",
        b.requires_grad ? " that requires gradients" : "");
  }
  for (std::size_t i = 0; i < wanted.hooks.size(); ++i)
    if (i >= got.hooks.size() || got.hooks[i] != wanted.hooks[i])
      return fmt::format("hook {} has seen {} gradients, or others than the {} that it should", i,
                         i < got.hooks.size() ? got.hooks[i].size() : 0, wanted.hooks[i].size());
  if (got.hooks.size() != wanted.hooks.size()) return "there are more hooks";
  for (std::size_t i = 0; i < wanted.latest.size(); ++i)
    if (got.latest.size() != wanted.latest.size() || got.latest[i] != wanted.latest[i])
      return fmt::format("grad has found {} for input {}, not {}",
                         i < got.latest.size() ? show(got.latest[i]) : "nothing", i,
                         show(wanted.latest[i]));
  return {};
}

/// The list up to where the engine and the model differ; empty when they agree.
std::vector<Command> failing_part(const NewSession& new_session,
                                  const std::vector<Command>& commands) {
  Comparison comparison(new_session(), nullptr);
  for (const Command& command : commands)
    if (!comparison.step(command)) return comparison.commands();
  return {};
}

bool makes_tensor(const Command& command) { return command.action <= Action::detach; }

/// Without the command at `place`, and with the numbers that later ones have then. Errors, which
/// make nothing, are taken for results; a list that this spoils does not fail.
std::vector<Command> without(const std::vector<Command>& commands, std::size_t place) {
  const auto made = static_cast<int>(
      std::size(first_leaves) +
      static_cast<std::size_t>(std::count_if(
          commands.begin(), commands.begin() + static_cast<std::ptrdiff_t>(place), makes_tensor)));
  const Command gone = commands[place];
  const auto renumber = [&](int& tensor) {
    if (tensor == made) tensor = gone.a;
    if (tensor > made) --tensor;
  };
  std::vector<Command> result;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (i == place) continue;
    Command& kept = result.emplace_back(commands[i]);
    if (i < place || !makes_tensor(gone)) continue;
    if (kept.action != Action::remove_hook) renumber(kept.a);
    renumber(kept.b);
  }
  return result;
}

/// Lists that are one step smaller.
std::vector<std::vector<Command>> smaller(const std::vector<Command>& commands) {
  std::vector<std::vector<Command>> result;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    result.push_back(without(commands, i));
    for (std::size_t k = i + 1; k < commands.size(); ++k)
      result.push_back(without(without(commands, k), i));
  }
  for (std::size_t i = 0; i < commands.size(); ++i)
    for (int Command::*const part : {&Command::a, &Command::b, &Command::p})
      for (int value = 0; value < commands[i].*part; ++value) {
        result.push_back(commands);
        result.back()[i].*part = value;
      }
  return result;
}

/// Shorter lists first, then smaller numbers: so that shrinking ends.
std::pair<std::size_t, int> length_and_sum(const std::vector<Command>& commands) {
  int sum = 0;
  for (const Command& command : commands) sum += command.a + command.b + command.p;
  return {commands.size(), sum};
}

}  // namespace

bool Comparison::step(const Command& drawn) {
  const Command command = model_.decode(drawn);
  commands_.push_back(command);
  const std::string wanted = error_of(model_, command), got = error_of(*session_, command);
  if (counted_ != nullptr) {
    ++counted_->commands;
    ++(wanted.empty() ? counted_->done[command.action] : counted_->refused[wanted]);
  }
  message_ = got == wanted
                 ? difference(session_->view(), model_.view())
                 : fmt::format("{}, but should {}", got.empty() ? "succeeds" : "fails with: " + got,
                               wanted.empty() ? "succeed" : "fail with: " + wanted);
  return message_.empty();
}

ModesFailure smallest(const NewSession& new_session, std::vector<Command> failing) {
  for (bool found = true; found;) {
    found = false;
    for (const std::vector<Command>& candidate : smaller(failing)) {
      std::vector<Command> part = failing_part(new_session, candidate);
      if (part.empty() || length_and_sum(part) >= length_and_sum(failing)) continue;
      failing = std::move(part);
      found = true;
      break;
    }
  }
  ModesFailure failure;
  Comparison comparison(new_session(), nullptr);
  for (const Command& command : failing) {
    comparison.step(command);
    failure.commands.push_back(to_string(command));
  }
  failure.message = comparison.message();
  return failure;
}

}  // namespace verigrad::properties
