#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/operation.hpp"

namespace verigrad {

/// Names and the operations that they mean, as a value: a copy with a row more, or with a row
/// replaced, is another table, and the original stays as it was. What elaborates texts or draws
/// programs takes the table to do it by; without one it is `operation_table()`, the process's.
///
///     Operation wrong = *operation_table().find("sin");
///     wrong.f64.vjp = …;
///     const OperationTable faulty = operation_table().replace("sin", wrong);
///     expressions::elaborate("input x : [3]\ny = sin(x)\n", faulty);
///
/// A Program points to the rows. Rows of operation<Op>() live as long as the process; those that
/// replace() has put in live as long as the table or a copy of it.
class OperationTable {
 public:
  /// Those that the engine brings along.
  static const OperationTable& standard();

  /// All rows, in the order of their families, then in that of their coming.
  std::span<const Operation* const> operations() const { return rows_; }
  /// The operation with this name (aliases included), or null.
  const Operation* find(std::string_view name) const;

  /// This table and one row more, which is kept by reference. Throws Error when the name is taken,
  /// by an alias too, and for what check_definition refuses.
  OperationTable with(const Operation& row) const;
  OperationTable with(Operation&& row) const = delete;
  /// This table with another row for `name` and its aliases. The row may differ in everything, its
  /// own name included: it is for planting faults. Throws Error for an unknown name.
  OperationTable replace(std::string_view name, Operation row) const;

 private:
  OperationTable(std::vector<const Operation*> rows,
                 std::span<const std::pair<std::string_view, std::string_view>> aliases);

  std::vector<const Operation*> rows_;
  std::unordered_map<std::string_view, const Operation*> names_;
  std::vector<std::shared_ptr<const Operation>> replacements_;
};

/// The process's table as it is now: the standard one and what was registered. It stays valid and
/// unchanged; later registrations make another. May be called from any thread.
const OperationTable& operation_table();

/// Adds a row to the process's table, as OperationTable::with does, and returns it. May be called
/// from any thread; what was read, parsed or drawn before does not know the operation.
const Operation& register_operation(const Operation& row);
const Operation& register_operation(Operation&& row) = delete;

/// Throws Error, naming the fault, for a signature that is not of the form
/// `name(operand, operand = default, attribute: kind = default)`: identifiers, each parameter once,
/// known kinds, one to four operands, or one list of them alone, and defaults at the end. Also for
/// more derivatives than operands.
void check_definition(const OperationInfo& info);

}  // namespace verigrad
