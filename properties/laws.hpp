// Laws of differentiation: what every program must obey, whatever it computes.
//
// In the formulas f is the program from its inputs to one output, J its Jacobian at the point, v a
// cotangent (shape of the output), u a tangent (shape of the input), and g(v) = v^T J what the
// engine's backward pass computes. v and u are dense, without symmetry, and the same for
// the same shape, so that a verdict repeats.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "properties/genes.hpp"
#include "properties/trial.hpp"

namespace verigrad::properties {

enum class Outcome {
  holds,
  fails,
  undecided  ///< the law needs a reference that cannot tell here: kinks, jumps, noise
};

/// What came of trying a law; `message` says which entry fails and by how much.
struct LawResult {
  Outcome outcome = Outcome::holds;
  std::string message{};
};

/// What a law costs, which decides how often it is tried.
enum class Cost {
  cheap,     ///< a few passes in double
  expensive  ///< differences, proofs, or a pass for every entry
};

/// Which points a law can judge.
enum class Where {
  anywhere,
  regular_points  ///< not those of hostile strata: differences see nothing there
};

/// How the engine runs backwards for a law; a law's `modes` is a union of these.
enum class Mode : unsigned { plain = 1, recorded = 2, accumulated = 4 };

/// One law. `judge` gives the same answer each time; it lets the engine's exceptions pass.
struct Law {
  std::string_view name{};
  std::string_view reference{};  ///< its place in the catalogue of laws: "A1", "B2"
  std::string_view formula{};
  Cost cost = Cost::cheap;
  Where where = Where::anywhere;
  /// The ending of programs on which the law bites best. A law for scalars judges these alone.
  Ending ending = Ending::open;
  LawResult (*judge)(Trial& trial) = nullptr;
  unsigned modes = static_cast<unsigned>(Mode::plain);
};

/// All laws, in the order of their references.
std::span<const Law> laws();

/// The law of that name; throws std::out_of_range when there is none.
const Law& law(std::string_view name);

/// Holds an engine against a law on a specimen made of the table's operations. An exception is a
/// failure with its text for message, unless some operation may refuse values; what the engine
/// refuses to run is undecided. So is what holds where the function's value is not finite: what is
/// NaN on both sides agrees with anything.
LawResult judge(const Law& law, const Engine& engine, const Specimen& specimen,
                const OperationTable& operations = operation_table());
/// The same for a trial that has been opened, which lends what other laws have computed.
LawResult judge(const Law& law, Trial& trial);

/// Whether a failure is an exception's.
bool is_exception(const LawResult& result);

}  // namespace verigrad::properties
