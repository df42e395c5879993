// Modes of an engine as a state machine: random commands on tensors (results, backward passes,
// no_grad, detach, hooks, in-place changes, …), after each of which all that can be seen of an
// engine must be what a small model of autograd says.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/shape.hpp"

namespace verigrad::properties {

using Entries1D = std::vector<double>;

/// What a command does with tensors a and b; p is a number with a meaning of its own for each.
enum class Action {
  // Results; each adds a tensor.
  leaf,    ///< a new one: `leaf_of(p)`
  add,     ///< a + b
  mul,     ///< a * b
  square,  ///< a ** 2
  relu,    ///< max(a, 0)
  sum,     ///< of all entries of a
  detach,
  // Backward passes.
  backward,  ///< from a, or from a and b: `pass_of(p)`
  grad,      ///< of a by `inputs` of the tensors from b on: `pass_of(p)`
  // Gradients.
  clear_grad,  ///< a.grad becomes undefined
  zero_grad,   ///< the entries of a.grad become 0
  set_grad,    ///< a.grad becomes b, detached
  retain_grad,
  requires_grad,  ///< on for odd p
  // Modes.
  enter_no_grad,
  leave_no_grad,    ///< the innermost scope; none when there is none
  fail_in_no_grad,  ///< an exception leaves a scope that was entered for a * b
  // Hooks.
  hook,         ///< on a; notes the gradient, and doubles it for odd p
  remove_hook,  ///< the a-th that was registered; may have been removed before
  // In-place changes of a.
  add_in_place,
  mul_in_place,
  fill_in_place  ///< with p
};

struct Command {
  Action action = Action::leaf;
  int a = 0, b = 0, p = 0;
};

/// "t2 = t0 * t1", "backward(t2, retain_graph)".
std::string to_string(const Command& command);

struct NewLeaf {
  Shape shape;  ///< [2], [] or [0]
  Entries1D entries;
  bool requires_grad;
};
NewLeaf leaf_of(int p);

enum class CotangentChoice { none, fitting, of_another_shape };

/// How a backward pass is run.
struct PassChoice {
  bool retain_graph;
  bool two_roots;     ///< `backward` alone
  bool allow_unused;  ///< `grad` alone
  int inputs;         ///< `grad` alone: 0 to 3
  CotangentChoice cotangent;
};
PassChoice pass_of(int p);

/// The shape and entries of a cotangent for a root; not for `none`.
NewLeaf cotangent_for(const Shape& root, CotangentChoice choice);

/// All that can be seen of a tensor.
struct TensorView {
  Shape shape;
  Entries1D entries;
  std::uint32_t version = 0;
  bool requires_grad = false, is_leaf = true, retains_grad = false;
  std::string grad_fn{};
  std::optional<Entries1D> grad{};
  bool operator==(const TensorView&) const = default;
};

/// All that can be seen of an engine.
struct ModesView {
  std::vector<TensorView> tensors{};
  bool grad_enabled = true;
  std::vector<std::vector<Entries1D>> hooks{};     ///< what each has seen, in order
  std::vector<std::optional<Entries1D>> latest{};  ///< what the latest `grad` has found
};

/// An engine under test. It begins with the tensors of `leaf_of(3)`, `leaf_of(9)`, `leaf_of(0)` and
/// `leaf_of(4)`, numbered from 0, and is destroyed with grad mode on again.
class ModesSession {
 public:
  virtual ~ModesSession() = default;
  /// Does what the command says, or throws std::exception with the engine's message.
  virtual void step(const Command& command) = 0;
  virtual ModesView view() const = 0;
};

inline constexpr int first_leaves[] = {3, 9, 0, 4};

using NewSession = std::function<std::unique_ptr<ModesSession>()>;

/// Verigrad's own Tensor<double>.
std::unique_ptr<ModesSession> verigrad_session();

/// The fewest commands found after which an engine and the model differ.
struct ModesFailure {
  std::vector<std::string> commands;
  std::string message;  ///< what differs after the last
};

struct ModesResult {
  std::uint64_t sequences = 0;                     ///< before shrinking
  std::uint64_t commands = 0;                      ///< in them
  std::map<Action, std::uint64_t> done{};          ///< of them: commands without an error
  std::map<std::string, std::uint64_t> refused{};  ///< and with one, by its message
  std::optional<ModesFailure> failure{};
};

/// Runs so many random lists of up to `longest` commands, each against a new session, and stops at
/// the first that fails, which is shrunk. The same seed gives the same lists.
ModesResult try_modes(const NewSession& new_session, int sequences, std::uint64_t seed,
                      int longest = 60);

}  // namespace verigrad::properties
