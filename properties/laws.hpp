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

#include "engine/operation_table.hpp"
#include "engine/program.hpp"
#include "properties/genes.hpp"

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

/// One law. `judge` never changes its arguments and gives the same answer each time; it lets the
/// engine's exceptions pass. The table is the one that the program's operations come from.
struct Law {
  std::string_view name;
  std::string_view reference;  ///< its place in the catalogue of laws: "A1", "B2"
  std::string_view formula;
  /// The ending of programs on which the law bites best.
  Ending ending;
  LawResult (*judge)(const Program& program, ValueId output, const Point& point,
                     const OperationTable& operations);
};

/// All laws, in the order of their references.
std::span<const Law> laws();

/// The law of that name; throws std::out_of_range when there is none.
const Law& law(std::string_view name);

}  // namespace verigrad::properties
