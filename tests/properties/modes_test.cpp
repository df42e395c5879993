// Verigrad's modes against a model of them, and engines with a fault in one mode, which the state
// machine must find with as few commands as there are to it.
#include "properties/modes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "engine/tensor.hpp"

namespace verigrad::properties {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Modes, OfVerigradAreThoseOfTheModel) {
  const ModesResult result = try_modes(verigrad_session, 20000, 1);
  EXPECT_EQ(result.sequences, 20000U);
  if (!result.failure) return;
  for (const std::string& command : result.failure->commands) ADD_FAILURE() << command;
  ADD_FAILURE() << result.failure->message;
}

/// Every command has been carried out, and every error provoked, many times.
TEST(Modes, AreAllVisited) {
  const ModesResult result = try_modes(verigrad_session, 5000, 2);
  for (int action = 0; action <= static_cast<int>(Action::fill_in_place); ++action)
    EXPECT_GE(result.done.at(static_cast<Action>(action)), 200U)
        << to_string(Command{static_cast<Action>(action)});
  for (const char* message :
       {"grad can be implicitly created only for scalar outputs", "Mismatch in shape: grad_output",
        "of tensors does not require grad and does not have a grad_fn",
        "grad requires non-empty inputs.",
        "One of the differentiated Tensors does not require grad", "Set allow_unused=True",
        "Trying to backward through the graph a second time", "modified by an inplace operation",
        "a leaf Variable that requires grad is being used in an in-place operation.",
        "do not broadcast together", "cannot be broadcast into one of shape",
        "assigned grad has data of a different size", "can't retain_grad on Tensor",
        "cannot register a hook", "you can only change requires_grad flags of leaf"}) {
    std::uint64_t count = 0;
    for (const auto& [text, times] : result.refused)
      if (text.find(message) != std::string::npos) count += times;
    EXPECT_GE(count, 20U) << message;
  }
}

TEST(Modes, TheSameSeedTriesTheSame) {
  const ModesResult first = try_modes(verigrad_session, 200, 3);
  EXPECT_EQ(try_modes(verigrad_session, 200, 3).refused, first.refused);
  EXPECT_NE(try_modes(verigrad_session, 200, 4).refused, first.refused);
}

// --- faults --------------------------------------------------------------------------------------

/// Verigrad's session with another way to do some command, or to tell what is seen.
class Faulty : public ModesSession {
 public:
  using Step = std::function<void(ModesSession& right, const Command& command)>;
  using Look = std::function<void(ModesView& view)>;
  Faulty(Step step, Look look) : step_(std::move(step)), look_(std::move(look)) {}

  void step(const Command& command) override { step_(*right_, command); }
  ModesView view() const override {
    ModesView seen = right_->view();
    look_(seen);
    return seen;
  }

 private:
  std::unique_ptr<ModesSession> right_ = verigrad_session();
  Step step_;
  Look look_;
};

void as_it_is(ModesView&) {}
void right_step(ModesSession& right, const Command& command) { right.step(command); }

/// The failure that is found in a few hundred sequences.
ModesFailure find(const Faulty::Step& step, const Faulty::Look& look = as_it_is) {
  const auto result = try_modes([&] { return std::make_unique<Faulty>(step, look); }, 2000, 5);
  if (!result.failure) return {{}, "not found"};
  return *result.failure;
}

TEST(ModesFault, NoGradIsNotLeftByAnException) {
  const ModesFailure found = find([](ModesSession& right, const Command& command) {
    right.step(command.action == Action::fail_in_no_grad ? Command{Action::enter_no_grad}
                                                         : command);
  });
  EXPECT_THAT(found.commands, ElementsAre(StartsWith("an exception in no_grad")));
  EXPECT_EQ(found.message, "grad mode is off");
}

TEST(ModesFault, LeavingNoGradLeavesAllScopes) {
  const ModesFailure found = find([](ModesSession& right, const Command& command) {
    const int times = command.action == Action::leave_no_grad ? 50 : 1;
    for (int i = 0; i < times; ++i) right.step(command);
  });
  EXPECT_THAT(found.commands, ElementsAre("enter no_grad", "enter no_grad", "leave no_grad"));
}

TEST(ModesFault, RetainGradAskedForTwiceKeepsTwice) {
  auto asked = std::make_shared<std::map<int, int>>();
  const auto step = [asked](ModesSession& right, const Command& command) {
    right.step(command);
    if (command.action == Action::retain_grad) ++(*asked)[command.a];
  };
  const auto look = [asked](ModesView& view) {
    for (const auto& [tensor, times] : *asked) {
      TensorView& seen = view.tensors[static_cast<std::size_t>(tensor)];
      if (times > 1 && !seen.is_leaf && seen.grad)
        for (double& entry : *seen.grad) entry *= 2;
    }
  };
  const auto result = try_modes(
      [&] {
        asked->clear();
        return std::make_unique<Faulty>(step, look);
      },
      20000, 5);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->commands.size(), 4U) << "a result, twice retain_grad, a pass";
  EXPECT_THAT(result.failure->commands[1], HasSubstr(".retain_grad()"));
  EXPECT_EQ(result.failure->commands[2], result.failure->commands[1]);
}

