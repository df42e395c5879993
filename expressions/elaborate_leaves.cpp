// `input` and `const`.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "expressions/codes.hpp"
#include "expressions/constants.hpp"
#include "expressions/elaborate.hpp"

namespace verigrad::expressions {

void Elaborator::declare_leaf(const LeafStatement& statement) {
  Leaf leaf = make_leaf(statement);
  if (leaf.differentiable) instance_.inputs.push_back(instance_.program.leaves().size());
  count_value();
  written_at(state_.source, statement.name.span);
  define(statement.name.text, Item{Item::Value{placed(instance_.program.add_leaf(std::move(leaf)))},
                                   statement.name.span});
}

Leaf Elaborator::make_leaf(const LeafStatement& statement) {
  LeafParts parts{statement.name.text, statement.is_input, std::nullopt, {},
                  statement.value,     statement.name.span};
  if (statement.has_shape) parts.shape = lowering_.shape(statement.shape, statement.shape_span);
  if (statement.domain != nullptr) parts.domain = domain(*statement.domain, lowering_);
  return make_leaf(parts);
}

Leaf Elaborator::make_leaf(const LeafParts& parts) {
  Leaf leaf;
  leaf.name = std::string(parts.name);
  leaf.differentiable = parts.is_input;
  leaf.domain = parts.domain;
  if (const auto given = state_.values.find(leaf.name); given != state_.values.end()) {
    Lowering lowering(*this, state_.functions(), given->second.source, state_.limits,
                      *state_.operations);
    leaf.initial = initial_value(parts, lowering, *given->second.value);
  } else if (parts.value != nullptr) {
    leaf.initial = initial_value(parts, lowering_, *parts.value);
  }
  if (parts.shape) leaf.shape = *parts.shape;
  if (!parts.shape && leaf.initial != no_value) leaf.shape = instance_.program.shape(leaf.initial);
  return leaf;
}

ValueId Elaborator::initial_value(const LeafParts& parts, Lowering& lowering, const Expr& value) {
  const Item item = lowering.lower(value);
  const ValueId initial = lowering.tensor(item);
  refuse_nan(initial, item, lowering);
  const Shape from = instance_.program.shape(initial);
  if (!parts.shape || from == *parts.shape) return initial;
  if (!broadcasts_to(from, *parts.shape))
    lowering.fail(code::shape_mismatch, value.span,
                  fmt::format("a value of shape {} does not broadcast to the shape {} of {}",
                              to_string(from), to_string(*parts.shape), quoted(parts.name)));
  const Item operand{Item::Value{initial}, value.span};
  const Integers sizes(parts.shape->begin(), parts.shape->end());
  return lowering.tensor(lowering.apply(lowering.operation("broadcast_to"),
                                        std::span<const Item>(&operand, 1),
                                        make_attributes({sizes}), value.span));
}

void Elaborator::refuse_nan(ValueId value, const Item& item, Lowering& lowering) {
  const std::vector<double>& entries = instance_.program[value].entries;
  const auto is_nan = [](double x) { return std::isnan(x); };
  const std::optional<double> known = item.known();
  if ((known && is_nan(*known)) || std::any_of(entries.begin(), entries.end(), is_nan))
    lowering.fail(code::nan_data, item.span, "NaN is refused as data",
                  "no derivative is defined there");
}

verigrad::Domain Elaborator::domain(const Domain& domain, Lowering& lowering) {
  using Kind = verigrad::Domain::Kind;
  verigrad::Domain result;
  std::vector<double> values;
  for (const Expr* value : domain.values)
    values.push_back(lowering.constant(*value, "a domain's bound"));
  const auto refuse = [&](std::string message, std::string label) {
    lowering.fail(code::domain_values, domain.span, std::move(message), std::move(label));
  };
  result.a_open = domain.open_low;
  result.b_open = domain.open_high;
  if (domain.kind == DomainKind::finite_set) {
    result.kind = Kind::choices;
    result.choices = std::move(values);
    return result;
  }
  result.a = values[0];
  result.b = values[1];
  const bool finite = std::isfinite(result.a) && std::isfinite(result.b);
  switch (domain.kind) {
    case DomainKind::normal:
      result.kind = Kind::normal;
      if (!finite || !(result.b > 0))
        refuse(fmt::format("normal({}, {}) is no distribution", result.a, result.b),
               "expected a finite mean and a positive standard deviation");
      break;
    case DomainKind::logrange:
    case DomainKind::signed_logrange:
      result.kind = domain.kind == DomainKind::logrange ? Kind::logrange : Kind::signed_logrange;
      if (!finite || !(0 < result.a && result.a < result.b))
        refuse(fmt::format("a log-uniform range from {} to {}", result.a, result.b),
               "expected 0 < a < b, both finite");
      break;
    default:
      result.kind = Kind::interval;
      // [9, 9] is one point; with an open end it would be none.
      if (!(result.a < result.b || (result.a == result.b && !result.a_open && !result.b_open)))
        refuse(fmt::format("the interval from {} to {} is empty", result.a, result.b),
               "expected the smaller end first");
  }
  return result;
}

}  // namespace verigrad::expressions
