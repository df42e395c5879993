#include "runner/operation_truth.hpp"

#include <algorithm>

#include "proof/evaluate.hpp"
#include "proof/germs.hpp"
#include "proof/jacobian.hpp"
#include "proof/program_function.hpp"
#include "proof/work.hpp"

namespace verigrad::runner {
namespace {

using proof::Enclosure;
using proof::Field;
using proof::Outcome;
using proof::Series;
using proof::Status;

/// exp(1e300) takes 1100 bits, sin(1e308) as many.
const proof::Limits limits{.last_bits = 8192};

Truth value_truth(const Series& entry, DType dtype) {
  if (entry.status() == Status::outside) return {Unknown::outside};
  if (!entry.ok() || !proof::sharp(entry.value(), limits, dtype)) return {Unknown::undecided};
  return {Unknown::none, entry.value()};
}

/// A value of an infinite limit, as of log at 0, is no number either.
std::vector<Truth> value_truths(const OperationForm& form, const Program& program,
                                const std::vector<Field>& leaves) {
  std::vector<Truth> result;
  for (slong bits = limits.first_bits; bits <= limits.last_bits; bits *= 2) {
    const proof::Precision precision(bits);
    result.clear();
    bool decided = true;
    for (const Series& entry : proof::evaluate(program, leaves, form.output).entries) {
      result.push_back(value_truth(entry, program.dtype));
      if (entry.status() == Status::edge) result.back().unknown = Unknown::outside;
      decided = decided && result.back().unknown != Unknown::undecided;
    }
    if (decided) break;
  }
  return result;
}

/// At a kink an operation has its own convention, also where both sides have the same slope, as of
/// clamp(x, a, a) at a.
Truth slope_truth(const Enclosure& slope, DType dtype) {
  switch (slope.outcome) {
    case Outcome::enclosed:
      if (slope.kinked) return {Unknown::no_slope};
      if (!proof::sharp(slope.derivative, limits, dtype)) return {Unknown::undecided};
      return {Unknown::none, slope.derivative};
    case Outcome::edge:
    case Outcome::jump:
      return {Unknown::no_slope};
    case Outcome::outside:
      return {Unknown::outside};
    default:
      return {Unknown::undecided};
  }
}

std::vector<Truth> slope_truths(const std::vector<Enclosure>& slopes, DType dtype) {
  std::vector<Truth> result;
  for (const Enclosure& slope : slopes) result.push_back(slope_truth(slope, dtype));
  return result;
}

/// By germs x ± ε of each operand in turn.
void add_entrywise_slopes(const OperationForm& form, const Program& program,
                          const std::vector<Field>& leaves,
                          std::vector<std::vector<Truth>>& result) {
  const proof::GermFunction function = proof::function_of(program, form.output);
  for (const Quantity& quantity : quantities(form)) {
    if (quantity.is_value()) continue;
    const auto direction = [&] {
      return std::vector{proof::Motion{.leaf = quantity.operand, .entry = 0}};
    };
    result.push_back(slope_truths(proof::along(function, leaves, direction, program.dtype, limits),
                                  program.dtype));
  }
}

void add_products(const OperationForm& form, const Program& program,
                  const std::vector<Field>& leaves, std::vector<std::vector<Truth>>& result) {
  const auto entries = static_cast<std::size_t>(program.shape(form.output).numel());
  proof::Jacobian jacobian({proof::weighted_sum(program, form.output, cotangent(entries))}, leaves,
                           proof::differentiable_leaves(program), program.dtype, limits);
  for (const Quantity& quantity : quantities(form))
    if (!quantity.is_value())
      result.push_back(slope_truths(jacobian.by(quantity.operand), program.dtype));
}

std::vector<std::vector<Truth>> undecided(const OperationForm& form) {
  std::vector<std::vector<Truth>> result;
  for (const Quantity& quantity : quantities(form)) {
    const Shape& shape = quantity.is_value() ? form.program.shape(form.output)
                                             : form.operands[quantity.operand].shape;
    result.emplace_back(static_cast<std::size_t>(shape.numel()), Truth{Unknown::undecided});
  }
  return result;
}

}  // namespace

std::vector<std::vector<Truth>> truths(const OperationForm& form, const Program& program,
                                       const FlatPoint& point) try {
  const proof::WorkLimit limit(limits.work);
  const std::vector<Field> leaves =
      proof::constant_leaves(program, unflattened(form, point, program.dtype));
  std::vector<std::vector<Truth>> result{value_truths(form, program, leaves)};
  if (form.entrywise)
    add_entrywise_slopes(form, program, leaves, result);
  else
    add_products(form, program, leaves, result);
  return result;
} catch (const proof::WorkExhausted&) {
  return undecided(form);
}

}  // namespace verigrad::runner
