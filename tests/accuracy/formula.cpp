#include "tests/accuracy/formula.hpp"

#include <algorithm>

namespace verigrad::accuracy {

std::span<const Formula> formulas() {
  static const std::vector<Formula> all = [] {
    std::vector<Formula> result;
    for (auto family : {arithmetic_formulas, exponential_formulas, trigonometric_formulas,
                        activation_formulas, special_formulas, piecewise_formulas, loss_formulas})
      std::ranges::move(family(), std::back_inserter(result));
    return result;
  }();
  return all;
}

std::string label(const Formula& formula) {
  std::string result(formula.operation);
  for (const auto& [name, value] : formula.attributes)
    if (name != "reduction") result += "(" + std::string(name) + "=" + to_string(value) + ")";
  return result;
}

std::vector<const Formula*> find_formulas(std::string_view operation) {
  std::vector<const Formula*> result;
  for (const Formula& formula : formulas())
    if (formula.operation == operation) result.push_back(&formula);
  return result;
}

std::vector<const Formula*> formulas_of_table() {
  std::vector<const Formula*> result;
  for (const Formula& formula : formulas())
    if (find_operation(formula.operation)) result.push_back(&formula);
  return result;
}

}  // namespace verigrad::accuracy
