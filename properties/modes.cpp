#include "properties/modes.hpp"

#include <rapidcheck.h>
#include <rapidcheck/state.h>

#include "properties/modes_comparison.hpp"

namespace verigrad::properties {
namespace {

constexpr int action_count = static_cast<int>(Action::fill_in_place) + 1;

/// RapidCheck makes and shrinks lists of commands. Which commands are drawn does not depend on the
/// state, since every one means something in every state; the model runs beside the engine.
struct NoState {};

using RapidCommand = rc::state::Command<NoState, Comparison>;

class DrawnCommand : public RapidCommand {
 public:
  explicit DrawnCommand(const properties::Command& command) : command_(command) {}
  void run(const NoState&, Comparison& comparison) const override {
    if (!comparison.step(command_)) RC_FAIL("");
  }

 private:
  properties::Command command_;
};

rc::Gen<std::shared_ptr<const RapidCommand>> drawn_command() {
  const auto choice = [](int count) {
    return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, count));
  };
  constexpr int indices = 12, parameters = 64;
  return rc::gen::map(
      rc::gen::tuple(choice(action_count), choice(indices), choice(indices), choice(parameters)),
      [](const std::tuple<int, int, int, int>& drawn) -> std::shared_ptr<const RapidCommand> {
        const auto [action, a, b, p] = drawn;
        return std::make_shared<DrawnCommand>(Command{static_cast<Action>(action), a, b, p});
      });
}

/// RapidCheck says nothing about sequences that it has tried on the way to the smallest.
class Silent : public rc::detail::TestListener {
 public:
  void onTestCaseFinished(const rc::detail::CaseDescription&) override {}
  void onShrinkTried(const rc::detail::CaseDescription&, bool) override {}
  void onTestFinished(const rc::detail::TestMetadata&, const rc::detail::TestResult&) override {}
};

}  // namespace

ModesResult try_modes(const NewSession& new_session, int sequences, std::uint64_t seed,
                      int longest) {
  ModesResult result;
  const auto commands = drawn_command();
  std::vector<properties::Command> failing;
  const auto property = [&] {
    const auto list =
        *rc::state::gen::commands(NoState(), [&](const NoState&) { return commands; });
    const bool is_shrinking = !failing.empty();
    if (!is_shrinking) ++result.sequences;
    Comparison comparison(new_session(), is_shrinking ? nullptr : &result);
    try {
      rc::state::runAll(list, NoState(), comparison);
    } catch (const rc::detail::CaseResult&) {
      // Shrinking goes on from every list that fails: the last one is the smallest.
      failing = comparison.commands();
      throw;
    }
  };
  rc::detail::TestParams params;
  params.seed = seed;
  params.maxSuccess = sequences;
  params.maxSize = longest - 1;
  Silent listener;
  rc::detail::checkTestable(property, rc::detail::TestMetadata(), params, listener,
                            std::unordered_map<std::string, rc::detail::Reproduce>());
  if (!failing.empty()) result.failure = smallest(new_session, failing);
  return result;
}

}  // namespace verigrad::properties
