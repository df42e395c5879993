#include "tests/gradcheck/operation_forms.hpp"

#include <optional>

#include "tests/gradcheck/structural_forms.hpp"

namespace verigrad::gradcheck {
namespace {

const std::vector<Form>& elementwise_forms(std::size_t arity) {
  static const std::vector<std::vector<Form>> forms = {
      {},
      {{{Shape{}}}, {{Shape{3}}}, {{Shape{2, 2}}}, {{Shape{0}}}},
      {{{Shape{}, Shape{}}},
       {{Shape{3}, Shape{3}}},
       {{Shape{3}, Shape{2, 1}}},
       {{Shape{}, Shape{2, 3}}},
       {{Shape{1, 3}, Shape{2, 1}}},
       {{Shape{2, 2}, Shape{}}},
       {{Shape{0, 3}, Shape{3}}}},
      {{{Shape{3}, Shape{3}, Shape{3}}},
       {{Shape{2, 3}, Shape{3}, Shape{2, 1}}},
       {{Shape{3}, Shape{}, Shape{}}}},
  };
  return forms[arity];
}

/// The operand whose matrices must be regular, if there is one. Those of cholesky and logdet need a
/// positive diagonal that outweighs the other entries; it serves the others as well.
std::optional<std::size_t> regular_operand(std::string_view name) {
  if (name == "triangular_solve") return 1;
  for (const std::string_view other : {"logdet", "inverse", "limit_inverse", "cholesky", "solve"})
    if (name == other) return 0;
  return std::nullopt;
}

}  // namespace

std::vector<Form> forms_of(const Operation& operation) {
  if (operation.elementwise) return elementwise_forms(operation.signature.operand_count());
  static const auto structural = [] {
    auto all = structural_forms();
    all.merge(loss_forms());
    return all;
  }();
  const auto found = structural.find(operation.name());
  return found == structural.end() ? std::vector<Form>() : found->second;
}

std::vector<const Operation*> differentiable_operations() {
  std::vector<const Operation*> chosen;
  for (const Operation* operation : operations())
    if (operation->differentiable()) chosen.push_back(operation);
  return chosen;
}

std::size_t described(const Operation& operation, std::size_t operand) {
  return operation.signature.variadic() ? 0 : operand;
}

Application::Application(const Operation& operation, const Form& form) {
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < form.shapes.size(); ++i)
    operands.push_back(program.add_leaf(
        {.name = "x" + std::to_string(i),
         .shape = form.shapes[i],
         .differentiable = operation.differentiable(i) && !form.indices.contains(i)}));
  output = program.add(operation, operands,
                       form.attributes.empty() ? nullptr : make_attributes(form.attributes));
}

Point ordinary_point(const Operation& operation, const Form& form, DType dtype, Random& random) {
  Point point;
  for (std::size_t i = 0; i < form.shapes.size(); ++i) {
    const Interval& range = operation.info.typical[described(operation, i)];
    point.emplace_back();
    if (const auto given = form.indices.find(i); given != form.indices.end()) {
      point[i] = given->second;
      continue;
    }
    for (std::int64_t k = 0; k < form.shapes[i].numel(); ++k)
      point[i].push_back(round_to(dtype, random.uniform(range.lower, range.upper)));
  }
  if (const auto operand = regular_operand(operation.name())) {
    const Shape& shape = form.shapes[*operand];
    const std::int64_t n = shape[shape.rank() - 1];
    for (std::int64_t k = 0; k < shape.numel(); ++k)
      if (k / n % n == k % n) {
        double& entry = point[*operand][static_cast<std::size_t>(k)];
        entry = round_to(dtype, entry + 8);
      }
  }
  return point;
}

}  // namespace verigrad::gradcheck
