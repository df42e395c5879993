#include "properties/drafts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/error.hpp"

namespace verigrad::properties {

Index Drafts::keep(Draft draft) {
  drafts_.push_back(std::move(draft));
  return static_cast<Index>(drafts_.size() - 1);
}

double Drafts::largest(Index index) const {
  double size = 0;
  for (const double entry : (*this)[index].entries.entries())
    size = std::max(size, std::abs(entry));
  return size;
}

Index Drafts::leaf(Tensor<double> entries, bool differentiable) {
  const Shape shape = entries.shape();
  return keep({.kind = Value::Kind::leaf,
               .shape = shape,
               .entries = std::move(entries),
               .differentiable = differentiable});
}

Index Drafts::number(double value, std::string_view text) {
  return keep({.kind = Value::Kind::number,
               .entries = Tensor<double>(value),
               .text = text.empty() ? fmt::format("{}", value) : std::string(text)});
}

Index Drafts::constant(const Shape& shape, const std::vector<double>& entries) {
  return keep({.kind = Value::Kind::entries,
               .shape = shape,
               .entries = Tensor<double>(shape, std::span<const double>(entries))});
}

Index Drafts::record(const Operation& operation, std::span<const Index> operands,
                     const Application& application) {
  static const Attributes none;
  tensors_.clear();
  Draft draft{.kind = Value::Kind::operation,
              .shape = application.shape,
              .operation = &operation,
              .attributes = application.attributes,
              .operand_count = operands.size()};
  std::ranges::copy(operands, draft.operands.begin());
  for (const Index operand : operands) tensors_.push_back((*this)[operand].entries);
  draft.entries =
      operation.f64.forward(tensors_, draft.attributes ? *draft.attributes : none, draft.shape);
  return keep(std::move(draft));
}

std::optional<Index> Drafts::try_record(const Operation& operation, std::span<const Index> operands,
                                        const Application& application) {
  try {
    const Index made = record(operation, operands, application);
    for (const double entry : (*this)[made].entries.entries())
      if (!std::isfinite(entry)) return std::nullopt;
    return made;
  } catch (const Error&) {
    return std::nullopt;
  }
}

Specimen Drafts::specimen(Index output) {
  drafts_[static_cast<std::size_t>(output)].needed = true;
  for (std::size_t i = static_cast<std::size_t>(output) + 1; i-- > 0;)
    if (drafts_[i].needed)
      for (std::size_t k = 0; k < drafts_[i].operand_count; ++k)
        drafts_[static_cast<std::size_t>(drafts_[i].operands[k])].needed = true;
  Specimen specimen;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(output); ++i)
    if (drafts_[i].needed) drafts_[i].made = emit(drafts_[i], specimen);
  specimen.output = (*this)[output].made;
  return specimen;
}

ValueId Drafts::emit(const Draft& draft, Specimen& into) const {
  const auto entries = draft.entries.entries();
  switch (draft.kind) {
    case Value::Kind::leaf:
      into.point.emplace_back(entries.begin(), entries.end());
      return into.program.add_leaf({.name = fmt::format("x{}", into.point.size()),
                                    .shape = draft.shape,
                                    .differentiable = draft.differentiable});
    case Value::Kind::number:
      return into.program.add_number(draft.text, draft.number());
    case Value::Kind::entries:
      return into.program.add_entries(draft.shape, {entries.begin(), entries.end()});
    case Value::Kind::operation:
      break;
  }
  std::vector<ValueId> operands(draft.operand_count);
  for (std::size_t k = 0; k < operands.size(); ++k) operands[k] = (*this)[draft.operands[k]].made;
  return into.program.add(*draft.operation, std::move(operands), draft.attributes);
}

}  // namespace verigrad::properties
