#include "cli/ops_info.hpp"

#include <fmt/format.h>

#include <cmath>

#include "reports/display.hpp"

namespace verigrad::cli {
namespace {

std::string interval_text(std::string_view operand, const Interval& interval) {
  const bool below = std::isfinite(interval.lower), above = std::isfinite(interval.upper);
  const std::string lower = reports::number(interval.lower),
                    upper = reports::number(interval.upper);
  const std::string_view less = interval.upper_open ? "<" : "<=";
  if (below && above)
    return fmt::format("{} {} {} {} {}", lower, interval.lower_open ? "<" : "<=", operand, less,
                       upper);
  if (below) return fmt::format("{} {} {}", operand, interval.lower_open ? ">" : ">=", lower);
  if (above) return fmt::format("{} {} {}", operand, less, upper);
  return "";
}

bool is_operand(const Parameter& parameter) {
  return parameter.kind == Parameter::Kind::operand || parameter.kind == Parameter::Kind::operands;
}

}  // namespace

OperationTexts texts_of(const Operation& operation) {
  const OperationInfo& info = operation.info;
  OperationTexts texts{.name = operation.name(),
                       .signature = info.signature,
                       .formula = info.value,
                       .kinks = info.kinks,
                       .grad_fn = info.grad_fn,
                       .latex = info.latex,
                       .derivatives = {},
                       .domain = {},
                       .special = {info.special.span().begin(), info.special.span().end()},
                       .aliases = {}};
  for (const Parameter& parameter : operation.signature.parameters()) {
    if (!is_operand(parameter) || parameter.position >= info.derivative.size()) continue;
    texts.derivatives.emplace_back(parameter.name, info.derivative[parameter.position]);
    const std::string where = interval_text(parameter.name, info.domain[parameter.position]);
    if (!texts.domain.empty() && !where.empty()) texts.domain += ", ";
    texts.domain += where;
  }
  for (const auto& [alias, name] : operation_aliases())
    if (name == operation.name()) texts.aliases.push_back(alias);
  return texts;
}

std::vector<const Operation*> offered_operations() {
  std::vector<const Operation*> offered;
  for (const Operation* operation : operations())
    if (!operation->info.internal) offered.push_back(operation);
  return offered;
}

}  // namespace verigrad::cli
