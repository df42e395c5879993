// Text that a program is printed to means the same program.
#include "expressions/diagnostic.hpp"
#include "expressions/document.hpp"
#include "expressions/print_program.hpp"
#include "properties/law_impl.hpp"

namespace verigrad::properties {
namespace {

std::vector<double> value_of(const Program& program, ValueId output, const Point& point) {
  const NoGrad values_only;
  const std::vector<Tensor<double>> leaves = leaf_tensors<double>(program, point, false);
  const Tensor<double> value = run<double>(program, leaves, {&output, 1})[0];
  return {value.entries().begin(), value.entries().end()};
}

/// The entries of the leaves of `other`, by name.
Point matching_point(const Program& program, const Point& point, const Program& other) {
  Point matched;
  for (const Leaf& leaf : other.leaves()) matched.push_back(point[*program.find_leaf(leaf.name)]);
  return matched;
}

}  // namespace

LawResult text_law(const Program& program, ValueId output, const Point& point,
                   const OperationTable& operations) {
  const std::string text = expressions::print(program, output);
  const expressions::Instance read = [&] {
    try {
      return expressions::elaborate(text, operations);
    } catch (const expressions::DiagnosticError& error) {
      throw std::runtime_error("the printed text is refused: " + render(error.diagnostic()));
    }
  }();
  const auto wanted = expressions::canonical(program, output);
  const auto got = expressions::canonical(read.program, read.output);
  if (!(wanted.program == got.program) || wanted.output != got.output)
    return {Outcome::fails, "the printed text reads back as another program:\n" +
                                expressions::print(read.program, read.output)};
  const PerLeaf before{value_of(program, output, point)};
  const PerLeaf after{
      value_of(read.program, read.output, matching_point(program, point, read.program))};
  if (before != after)
    return {Outcome::fails, "the printed text reads back as a program with another value"};
  return {};
}

}  // namespace verigrad::properties