TEST(ModesFault, ClearingAGradientFillsItWithZeros) {
  const ModesFailure found = find([](ModesSession& right, const Command& command) {
    Command wrong = command;
    if (command.action == Action::clear_grad) wrong.action = Action::zero_grad;
    right.step(wrong);
  });
  ASSERT_EQ(found.commands.size(), 2U) << found.message;
  EXPECT_THAT(found.commands[1], HasSubstr(".grad = None"));
}

TEST(ModesFault, ZeroingAGradientMakesItUndefined) {
  const ModesFailure found = find([](ModesSession& right, const Command& command) {
    Command wrong = command;
    if (command.action == Action::zero_grad) wrong.action = Action::clear_grad;
    right.step(wrong);
  });
  ASSERT_EQ(found.commands.size(), 2U) << found.message;
  EXPECT_THAT(found.commands[1], HasSubstr(".zero_grad()"));
}

TEST(ModesFault, GradAddsIntoGradients) {
  const ModesFailure found = find([](ModesSession& right, const Command& command) {
    if (command.action != Action::grad) return right.step(command);
    Command pass = command;
    pass.action = Action::backward;
    pass.p = (command.p & ~2) | 1;
    right.step(command);
    try {
      right.step(pass);
    } catch (const std::exception&) {  // the pass has freed the graph
    }
  });
  ASSERT_EQ(found.commands.size(), 1U) << found.message;
  EXPECT_THAT(found.commands[0], StartsWith("grad("));
  EXPECT_THAT(found.message, HasSubstr(".grad is "));
}

TEST(ModesFault, ASecondPassWithoutRetainGraphSucceeds) {
  const ModesFailure found = find([](ModesSession& right, const Command& command) {
    Command wrong = command;
    if (command.action == Action::backward || command.action == Action::grad) wrong.p |= 1;
    right.step(wrong);
  });
  ASSERT_EQ(found.commands.size(), 3U) << found.message;
  EXPECT_THAT(found.message, HasSubstr("a second time"));
}

TEST(ModesFault, HooksAreCalledTwice) {
  const ModesFailure found = find(right_step, [](ModesView& view) {
    for (auto& seen : view.hooks)
      if (!seen.empty()) seen.push_back(seen.back());
  });
  ASSERT_EQ(found.commands.size(), 2U) << found.message;
  EXPECT_THAT(found.commands[0], HasSubstr("a hook on "));
  EXPECT_EQ(found.message, "hook 0 has seen 2 gradients, or others than the 1 that it should");
}

TEST(ModesFault, ARemovedHookStays) {
  const ModesFailure found = find([](ModesSession& right, const Command& command) {
    if (command.action != Action::remove_hook) right.step(command);
  });
  ASSERT_EQ(found.commands.size(), 3U) << found.message;
  EXPECT_EQ(found.commands[1], "remove hook 0");
}

/// A pass notices no change of what it has saved: the change is made before the graph is.
TEST(ModesFault, InPlaceChangesAreNotCounted) {
  const ModesFailure found = find(right_step, [](ModesView& view) {
    for (TensorView& tensor : view.tensors) tensor.version = 0;
  });
  ASSERT_EQ(found.commands.size(), 1U) << found.message;
  EXPECT_THAT(found.message, HasSubstr("at version 0"));
}

TEST(ModesFault, DetachKeepsTheGraph) {
  const ModesFailure found = find([](ModesSession& right, const Command& command) {
    if (command.action != Action::detach) return right.step(command);
    right.step({Action::add, command.a, 2, 0});
  });
  EXPECT_EQ(found.commands.size(), 1U) << found.message;
}

TEST(ModesFault, AnErrorSwitchesGradModeOff) {
  const ModesFailure found = find([](ModesSession& right, const Command& command) {
    try {
      right.step(command);
    } catch (const std::exception&) {
      right.step({Action::enter_no_grad});
      throw;
    }
  });
  ASSERT_EQ(found.commands.size(), 1U);
  EXPECT_EQ(found.message, "grad mode is off");
}

TEST(ModesFault, AnErrorHasAnotherMessage) {
  const ModesFailure found = find([](ModesSession& right, const Command& command) {
    try {
      right.step(command);
    } catch (const std::exception&) {
      throw std::runtime_error("something is wrong");
    }
  });
  ASSERT_EQ(found.commands.size(), 1U);
  EXPECT_THAT(found.message, StartsWith("fails with: something is wrong, but should fail with: "));
}

TEST(ModesFault, NothingIsFoundWhereNothingIsWrong) {
  EXPECT_EQ(find(right_step).message, "not found");
  EXPECT_TRUE(grad_enabled()) << "sessions leave the mode as it was";
}

}  // namespace
}  // namespace verigrad::properties
