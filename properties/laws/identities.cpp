// Operations in another form.
#include <string>

#include "properties/laws/agreement.hpp"
#include "properties/laws/forms.hpp"

namespace verigrad::properties {

bool Place::is(std::size_t operand, double number) const {
  const Value& value = copy_.from()[value_.operands[operand]];
  return value.kind == Value::Kind::number && value.number == number;
}

const Value* Place::made_by(std::size_t operand, std::string_view operation) const {
  const Value& value = copy_.to().values()[static_cast<std::size_t>(operands_[operand])];
  return value.operation != nullptr && value.operation->name() == operation ? &value : nullptr;
}

double Place::count() {
  const auto all = static_cast<double>((*this)[0].shape().numel());
  return all == 0 ? 0 : all / static_cast<double>(shape().numel());
}

Term Place::number(double value) {
  return {this, copy_.to().add_number(fmt::format("{}", value), value)};
}

Term Place::call(std::string_view operation, std::initializer_list<Term> operands,
                 std::vector<AttributeValue> attributes) {
  std::vector<ValueId> ids;
  for (const Term& operand : operands) ids.push_back(operand.id);
  return {this,
          copy_.to().add(*table_.find(operation), std::move(ids),
                         attributes.empty() ? nullptr : make_attributes(std::move(attributes)))};
}

Term Place::again(std::initializer_list<Term> operands) {
  std::vector<ValueId> ids;
  for (const Term& operand : operands) ids.push_back(operand.id);
  return {this, copy_.to().add(*value_.operation, std::move(ids), value_.attributes)};
}

namespace {

std::vector<const Form*> forms_of(const Operation& operation) {
  std::vector<const Form*> found;
  for (const auto& forms : {elementwise_forms(), array_forms()})
    for (const Form& form : forms)
      if (form.operation == operation.name()) found.push_back(&form);
  return found;
}

/// Puts a form in the place of an operation, the first that fits from the one that `choice` names;
/// adds its formula to `used`. Without one that fits the operation stays.
ValueId other_form(Copy& copy, ValueId id, const OperationTable& operations, std::size_t choice,
                   std::string& used) {
  const Value& value = copy.from()[id];
  if (value.operation == nullptr || value.is_number) return copy.same(id);
  const std::vector<const Form*> forms = forms_of(*value.operation);
  Place place(copy, id, operations);
  for (std::size_t k = 0; k < forms.size(); ++k) {
    const Form& form = *forms[(choice + k) % forms.size()];
    const Term made = form.make(place);
    if (made.id == no_value) continue;
    used += fmt::format("{}{}", used.empty() ? "with " : ", ", form.formula);
    return made.id;
  }
  return copy.same(id);
}

LawResult identities(Trial& trial) {
  const std::size_t count = trial.program().values().size();
  std::string used;
  const Specimen other = rewritten(trial.specimen(), [&](Copy& copy, ValueId id) {
    const std::size_t choice = static_cast<std::size_t>(id) + count;
    return other_form(copy, id, trial.operations(), choice, used);
  });
  if (used.empty()) return {};
  return programs_differ(trial, other, used).value_or(LawResult());
}

constexpr Law laws_here[] = {
    {"identities", "C1", "x - y = x + (-y), (A B)^T = B^T A^T and their like give the same",
     Cost::expensive, Where::regular_points, Ending::open, identities},
};

}  // namespace

std::span<const Law> identity_laws() { return laws_here; }

}  // namespace verigrad::properties
