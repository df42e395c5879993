#include "engine/operation_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <mutex>

#include "engine/error.hpp"

namespace verigrad {
namespace {

bool is_identifier(std::string_view text) {
  const auto letter = [](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) || c == '_';
  };
  return !text.empty() && letter(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9');
  });
}

[[noreturn]] void malformed(std::string_view signature, const std::string& why) {
  throw Error(fmt::format("malformed signature '{}': {}", signature, why));
}

Signature parsed(std::string_view text) {
  const auto open = text.find('(');
  if (open == std::string_view::npos || !text.ends_with(')') || text.rfind(')') < open)
    malformed(text, "expected name(parameters)");
  try {
    return Signature(text);
  } catch (const std::logic_error& error) {
    malformed(text, error.what());
  }
}

void check_parameter(const Signature& signature, std::size_t at) {
  const Parameter& parameter = signature.parameters()[at];
  if (!is_identifier(parameter.name))
    malformed(signature.text(), fmt::format("'{}' is no name for a parameter", parameter.name));
  if (signature.find(parameter.name) != &parameter)
    malformed(signature.text(), fmt::format("the parameter '{}' stands twice", parameter.name));
  if (at > 0 && parameter.fallback.empty() && !signature.parameters()[at - 1].fallback.empty())
    malformed(signature.text(),
              fmt::format("'{}' has no default but stands after one that has", parameter.name));
}

/// Tables that were the process's once; never destroyed, since anyone may still read them.
std::atomic<const OperationTable*>& current() {
  static std::atomic<const OperationTable*> table{&OperationTable::standard()};
  return table;
}

}  // namespace

void check_definition(const OperationInfo& info) {
  const Signature signature = parsed(info.signature);
  if (!is_identifier(signature.name()))
    malformed(signature.text(), fmt::format("'{}' is no name", signature.name()));
  for (std::size_t i = 0; i < signature.parameters().size(); ++i) check_parameter(signature, i);
  const std::size_t operands = signature.operand_count();
  if (operands == 0 || operands > info.derivative.size())
    malformed(signature.text(),
              fmt::format("an operation has one to four operands, not {}", operands));
  if (signature.variadic() && operands != 1)
    malformed(signature.text(), "a list of operands stands alone");
  for (std::size_t i = operands; i < info.derivative.size(); ++i)
    if (!info.derivative[i].empty())
      throw Error(fmt::format("'{}' has a derivative for operand {}, but its signature has {}",
                              signature.name(), i, operands));
}

OperationTable::OperationTable(
    std::vector<const Operation*> rows,
    std::span<const std::pair<std::string_view, std::string_view>> aliases)
    : rows_(std::move(rows)) {
  for (const Operation* row : rows_) names_.emplace(row->name(), row);
  for (const auto& [alias, name] : aliases) names_.emplace(alias, names_.at(name));
}

const Operation* OperationTable::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : found->second;
}

OperationTable OperationTable::with(const Operation& row) const {
  check_definition(row.info);
  if (find(row.name()) != nullptr)
    throw Error(fmt::format("an operation named '{}' is registered already", row.name()));
  OperationTable table = *this;
  table.rows_.push_back(&row);
  table.names_.emplace(row.name(), &row);
  return table;
}

OperationTable OperationTable::replace(std::string_view name, Operation row) const {
  const Operation* former = find(name);
  if (former == nullptr) throw Error(fmt::format("there is no operation named '{}'", name));
  OperationTable table = *this;
  table.replacements_.push_back(std::make_shared<const Operation>(std::move(row)));
  const Operation* replacement = table.replacements_.back().get();
  std::replace(table.rows_.begin(), table.rows_.end(), former, replacement);
  for (auto& [known, meant] : table.names_)
    if (meant == former) meant = replacement;
  return table;
}

const OperationTable& operation_table() { return *current().load(std::memory_order_acquire); }

const Operation& register_operation(const Operation& row) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  static auto& kept = *new std::vector<std::unique_ptr<const OperationTable>>;
  kept.push_back(std::make_unique<const OperationTable>(operation_table().with(row)));
  current().store(kept.back().get(), std::memory_order_release);
  return row;
}

std::span<const Operation* const> operations() { return operation_table().operations(); }

const Operation* find_operation(std::string_view name) { return operation_table().find(name); }

}  // namespace verigrad
