// Text that a program is printed to means the same program.
#include "expressions/diagnostic.hpp"
#include "expressions/document.hpp"
#include "expressions/print_program.hpp"
#include "properties/laws/law.hpp"

namespace verigrad::properties {
namespace {

/// The entries of the leaves of `other`, by name.
Point matching_point(const Program& program, const Point& point, const Program& other) {
  Point matched;
  for (const Leaf& leaf : other.leaves()) matched.push_back(point[*program.find_leaf(leaf.name)]);
  return matched;
}

LawResult round_trip(Trial& trial) {
  const Program& program = trial.program();
  const ValueId output = trial.output();
  const std::string text = expressions::print(program, output);
  const expressions::Instance read = [&] {
    try {
      return expressions::elaborate(text, trial.operations());
    } catch (const expressions::DiagnosticError& error) {
      throw std::runtime_error("the printed text is refused: " + render(error.diagnostic()));
    }
  }();
  const auto wanted = expressions::canonical(program, output);
  const auto got = expressions::canonical(read.program, read.output);
  if (!(wanted.program == got.program) || wanted.output != got.output)
    return {Outcome::fails, "the printed text reads back as another program:\n" +
                                expressions::print(read.program, read.output)};
  const Specimen after{read.program, read.output,
                       matching_point(program, trial.point(), read.program)};
  const auto graph = trial.engine().record(after.program, after.point, {{after.output}});
  return values_differ(graph->value(after.output), trial.value(),
                       "the printed text reads back as a program with another value")
      .value_or(LawResult());
}

constexpr Law laws_here[] = {
    {"round trip", "C7", "parse(print(p)) = p", Cost::cheap, Where::anywhere, Ending::open,
     round_trip},
};

}  // namespace

std::span<const Law> text_laws() { return laws_here; }

}  // namespace verigrad::properties
