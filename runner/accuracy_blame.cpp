#include "runner/accuracy_blame.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/error.hpp"
#include "expressions/print_program.hpp"
#include "gradcheck/blame.hpp"
#include "gradcheck/recorded_gradient.hpp"

namespace verigrad::runner {
namespace {

/// An operation with its operands while that is short, else its name.
std::string short_form(const Program& program, ValueId id) {
  constexpr std::size_t longest = 40;
  std::string text = expressions::expression_of(program, id);
  const Operation* operation = program[id].operation;
  if (text.size() <= longest || operation == nullptr) return text;
  return fmt::format("{}(…)", operation->name());
}

}  // namespace

std::size_t position(const std::vector<std::int64_t>& index, const Shape& shape) {
  std::int64_t flat = 0;
  for (std::size_t d = 0; d < index.size(); ++d) flat = flat * shape[d] + index[d];
  return static_cast<std::size_t>(flat);
}

std::vector<reports::OperationShare> blame(const Sample& sample,
                                           const MeasuredDerivative& derivative,
                                           const reports::WorstPoint& worst) {
  const Program& program = sample.instance.program;
  const ValueId output = sample.instance.judgements[derivative.judgement].output;
  if (program.shape(output).rank() != 0) return {};
  std::vector<reports::OperationShare> shares;
  try {
    const auto recorded =
        gradcheck::record_gradient(program, sample.point, output, derivative.leaf, {1});
    for (const gradcheck::Culprit& each :
         gradcheck::find_culprits(recorded.program, sample.point, recorded.root,
                                  position(worst.index, program.leaves()[derivative.leaf].shape)))
      if (each.share >= 0.01)
        shares.push_back({.operation = short_form(recorded.program, each.value),
                          .backward = each.value > recorded.output,
                          .share = each.share});
  } catch (const Error&) {
    return {};
  }
  std::ranges::stable_sort(shares, std::greater(), &reports::OperationShare::share);
  return shares;
}

}  // namespace verigrad::runner
