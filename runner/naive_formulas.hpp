// Well-known formulas that lose digits, for comparison with the engine's.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "runner/operation_results.hpp"

namespace verigrad::runner {

/// A textbook formula for a quantity of a form (`Quantity::target`), in the language. The operands
/// have their signature's names, the first one is x.
struct NaiveFormula {
  std::string_view form, target, text;
};

std::span<const NaiveFormula> naive_formulas();

/// The formula for a quantity, or null.
const NaiveFormula* naive_formula(const OperationForm& form, const Quantity& quantity);

/// What the engine's operations make of a formula: the entries at all points, one point after the
/// other, as `computed` has those of a quantity.
std::vector<double> computed_naively(const NaiveFormula& formula, const OperationForm& form,
                                     DType dtype, std::span<const FlatPoint> points);

}  // namespace verigrad::runner
